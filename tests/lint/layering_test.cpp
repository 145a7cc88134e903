// Who may include whom: the dependency rule of docs/architecture.md, read from the #include lines.
#include "tests/lint/source_tree.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <regex>
#include <set>

namespace drydock {

namespace {

using Folders = std::set<std::string, std::less<>>;

// Besides itself. bench/ stands apart and is measured against the rest; tests/ may see everything.
const std::map<std::string, Folders, std::less<>>& layers() {
    static const std::map<std::string, Folders, std::less<>> table{
        {"platform", {}},
        {"model", {"platform"}},
        {"formats", {"model", "platform"}},
        {"scanner", {"formats", "model", "platform"}},
        {"validators", {"formats", "model", "platform"}},
        {"repair", {"formats", "model", "platform", "scanner", "validators"}},
        {"report", {"model", "platform"}},
        {"cli", {"formats", "model", "platform", "repair", "report", "scanner", "validators"}},
    };
    return table;
}

struct Fence {
    const char* header;  // what an included name begins with
    Folders folders;     // where it may stand, besides tests
};

const std::vector<Fence>& fences() {
    static const std::vector<Fence> table{
        {"nlohmann/", {"formats", "report"}},
        {"tl/", {"formats"}},
        {"openssl/", {"platform"}},
        {"zlib.h", {"platform"}},
        {"boost/program_options", {"cli"}},
        {"boost/filesystem", {"cli"}},
        {"boost/", {"cli"}},
        {"archive", {}},
        {"catch2/", {}},
    };
    return table;
}

struct Include {
    std::string name;
    bool own = false;  // "..." and not <...>
    std::size_t offset = 0;
};

std::vector<Include> includes_of(const SourceFile& file) {
    static const std::regex pattern(R"re((^|\n)[ ]*#[ ]*include[ ]*(["<])([^">]+)[">])re");
    std::vector<Include> result;
    for (std::sregex_iterator at(file.text.begin(), file.text.end(), pattern), end; at != end; ++at) {
        result.push_back({(*at)[3].str(), (*at)[2].str() == "\"", static_cast<std::size_t>(at->position(3))});
    }
    return result;
}

std::string folder_of(const std::string& included) {
    return included.substr(0, included.find('/'));
}

}  // namespace

TEST_CASE("A layer includes only the layers below it") {
    Complaints complaints;
    for (const auto& [layer, allowed] : layers()) {
        for (const SourceFile& file : cpp_files_of(layer)) {
            for (const Include& include : includes_of(file)) {
                const std::string folder = folder_of(include.name);
                if (include.own && folder != layer && !allowed.contains(folder)) {
                    complaints.add(place(file, include.offset) + " includes " + include.name);
                }
            }
        }
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("Every folder with C++ has its place in the dependency rule") {
    Complaints complaints;
    for (const SourceFile& file : source_tree()) {
        const bool known =
            layers().contains(file.folder()) || file.folder() == "tests" || file.folder() == "bench";
        if (file.is_cpp() && !known) complaints.add(file.path);
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("Headers of other projects stay behind their fences") {
    Complaints complaints;
    for (const SourceFile& file : source_tree()) {
        if (!file.is_cpp() || !layers().contains(file.folder())) continue;
        for (const Include& include : includes_of(file)) {
            for (const Fence& fence : fences()) {
                if (include.name.starts_with(fence.header) && !fence.folders.contains(file.folder())) {
                    complaints.add(place(file, include.offset) + " includes " + include.name);
                }
            }
        }
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("Own headers are included from the root of the project") {
    Complaints complaints;
    for (const SourceFile& file : source_tree()) {
        if (!file.is_cpp()) continue;
        for (const Include& include : includes_of(file)) {
            if (include.own && !exists_in_tree(include.name)) {
                complaints.add(place(file, include.offset) + " includes " + include.name);
            }
        }
    }
    CHECK(complaints.text() == "");
}

}  // namespace drydock
