// Extended attributes by descriptor, by way of /proc and without it.
#include "platform/dir.hpp"
#include "platform/os_error.hpp"
#include "tests/support/fault_plan.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drydock {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs(const std::vector<Xattr>& attributes) {
    Pairs result;
    for (const Xattr& attribute : attributes) {
        // A security module may label every file.
        if (!attribute.name.starts_with("security.")) result.emplace_back(attribute.name, attribute.value);
    }
    return result;
}

bool set(const std::string& path, const std::string& name, std::string_view value) {
    return ::lsetxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0) == 0;
}

// As a system where /proc is not mounted: every path that leads through it is absent.
class WithoutProc {
public:
    WithoutProc() {
        real_ = sys;
        sys.stat_at = [](int dir, const char* name, struct stat* out, int flags) {
            return leads_through_proc(name) ? -1 : real_.stat_at(dir, name, out, flags);
        };
        sys.list_xattr_path = [](const char* path, char* list, std::size_t size) {
            return leads_through_proc(path) ? -1 : real_.list_xattr_path(path, list, size);
        };
        sys.get_xattr_path = [](const char* path, const char* name, void* value, std::size_t size) {
            return leads_through_proc(path) ? -1 : real_.get_xattr_path(path, name, value, size);
        };
    }

    ~WithoutProc() { sys = real_; }

    WithoutProc(const WithoutProc&) = delete;
    WithoutProc& operator=(const WithoutProc&) = delete;

private:
    static bool leads_through_proc(std::string_view path) {
        errno = ENOENT;
        return path.starts_with("/proc");
    }

    inline static Sys real_;
};

}  // namespace

TEST_CASE("Attributes come sorted, with binary values, the same by every way", "[platform]") {
    const TempDir temp;
    temp.write("file", "x");
    const std::string binary("\0\xff\n", 3);
    const std::string large(3000, 'v');
    if (!set(temp.path("file"), "user.z", binary))
        return skip("no user attributes in the temporary directory");
    REQUIRE(set(temp.path("file"), "user.a", ""));
    REQUIRE(set(temp.path("file"), "user.m", large));
    const Pairs expected = {{"user.a", ""}, {"user.m", large}, {"user.z", binary}};
    const ReadDir dir = ReadDir::open_path(temp.path());
    CHECK(pairs(dir.xattrs("file")) == expected);
    CHECK(pairs(dir.open_file("file").xattrs()) == expected);
    const WithoutProc without;
    CHECK(pairs(dir.xattrs("file")) == expected);
}

TEST_CASE("Very many attribute names are listed completely", "[platform]") {
    const TempDir temp;
    temp.write("file", "x");
    std::size_t made = 0;
    for (int i = 0; i < 40 && set(temp.path("file"), "user." + std::string(60, 'n') + std::to_string(i), "v");
         ++i) {
        ++made;
    }
    if (made < 20) return skip("no room for attributes in the temporary directory");
    CHECK(pairs(ReadDir::open_path(temp.path()).xattrs("file")).size() == made);
}

TEST_CASE("A directory tells its own attributes", "[platform]") {
    const TempDir temp;
    temp.make_directory("folder");
    if (!set(temp.path("folder"), "user.mark", "y"))
        return skip("no user attributes in the temporary directory");
    const ReadDir dir = ReadDir::open_path(temp.path());
    CHECK(pairs(dir.xattrs("folder")) == Pairs{{"user.mark", "y"}});
    CHECK(pairs(dir.open("folder").xattrs(".")) == Pairs{{"user.mark", "y"}});
    CHECK(pairs(dir.xattrs(".")).empty());
}

TEST_CASE("Attributes of a link's target are not the link's", "[platform]") {
    const TempDir temp;
    temp.write("file", "x");
    temp.make_link("link", "file");
    if (!set(temp.path("file"), "user.mark", "y"))
        return skip("no user attributes in the temporary directory");
    const ReadDir dir = ReadDir::open_path(temp.path());
    CHECK(pairs(dir.xattrs("link")).empty());
    const WithoutProc without;
    CHECK(pairs(dir.xattrs("link")).empty());
}

TEST_CASE("Attributes of a fifo are read without opening it", "[platform]") {
    const TempDir temp;
    REQUIRE(::mkfifo(temp.path("fifo").c_str(), 0600) == 0);
    const ReadDir dir = ReadDir::open_path(temp.path());
    CHECK(pairs(dir.xattrs("fifo")).empty());
}

TEST_CASE("An absent object is absent, with /proc and without", "[platform]") {
    const TempDir temp;
    const ReadDir dir = ReadDir::open_path(temp.path());
    const auto error = [&] {
        try {
            (void)dir.xattrs("none");
        } catch (const OsError& caught) {
            return caught.error();
        }
        return 0;
    };
    CHECK(error() == ENOENT);
    const WithoutProc without;
    CHECK(error() == ENOENT);
}

TEST_CASE("The way without /proc leaves the program's current directory alone", "[platform]") {
    const TempDir temp;
    temp.write("file", "x");
    const std::string before = std::filesystem::current_path();
    const WithoutProc without;
    CHECK(pairs(ReadDir::open_path(temp.path()).xattrs("file")).empty());
    CHECK(std::filesystem::current_path() == before);
}

TEST_CASE("A file system without attributes has none", "[platform]") {
    const TempDir temp;
    temp.write("file", "x");
    const ReadDir dir = ReadDir::open_path(temp.path());
    FaultPlan plan;
    plan.fail_from(1, ENOTSUP);
    CHECK(dir.xattrs("file").empty());
    CHECK(dir.xattrs(".").empty());
}

TEST_CASE("An attribute removed while it is read is left out, one that cannot be read is not", "[platform]") {
    const TempDir temp;
    temp.write("file", "x");
    if (!set(temp.path("file"), "user.mark", "y"))
        return skip("no user attributes in the temporary directory");
    const ReadDir dir = ReadDir::open_path(temp.path());
    {
        FaultPlan plan;
        plan.only(SysCall::get_xattr_path).fail_from(1, ENODATA);
        CHECK(pairs(dir.xattrs("file")).empty());
    }
    FaultPlan plan;
    plan.only(SysCall::get_xattr_path).fail_from(1, EACCES);
    CHECK_THROWS_AS(dir.xattrs("file"), OsError);
}

}  // namespace drydock
