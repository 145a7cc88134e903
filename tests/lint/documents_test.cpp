// The documents against the project: links lead somewhere, and what the program offers is told.
#include "cli/command.hpp"
#include "tests/lint/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <regex>

namespace drydock {

namespace {

const SourceFile& document(std::string_view path) {
    const std::vector<SourceFile>& files = source_tree();
    const auto found = std::ranges::find(files, path, &SourceFile::path);
    REQUIRE(found != files.end());
    return *found;
}

// Text in fences is quoted: what looks like a link there is none.
std::string without_fences(std::string text) {
    constexpr std::string_view kFence = "```";
    for (std::size_t begin = text.find(kFence); begin != std::string::npos;
         begin = text.find(kFence, begin)) {
        const std::size_t end = text.find(kFence, begin + kFence.size());
        text.erase(begin, end == std::string::npos ? end : end + kFence.size() - begin);
    }
    return text;
}

bool leads_somewhere(const SourceFile& file, const std::string& link) {
    const std::filesystem::path target = link.substr(0, link.find('#'));
    const auto from_root = (std::filesystem::path(file.path).parent_path() / target).lexically_normal();
    return *from_root.begin() != ".." && exists_in_tree(from_root.string());
}

}  // namespace

TEST_CASE("Every relative link in a document leads to a file of the project") {
    static const std::regex link(R"re(\]\(([^)\s]+)\))re");
    Complaints complaints;
    for (const SourceFile& file : source_tree()) {
        if (!file.is_document()) continue;
        const std::string text = without_fences(file.text);
        for (std::sregex_iterator at(text.begin(), text.end(), link), end; at != end; ++at) {
            const std::string target = (*at)[1].str();
            const bool elsewhere = target.find("://") != std::string::npos || target.starts_with('#');
            if (!elsewhere && !leads_somewhere(file, target)) complaints.add(file.path + ": " + target);
        }
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("README names every command, and every option of the commands that read a store") {
    const std::string& readme = document("README.md").text;
    Complaints complaints;
    for (const CommandSpec& command : all_commands()) {
        const std::string name(command.name);
        if (readme.find("drydock " + name) == std::string::npos) complaints.add("drydock " + name);
        for (const OptionSpec& option : command.options()) {
            const std::string text = "--" + std::string(option.name);
            if (readme.find(text) == std::string::npos)
                complaints.add(std::string(name).append(" ").append(text));
        }
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("The folder tables of README and of the architecture name every folder") {
    Complaints complaints;
    for (const SourceFile& file : source_tree()) {
        const std::string row = "| `" + file.folder() + "/` |";
        for (const char* name : {"README.md", "docs/architecture.md"}) {
            const bool told = file.folder().empty() || file.folder().starts_with('.') ||
                              document(name).text.find(row) != std::string::npos;
            const std::string complaint = std::string(name).append(" ").append(file.folder());
            if (!told && complaints.text().find(complaint + '\n') == std::string::npos)
                complaints.add(complaint);
        }
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("The limits that the architecture lists are constants of the files that it names") {
    static const std::regex row(R"re(\| `(k[A-Za-z]+)` \| `([a-z0-9_/]+\.[ch]pp)` \|)re");
    const std::string& text = document("docs/architecture.md").text;
    Complaints complaints;
    std::size_t rows = 0;
    for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at) {
        ++rows;
        const std::string& code = document((*at)[2].str()).text;
        if (code.find("constexpr") == std::string::npos ||
            code.find(' ' + (*at)[1].str() + " = ") == std::string::npos) {
            complaints.add((*at)[1].str() + " in " + (*at)[2].str());
        }
    }
    CHECK(complaints.text() == "");
    CHECK(rows > 10);
}

}  // namespace drydock
