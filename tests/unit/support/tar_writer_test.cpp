// The writer of test tars, judged by a reader that we did not write: libarchive.
#include "tests/support/tar_writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <catch2/catch.hpp>

#include <memory>

namespace drydock {

namespace {

struct Member {
    std::string name;
    std::string link;
    mode_t mode = 0;
    std::int64_t uid = 0;
    std::int64_t mtime = 0;
    long mtime_ns = 0;
    std::string content;
    std::size_t xattrs = 0;
};

std::vector<Member> read_with_libarchive(const std::string& tar) {
    const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
    archive_read_support_format_tar(reader.get());
    REQUIRE(archive_read_open_memory(reader.get(), tar.data(), tar.size()) == ARCHIVE_OK);
    std::vector<Member> members;
    archive_entry* entry = nullptr;
    while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
        Member member;
        member.name = archive_entry_pathname(entry);
        const char* hard = archive_entry_hardlink(entry);
        const char* soft = archive_entry_symlink(entry);
        member.link = hard != nullptr ? hard : soft != nullptr ? soft : "";
        member.mode = archive_entry_mode(entry);
        member.uid = archive_entry_uid(entry);
        member.mtime = archive_entry_mtime(entry);
        member.mtime_ns = archive_entry_mtime_nsec(entry);
        member.xattrs = static_cast<std::size_t>(archive_entry_xattr_count(entry));
        member.content.resize(static_cast<std::size_t>(archive_entry_size(entry)));
        const la_ssize_t n = archive_read_data(reader.get(), member.content.data(), member.content.size());
        REQUIRE(n == static_cast<la_ssize_t>(member.content.size()));
        members.push_back(std::move(member));
    }
    return members;
}

}  // namespace

TEST_CASE("libarchive reads names of every length and dialect as they were asked for") {
    const std::string folder(90, 'd');
    const std::string leaf(90, 'f');
    for (const TarDialect dialect : {TarDialect::ustar, TarDialect::pax, TarDialect::gnu}) {
        TarItem item = tar_file(folder + "/" + leaf, "content\n", 0750);
        item.dialect = dialect;
        const auto members = read_with_libarchive(write_tar({item}));
        REQUIRE(members.size() == 1);
        CHECK(members[0].name == item.name);
        CHECK(members[0].content == "content\n");
        CHECK((members[0].mode & 07777U) == 0750U);
    }
    TarItem longest = tar_symlink(std::string(300, 'n'), std::string(400, 't'));
    for (const TarDialect dialect : {TarDialect::pax, TarDialect::gnu}) {
        longest.dialect = dialect;
        const auto members = read_with_libarchive(write_tar({longest}));
        REQUIRE(members.size() == 1);
        CHECK(members[0].name == longest.name);
        CHECK(members[0].link == longest.link);
    }
}

TEST_CASE("numbers beyond octal fields arrive in pax and in GNU's base-256") {
    TarItem item = tar_file("a", "x");
    item.uid = 3'000'000'000;
    item.mtime = -2;
    for (const TarDialect dialect : {TarDialect::pax, TarDialect::gnu}) {
        item.dialect = dialect;
        const auto members = read_with_libarchive(write_tar({item}));
        REQUIRE(members.size() == 1);
        CHECK(members[0].uid == item.uid);
        CHECK(members[0].mtime == item.mtime);
    }
}

TEST_CASE("pax carries fractions of seconds and extended attributes") {
    TarItem item = tar_file("a", "x");
    item.mtime = 12;
    item.mtime_ns = 340'000'000;
    item.xattrs = {{"user.one", "1"}, {"user.two", std::string("\0=\n", 3)}};
    const auto members = read_with_libarchive(write_tar({item}));
    REQUIRE(members.size() == 1);
    CHECK(members[0].mtime == 12);
    CHECK(members[0].mtime_ns == 340'000'000);
    CHECK(members[0].xattrs == 2);
}

TEST_CASE("the end of an archive is what the options say") {
    const TarItem item = tar_file("a", "five!");
    CHECK(write_tar({item}).size() == 512 + 512 + 1024);
    CHECK(write_tar({item}, {0, true, ""}).size() == 1024);
    CHECK(write_tar({item}, {0, false, ""}).size() == 517);
    CHECK(write_tar({item}, {1, true, "tail"}).size() == 1024 + 512 + 4);
    CHECK(write_tar({}).size() == 1024);
}

TEST_CASE("a dialect that cannot hold a member refuses it") {
    TarItem item = tar_file(std::string(300, 'n'), "");
    item.dialect = TarDialect::ustar;
    CHECK_THROWS(write_tar({item}));
    item.name = "short";
    item.xattrs = {{"user.x", "y"}};
    CHECK_THROWS(write_tar({item}));
}

}  // namespace drydock
