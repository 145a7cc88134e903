// ReadDir on real directories: what it opens, what it refuses, and that it leaves no trace.
#include "platform/dir.hpp"
#include "platform/os_error.hpp"
#include "tests/support/fault_plan.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <string>

namespace drydock {

namespace {

template <class Call>
int error_of(Call call) {
    try {
        call();
    } catch (const OsError& error) {
        return error.error();
    }
    return 0;
}

std::map<std::string, FileType> by_name(const std::vector<DirEntry>& entries) {
    std::map<std::string, FileType> result;
    for (const DirEntry& entry : entries) {
        result.emplace(entry.name, entry.type);
    }
    return result;
}

// A socket is bound by a short relative path: its address has room for 108 bytes.
void make_socket(const std::string& path) {
    const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(fd);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.data(), path.size());
    REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

struct stat stat_of(const std::string& path) {
    struct stat found{};
    REQUIRE(::lstat(path.c_str(), &found) == 0);
    return found;
}

}  // namespace

TEST_CASE("A listing names every entry with its type, as often as it is asked for", "[platform]") {
    const TempDir temp;
    temp.write("file", "x");
    temp.make_directory("folder");
    temp.make_link("link", "nowhere");
    REQUIRE(::mkfifo(temp.path("fifo").c_str(), 0600) == 0);
    make_socket(temp.path("socket"));
    temp.write("new\nline \x1b[31m \xff", "");
    const ReadDir dir = ReadDir::open_path(temp.path());
    const std::map<std::string, FileType> expected = {
        {"file", FileType::regular},
        {"folder", FileType::directory},
        {"link", FileType::symlink},
        {"fifo", FileType::fifo},
        {"socket", FileType::socket},
        {"new\nline \x1b[31m \xff", FileType::regular},
    };
    CHECK(by_name(dir.list()) == expected);
    CHECK(by_name(dir.list()) == expected);
    CHECK_FALSE(dir.empty());
    CHECK(dir.open("folder").empty());
}

TEST_CASE("A listing of more than one buffer is complete", "[platform]") {
    const TempDir temp;
    const std::string filler(200, 'f');
    for (int i = 0; i < 600; ++i) {
        temp.write(filler + std::to_string(i), "");
    }
    CHECK(by_name(ReadDir::open_path(temp.path()).list()).size() == 600);
}

TEST_CASE("A listing stops at its limit", "[platform]") {
    const TempDir temp;
    for (const char* name : {"a", "b", "c"}) {
        temp.write(name, "");
    }
    const ReadDir dir = ReadDir::open_path(temp.path());
    CHECK(dir.list(3).size() == 3);
    CHECK(error_of([&] { (void)dir.list(2); }) == E2BIG);
}

TEST_CASE("A type that the directory does not hold is asked of the object", "[platform]") {
    const TempDir temp;
    temp.write("file", "x");
    temp.make_link("link", "file");
    const ReadDir dir = ReadDir::open_path(temp.path());
    static Sys real;
    real = sys;
    sys.get_dents = [](int fd, void* buffer, std::size_t size) {
        const ssize_t got = real.get_dents(fd, buffer, size);
        auto* const bytes = static_cast<char*>(buffer);
        for (ssize_t at = 0; at < got;) {
            unsigned short length = 0;
            std::memcpy(&length, bytes + at + offsetof(dirent64, d_reclen), sizeof length);
            bytes[static_cast<std::size_t>(at) + offsetof(dirent64, d_type)] = DT_UNKNOWN;
            at += length;
        }
        return got;
    };
    const auto listed = by_name(dir.list());
    sys = real;
    CHECK(
        listed == std::map<std::string, FileType>{{"file", FileType::regular}, {"link", FileType::symlink}}
    );
}

TEST_CASE("Opening beneath a directory never leaves it", "[platform]") {
    const TempDir temp;
    temp.make_directory("root/a/b");
    temp.make_directory("outside");
    temp.make_link("root/escape", "../outside");
    temp.make_link("root/inner", "a");
    temp.write("root/file", "x");
    const ReadDir root = ReadDir::open_path(temp.path("root"));
    CHECK(root.find("a/b"));
    for (const std::string path : {"..", "a/../..", "/", "", "escape", "inner", "inner/b", "file", "none"}) {
        CAPTURE(path);
        CHECK_FALSE(root.find(path));
        CHECK(is_absence(error_of([&] { (void)root.open(path); })));
    }
    CHECK_FALSE(root.find(std::string("a\0b", 3)));
    CHECK(ReadDir::open_path(temp.path("root/inner")).find("b"));
}

TEST_CASE("A name that is no component is never looked up", "[platform]") {
    const TempDir temp;
    temp.write("root/a/file", "x");
    const ReadDir root = ReadDir::open_path(temp.path("root"));
    const FaultPlan plan;
    CHECK_FALSE(root.find_stat(""));
    CHECK_FALSE(root.find_stat(".."));
    CHECK_FALSE(root.find_stat(std::string("a\0", 2)));
    CHECK(error_of([&] { (void)root.find_stat("a/file"); }) == EINVAL);
    CHECK(error_of([&] { (void)root.open_file("a/file"); }) == EINVAL);
    CHECK(error_of([&] { (void)root.open_file(".."); }) == EXDEV);
    CHECK(error_of([&] { (void)root.read_link("a/file"); }) == EINVAL);
    CHECK(error_of([&] { (void)root.xattrs(".."); }) == EXDEV);
    CHECK(plan.calls() == 0);
}

TEST_CASE("Looking at an object does not follow it", "[platform]") {
    const TempDir temp;
    temp.write("file", "12345");
    temp.make_link("link", "file");
    const ReadDir dir = ReadDir::open_path(temp.path());
    const std::optional<FileStat> file = dir.find_stat("file");
    REQUIRE(file);
    CHECK(file->type() == FileType::regular);
    CHECK(file->size == 5);
    CHECK(file->inode == stat_of(temp.path("file")).st_ino);
    REQUIRE(dir.find_stat("link"));
    CHECK(dir.find_stat("link")->type() == FileType::symlink);
    CHECK_FALSE(dir.find_stat("none"));
    CHECK_FALSE(dir.find_stat(std::string(300, 'n')));
    CHECK(dir.stat().type() == FileType::directory);
}

TEST_CASE("A whiteout is a character device 0:0", "[platform]") {
    const TempDir temp;
    if (::mknod(temp.path("white").c_str(), S_IFCHR, makedev(0, 0)) != 0) return skip("no device nodes here");
    const std::optional<FileStat> found = ReadDir::open_path(temp.path()).find_stat("white");
    REQUIRE(found);
    CHECK(found->type() == FileType::character_device);
    CHECK(found->device_major == 0);
    CHECK(found->device_minor == 0);
}

TEST_CASE("Times before 1970 with a fraction are rounded down", "[platform]") {
    const TempDir temp;
    temp.write("file", "");
    const timespec times[2] = {{.tv_sec = 0, .tv_nsec = 0}, {.tv_sec = -2, .tv_nsec = 500'000'000}};
    REQUIRE(::utimensat(AT_FDCWD, temp.path("file").c_str(), times, 0) == 0);
    CHECK(ReadDir::open_path(temp.path()).find_stat("file")->mtime == -2);
}

TEST_CASE("The text of a link comes back whole", "[platform]") {
    const TempDir temp;
    const std::string target(4000, 't');
    temp.make_link("long", target);
    temp.make_link("odd", "\xff\n../..");
    temp.write("file", "x");
    const ReadDir dir = ReadDir::open_path(temp.path());
    CHECK(dir.read_link("long") == target);
    CHECK(dir.read_link("odd") == "\xff\n../..");
    CHECK(error_of([&] { (void)dir.read_link("file"); }) == EINVAL);
    CHECK(error_of([&] { (void)dir.read_link("none"); }) == ENOENT);
}

TEST_CASE("Listing and reading leave access times as they are", "[platform]") {
    const TempDir temp;
    temp.write("folder/file", "x");
    const timespec old[2] = {{.tv_sec = 1000, .tv_nsec = 0}, {.tv_sec = 2000, .tv_nsec = 0}};
    for (const char* name : {"folder/file", "folder", "."}) {
        REQUIRE(::utimensat(AT_FDCWD, temp.path(name).c_str(), old, 0) == 0);
    }
    const ReadDir folder = ReadDir::open_path(temp.path()).open("folder");
    CHECK(folder.list().size() == 1);
    CHECK(read_small_file(folder, "file", 10).bytes == "x");
    for (const char* name : {"folder/file", "folder", "."}) {
        CAPTURE(name);
        CHECK(stat_of(temp.path(name)).st_atim.tv_sec == 1000);
    }
}

TEST_CASE("Where the kernel refuses O_NOATIME, opening does without", "[platform]") {
    const TempDir temp;
    temp.write("folder/file", "x");
    const ReadDir root = ReadDir::open_path(temp.path());
    static Sys real;
    real = sys;
    sys.open_at = [](int dir, const char* name, int flags) {
        errno = EPERM;
        return (flags & O_NOATIME) != 0 ? -1 : real.open_at(dir, name, flags);
    };
    sys.open_beneath = [](int dir, const char* path, int flags) {
        errno = EPERM;
        return (flags & O_NOATIME) != 0 ? -1 : real.open_beneath(dir, path, flags);
    };
    const SmallFile file = read_small_file(root.open("folder"), "file", 10);
    const std::size_t listed = root.list().size();
    sys = real;
    CHECK(file.bytes == "x");
    CHECK(listed == 1);
}

TEST_CASE("Every interrupted call is made again", "[platform]") {
    const TempDir temp;
    temp.write("folder/file", "x");
    temp.make_link("folder/link", "file");
    const auto read_all = [&] {
        const ReadDir folder = ReadDir::open_path(temp.path()).open("folder");
        const ReadFile file = folder.open_file("file");
        char byte = 0;
        return folder.list().size() == 2 && folder.read_link("link") == "file" && file.read(&byte, 1) == 1 &&
               file.xattrs().size() == folder.xattrs("file").size();
    };
    bool done = false;
    for (std::size_t nth = 1; !done; ++nth) {
        CAPTURE(nth);
        FaultPlan plan;
        plan.interrupt(nth);
        CHECK(read_all());
        done = !plan.fired();
    }
}

TEST_CASE("An environment that fails is told as it is, and no descriptor stays open", "[platform]") {
    const TempDir temp;
    temp.write("folder/file", "x");
    temp.make_link("folder/link", "file");
    const auto read_all = [&] {
        const ReadDir folder = ReadDir::open_path(temp.path()).open("folder");
        (void)folder.list();
        (void)folder.read_link("link");
        (void)folder.open_file("file").xattrs();
        (void)folder.xattrs("file");
        (void)folder.empty();
    };
    const int before = UniqueFd(::dup(0)).get();
    for (const int error : {EIO, EACCES, EMFILE, ENOMEM, ESTALE}) {
        bool done = false;
        for (std::size_t nth = 1; !done; ++nth) {
            CAPTURE(error, nth);
            FaultPlan plan;
            plan.fail(nth, error);
            const int seen = error_of(read_all);
            CHECK(seen == (plan.fired() ? error : 0));
            done = !plan.fired();
        }
    }
    CHECK(UniqueFd(::dup(0)).get() == before);
}

TEST_CASE("find() says nothing is there only where nothing is there", "[platform]") {
    const TempDir temp;
    temp.make_directory("folder");
    const ReadDir root = ReadDir::open_path(temp.path());
    for (const int error : {EACCES, EIO, EMFILE}) {
        FaultPlan plan;
        plan.fail_from(1, error);
        CHECK(error_of([&] { (void)root.find("folder"); }) == error);
        CHECK(error_of([&] { (void)root.find_stat("folder"); }) == error);
    }
}

}  // namespace drydock
