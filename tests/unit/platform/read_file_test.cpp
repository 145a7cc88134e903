// Regular files are read, everything else is told apart without being opened.
#include "platform/dir.hpp"
#include "platform/os_error.hpp"
#include "tests/support/fault_plan.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

namespace drydock {

namespace {

using State = SmallFile::State;

}  // namespace

TEST_CASE("A small file is read whole up to its limit", "[platform]") {
    const TempDir temp;
    temp.write("empty", "");
    temp.write("ten", "0123456789");
    const ReadDir dir = ReadDir::open_path(temp.path());
    for (const FileType known : {FileType::unknown, FileType::regular}) {
        const SmallFile empty = read_small_file(dir, "empty", 10, known);
        CHECK(empty.state == State::present);
        CHECK(empty.bytes.empty());
        const SmallFile ten = read_small_file(dir, "ten", 10, known);
        CHECK(ten.state == State::present);
        CHECK(ten.bytes == "0123456789");
        const SmallFile large = read_small_file(dir, "ten", 9, known);
        CHECK(large.state == State::too_large);
        CHECK(large.bytes.empty());
    }
}

TEST_CASE("A huge sparse file is refused without being read", "[platform]") {
    const TempDir temp;
    temp.write("huge", "{");
    std::filesystem::resize_file(temp.path("huge"), 10'000'000'000);
    const ReadDir dir = ReadDir::open_path(temp.path());
    const FaultPlan plan;
    CHECK(read_small_file(dir, "huge", 1U << 20U).state == State::too_large);
    CHECK(plan.calls(SysCall::read) == 0);
}

TEST_CASE("Short reads are carried on to the end", "[platform]") {
    const TempDir temp;
    const std::string bytes(10'000, 'b');
    temp.write("file", bytes);
    const ReadDir dir = ReadDir::open_path(temp.path());
    FaultPlan plan;
    plan.read_at_most(7);
    CHECK(read_small_file(dir, "file", 20'000).bytes == bytes);
    CHECK(read_small_file(dir, "file", 10'000).bytes == bytes);
    CHECK(read_small_file(dir, "file", 9'999).state == State::too_large);
}

TEST_CASE("A file is read from any place, and to its end", "[platform]") {
    const TempDir temp;
    temp.write("file", "0123456789");
    const ReadDir dir = ReadDir::open_path(temp.path());
    const ReadFile file = dir.open_file("file");
    FaultPlan plan;
    plan.read_at_most(3).only(SysCall::read_at).interrupt(2);
    std::string buffer(8, '-');
    CHECK(file.read_at(1, buffer.data(), 8) == 8);
    CHECK(buffer == "12345678");
    CHECK(file.read_at(7, buffer.data(), 8) == 3);
    CHECK(buffer == "78945678");
    CHECK(file.read_at(10, buffer.data(), 8) == 0);
    CHECK(file.read_at(~std::uint64_t{0} - 2, buffer.data(), 8) == 0);
    CHECK(file.read_at(0, buffer.data(), 0) == 0);
    CHECK(plan.fired());
    // read() stands where it stood.
    CHECK(file.read(buffer.data(), 2) == 2);
    CHECK(buffer.starts_with("01"));
}

TEST_CASE("A failing read in the middle is told, and so is a file that changed", "[platform]") {
    const TempDir temp;
    temp.write("file", "0123456789");
    const ReadDir dir = ReadDir::open_path(temp.path());
    const ReadFile file = dir.open_file("file");
    {
        FaultPlan plan;
        plan.read_at_most(3).only(SysCall::read_at).fail(2, EIO);
        std::string buffer(8, '-');
        CHECK_THROWS_AS(file.read_at(1, buffer.data(), 8), OsError);
    }
    CHECK(file.look_again().size == file.stat().size);
    temp.write("file", "01");
    CHECK(file.look_again().size == 2);
    FaultPlan plan;
    plan.only(SysCall::stat_fd).fail(1, EIO);
    CHECK_THROWS_AS(file.look_again(), OsError);
}

TEST_CASE("A file that tells no size is read all the same", "[platform]") {
    const ReadDir proc = ReadDir::open_path("/proc/self");
    const SmallFile status = read_small_file(proc, "status", 1U << 20U);
    CHECK(status.state == State::present);
    CHECK(status.bytes.starts_with("Name:"));
    CHECK(read_small_file(proc, "status", 20).state == State::too_large);
}

TEST_CASE("What is no regular file is named by its type and not opened", "[platform]") {
    const TempDir temp;
    temp.make_directory("folder");
    temp.write("target", "x");
    temp.make_link("link", "target");
    temp.make_link("dangling", "nowhere");
    REQUIRE(::mkfifo(temp.path("fifo").c_str(), 0600) == 0);
    const ReadDir dir = ReadDir::open_path(temp.path());
    const FaultPlan plan;
    CHECK(read_small_file(dir, "folder", 10).type == FileType::directory);
    CHECK(read_small_file(dir, "link", 10).type == FileType::symlink);
    CHECK(read_small_file(dir, "dangling", 10).type == FileType::symlink);
    CHECK(read_small_file(dir, "fifo", 10).type == FileType::fifo);
    CHECK(read_small_file(dir, "fifo", 10).state == State::wrong_type);
    CHECK(read_small_file(dir, "none", 10).state == State::absent);
    CHECK(read_small_file(dir, "..", 10).state == State::absent);
    CHECK_THROWS_AS(dir.open_file("fifo"), OsError);
    CHECK(plan.calls(SysCall::open_at) == 0);
}

TEST_CASE("A device in the way is not opened", "[platform]") {
    const TempDir temp;
    if (::mknod(temp.path("device").c_str(), S_IFCHR | 0600, makedev(1, 5)) != 0) {
        return skip("device nodes need root");
    }
    const ReadDir dir = ReadDir::open_path(temp.path());
    const FaultPlan plan;
    CHECK(read_small_file(dir, "device", 10).type == FileType::character_device);
    CHECK(plan.calls(SysCall::open_at) == 0);
}

TEST_CASE("An entry that changed its type since the listing is not read", "[platform]") {
    const TempDir temp;
    temp.make_directory("folder");
    temp.write("target", "x");
    temp.make_link("link", "target");
    REQUIRE(::mkfifo(temp.path("fifo").c_str(), 0600) == 0);
    const ReadDir dir = ReadDir::open_path(temp.path());
    for (const char* name : {"folder", "link", "fifo"}) {
        CAPTURE(name);
        CHECK(read_small_file(dir, name, 10, FileType::regular).state == State::wrong_type);
    }
    CHECK(read_small_file(dir, "none", 10, FileType::regular).state == State::absent);
    CHECK(read_small_file(dir, "target", 10, FileType::symlink).state == State::wrong_type);
}

TEST_CASE("A file that cannot be read is unreadable with its errno, whichever call fails", "[platform]") {
    const TempDir temp;
    temp.write("file", "x");
    const ReadDir dir = ReadDir::open_path(temp.path());
    for (const int error : {EIO, EACCES, EMFILE, ESTALE, EPERM}) {
        bool done = false;
        for (std::size_t nth = 1; !done; ++nth) {
            CAPTURE(error, nth);
            FaultPlan plan;
            plan.fail_from(nth, error);
            const SmallFile file = read_small_file(dir, "file", 10);
            done = !plan.fired();
            CHECK(file.state == (done ? State::present : State::unreadable));
            CHECK(file.error == (done ? 0 : error));
        }
    }
}

TEST_CASE("Without the right to read, a file is unreadable", "[platform]") {
    if (::geteuid() == 0) return skip("root may read everything");
    const TempDir temp;
    temp.write("file", "x");
    REQUIRE(::chmod(temp.path("file").c_str(), 0) == 0);
    const SmallFile file = read_small_file(ReadDir::open_path(temp.path()), "file", 10);
    CHECK(file.state == State::unreadable);
    CHECK(file.error == EACCES);
}

TEST_CASE("An open file keeps the identity that was opened", "[platform]") {
    const TempDir temp;
    temp.write("file", "old");
    const ReadFile file = ReadDir::open_path(temp.path()).open_file("file");
    std::filesystem::rename(temp.path("file"), temp.path("moved"));
    temp.write("file", "newer");
    std::string bytes(10, '\0');
    bytes.resize(file.read(bytes.data(), bytes.size()));
    CHECK(bytes == "old");
    CHECK(file.stat().size == 3);
    CHECK(file.read(bytes.data(), 1) == 0);
}

}  // namespace drydock
