#include "tests/support/damage_steps.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tree_snapshot.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>

namespace drydock {

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

// A tree with one of everything, and its snapshot.
class Tree {
public:
    Tree() {
        temp_.write("top/a/file", "bytes");
        temp_.write("top/a/empty", "");
        temp_.make_link("top/a/link", "file");
        fs::create_hard_link(temp_.path("top/a/file"), temp_.path("top/b"));
        REQUIRE(::mknod(temp_.path("top/device").c_str(), S_IFCHR | 0600, makedev(0, 0)) == 0);
        REQUIRE(::mkfifo(temp_.path("top/fifo").c_str(), 0600) == 0);
        temp_.write("top/drydock/journal", "ours");
        before_ = snapshot();
    }

    [[nodiscard]] std::string path(const std::string& name) const { return temp_.path("top/" + name); }

    [[nodiscard]] const TempDir& temp() const { return temp_; }

    [[nodiscard]] TreeSnapshot snapshot() const { return take_snapshot(temp_.path("top"), {"drydock"}); }

    [[nodiscard]] const TreeSnapshot& before() const { return before_; }

    [[nodiscard]] std::string difference() const { return describe_difference(before_, snapshot()); }

private:
    TempDir temp_;
    TreeSnapshot before_;
};

void set_mtime(const std::string& path, timespec time) {
    timespec access{};
    access.tv_nsec = UTIME_OMIT;
    const timespec times[] = {access, time};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

timespec mtime_of(const std::string& path) {
    struct stat stat{};
    REQUIRE(::lstat(path.c_str(), &stat) == 0);
    return stat.st_mtim;
}

}  // namespace

TEST_CASE("A tree that nobody touched has no difference, and neither has its copy") {
    const Tree tree;
    CHECK(tree.difference() == "");
    copy_tree(tree.temp().path("top"), tree.temp().path("copy"));
    CHECK(describe_difference(tree.before(), take_snapshot(tree.temp().path("copy"), {"drydock"})) == "");
}

TEST_CASE("What is excluded, and the mtime of the root, may change") {
    const Tree tree;
    tree.temp().write("top/drydock/more", "x");
    set_mtime(tree.temp().path("top"), {.tv_sec = 1, .tv_nsec = 0});
    CHECK(tree.difference() == "");
    CHECK(take_snapshot(tree.temp().path("top")).contains("drydock/more"));
}

TEST_CASE("Every attribute of a tree shows when it changes") {
    const Tree tree;
    const timespec time = mtime_of(tree.path("a/file"));
    const timespec folder_time = mtime_of(tree.path("a"));
    SECTION("content of the same length") {
        tree.temp().write("top/a/file", "Bytes");
        set_mtime(tree.path("a/file"), time);
        CHECK_THAT(
            tree.difference(), Contains("changed: a/file: content 5 bytes \"bytes\" -> 5 bytes \"Bytes\"")
        );
    }
    SECTION("mode") {
        fs::permissions(tree.path("a"), fs::perms(0700));
        CHECK(tree.difference() == "changed: a: mode 40755 -> 40700\n");
    }
    SECTION("a nanosecond of the mtime") {
        set_mtime(tree.path("fifo"), {.tv_sec = 5, .tv_nsec = 1});
        const TreeSnapshot first = tree.snapshot();
        set_mtime(tree.path("fifo"), {.tv_sec = 5, .tv_nsec = 2});
        CHECK(describe_difference(first, tree.snapshot()) == "changed: fifo: mtime 5.1 -> 5.2\n");
        TreeSnapshot forgetful = tree.snapshot();
        TreeSnapshot before = tree.before();
        forget_mtimes(forgetful, {"fifo"});
        forget_mtimes(before, {"fifo"});
        CHECK(describe_difference(before, forgetful) == "");
    }
    SECTION("the target of a link") {
        fs::remove(tree.path("a/link"));
        fs::create_symlink("file2", tree.path("a/link"));
        CHECK_THAT(tree.difference(), Contains("target file -> file2"));
    }
    SECTION("a device number") {
        fs::remove(tree.path("device"));
        REQUIRE(::mknod(tree.path("device").c_str(), S_IFCHR | 0600, makedev(0, 1)) == 0);
        CHECK_THAT(tree.difference(), Contains("device 0:0 -> 0:1"));
    }
    SECTION("an xattr") {
        if (::setxattr(tree.path("a/file").c_str(), "user.note", "x", 1, 0) != 0) {
            skip("the file system takes no user xattrs");
            return;
        }
        CHECK_THAT(tree.difference(), StartsWith("changed: a/file: xattr user.note 1 bytes \"x\" new"));
    }
    SECTION("two names that are no longer one inode") {
        fs::remove(tree.path("b"));
        fs::copy_file(tree.path("a/file"), tree.path("b"));
        fs::permissions(tree.path("b"), fs::status(tree.path("a/file")).permissions());
        set_mtime(tree.path("b"), time);
        CHECK(tree.difference() == "changed: b: same inode as a/file gone\n");
    }
    SECTION("names") {
        fs::rename(tree.path("a/empty"), tree.path("a/odd\nname"));
        set_mtime(tree.path("a"), folder_time);
        CHECK(tree.difference() == "gone:    a/empty\nnew:     a/odd\\x0aname\n");
    }
}

TEST_CASE("Of many differences the first twenty are told, and how many more there are") {
    const Tree tree;
    for (int i = 100; i < 125; ++i) {
        tree.temp().write("top/new-" + std::to_string(i), "");
    }
    const std::string difference = tree.difference();
    CHECK_THAT(difference, Contains("new-119") && !Contains("new-120") && Contains("and 5 more"));
}

}  // namespace drydock
