// What overlayfs would show of a stack of folders, read without mounting. Needs root for trusted.*.
#include "tests/support/skip.hpp"
#include "tests/support/temp_dir.hpp"
#include "validators/merged_view.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace drydock {

namespace {

// Two layers: "upper" on "lower".
class Stack {
public:
    Stack() {
        dir.make_directory("upper");
        dir.make_directory("lower");
    }

    void mark(const std::string& path, const std::string& name, const std::string& value) const {
        const std::string attribute = "trusted.overlay." + name;
        REQUIRE(::setxattr(dir.path(path).c_str(), attribute.c_str(), value.data(), value.size(), 0) == 0);
    }

    void whiteout(const std::string& path) const {
        REQUIRE(::mknod(dir.path(path).c_str(), S_IFCHR, makedev(0, 0)) == 0);
    }

    [[nodiscard]] MergedView view() const {
        std::vector<ReadDir> layers;
        layers.push_back(ReadDir::open_path(dir.path("upper")));
        layers.push_back(ReadDir::open_path(dir.path("lower")));
        return MergedView(std::move(layers));
    }

    TempDir dir;
};

std::string bytes_of(const MergedView& view, const MergedEntry& entry) {
    std::string bytes(64, '\0');
    bytes.resize(view.open_file(entry.parts.front()).read(bytes.data(), bytes.size()));
    return bytes;
}

std::string names(const MergedView::Listing& listing) {
    std::string result;
    for (const auto& [name, entry] : listing) {
        result += name + " ";
    }
    return result;
}

}  // namespace

TEST_CASE("names of an upper layer hide those below, folders merge, whiteouts remove") {
    if (::geteuid() != 0) return skip("whiteouts and trusted attributes need root");
    const Stack stack;
    stack.dir.write("lower/both", "lower");
    stack.dir.write("upper/both", "upper");
    stack.dir.write("lower/gone", "x");
    stack.whiteout("upper/gone");
    stack.dir.write("lower/folder/a", "a");
    stack.dir.write("upper/folder/b", "b");
    stack.dir.write("lower/replaced/c", "c");
    stack.dir.write("upper/replaced", "now a file");
    const MergedView view = stack.view();
    const auto top = view.list(view.root());
    CHECK(names(top) == "both folder replaced ");
    CHECK(bytes_of(view, top.at("both")) == "upper");
    CHECK(names(view.list(top.at("folder"))) == "a b ");
    CHECK(top.at("replaced").stat.type() == FileType::regular);
}

TEST_CASE("an opaque folder shows nothing of the layers below") {
    if (::geteuid() != 0) return skip("whiteouts and trusted attributes need root");
    const Stack stack;
    stack.dir.write("lower/folder/a", "a");
    stack.dir.write("upper/folder/b", "b");
    stack.mark("upper/folder", "opaque", "y");
    const MergedView view = stack.view();
    CHECK(names(view.list(view.list(view.root()).at("folder"))) == "b ");
}

TEST_CASE("a redirected folder has its lower part under the other name") {
    if (::geteuid() != 0) return skip("whiteouts and trusted attributes need root");
    const Stack stack;
    stack.dir.write("lower/deep/old/a", "a");
    stack.dir.write("upper/new/b", "b");
    stack.mark("upper/new", "redirect", "/deep/old");
    stack.dir.write("lower/before/c", "c");
    stack.dir.make_directory("upper/after");
    stack.mark("upper/after", "redirect", "before");
    const MergedView view = stack.view();
    const auto top = view.list(view.root());
    CHECK(names(view.list(top.at("new"))) == "a b ");
    CHECK(top.at("new").elsewhere);
    CHECK(names(view.list(top.at("after"))) == "c ");
}

TEST_CASE("a stub of a file has the bytes of the layer below") {
    if (::geteuid() != 0) return skip("whiteouts and trusted attributes need root");
    const Stack stack;
    stack.dir.write("lower/file", "the bytes");
    stack.dir.write("upper/file", std::string(9, '\0'));
    stack.mark("upper/file", "metacopy", "");
    const MergedView view = stack.view();
    const auto top = view.list(view.root());
    CHECK(bytes_of(view, top.at("file")) == "the bytes");
    CHECK(top.at("file").elsewhere);
}

TEST_CASE("a redirect that leads out of the layers leads nowhere") {
    if (::geteuid() != 0) return skip("whiteouts and trusted attributes need root");
    const Stack stack;
    stack.dir.write("outside/secret", "x");
    stack.dir.make_directory("upper/folder");
    stack.mark("upper/folder", "redirect", "/../outside");
    const MergedView view = stack.view();
    std::string shown;
    try {
        shown = names(view.list(view.list(view.root()).at("folder")));
    } catch (const std::exception&) {
        shown = "";  // refused
    }
    CHECK(shown.empty());
}

}  // namespace drydock
