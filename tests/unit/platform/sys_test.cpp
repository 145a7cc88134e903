// Both ways of opening beneath a directory: what one refuses the other refuses.
#include "platform/os_error.hpp"
#include "platform/sys.hpp"
#include "platform/unique_fd.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>

namespace drydock {

namespace {

using Open = int (*)(int, const char*, int);

struct Way {
    const char* name;
    Open open;
};

constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;

// The inode opened, or minus the errno.
std::int64_t outcome(Open open, int dir, const std::string& path, int flags) {
    const UniqueFd fd(open(dir, path.c_str(), flags));
    if (!fd) return -errno;
    struct stat found{};
    REQUIRE(::fstat(fd.get(), &found) == 0);
    return static_cast<std::int64_t>(found.st_ino);
}

}  // namespace

TEST_CASE("openat2 and opening by component open the same objects", "[platform]") {
    const TempDir temp;
    temp.write("a/b/file", "x");
    temp.make_directory("a/b/c");
    const UniqueFd root(::open(temp.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(root);
    for (const std::string path :
         {"a", "a/", "a/b", "a//b", "./a/./b", "a/b/", "a/b/file", "a/b/c", ".", "a/."}) {
        CAPTURE(path);
        const std::int64_t first = outcome(sys.open_beneath, root.get(), path, kFlags);
        CHECK(first > 0);
        CHECK(outcome(open_beneath_by_component, root.get(), path, kFlags) == first);
    }
}

TEST_CASE("openat2 and opening by component refuse the same paths", "[platform]") {
    const TempDir temp;
    temp.write("root/a/file", "x");
    temp.write("outside/file", "secret");
    temp.make_link("root/escape", "../outside");
    temp.make_link("root/absolute", temp.path("outside"));
    temp.make_link("root/inner", "a");
    temp.make_link("root/loop", "loop");
    temp.make_link("root/a/link", "file");
    const UniqueFd root(::open(temp.path("root").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(root);
    const std::string long_name(300, 'n');
    for (const std::string& path :
         {std::string(".."),
          std::string("../outside"),
          std::string("a/../../outside"),
          std::string("a/.."),
          std::string("/"),
          temp.path("outside"),
          std::string(),
          std::string("escape"),
          std::string("escape/file"),
          std::string("absolute/file"),
          std::string("inner"),
          std::string("inner/file"),
          std::string("loop"),
          std::string("loop/x"),
          std::string("a/link"),
          std::string("a/file/"),
          std::string("a/file/x"),
          std::string("none"),
          std::string("none/x"),
          long_name,
          long_name + "/x"}) {
        CAPTURE(path);
        for (const int flags : {kFlags, kFlags | O_DIRECTORY | O_NOFOLLOW}) {
            for (const Way& way :
                 {Way{"openat2", sys.open_beneath}, Way{"component", open_beneath_by_component}}) {
                CAPTURE(way.name, flags);
                const std::int64_t result = outcome(way.open, root.get(), path, flags);
                CHECK(result < 0);
                CHECK(is_absence(static_cast<int>(-result)));
            }
        }
    }
}

TEST_CASE("Opening by component leaves no descriptor open", "[platform]") {
    const TempDir temp;
    temp.make_directory("a/b/c");
    const UniqueFd root(::open(temp.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(root);
    const int before = UniqueFd(::dup(root.get())).get();
    CHECK(outcome(open_beneath_by_component, root.get(), "a/b/c", kFlags) > 0);
    CHECK(outcome(open_beneath_by_component, root.get(), "a/b/none", kFlags) == -ENOENT);
    CHECK(UniqueFd(::dup(root.get())).get() == before);
}

}  // namespace drydock
