// What stands before a member's own header: PAX records, GNU long names, global and sparse headers.
#include "tests/unit/formats/tar_bytes.hpp"

using namespace drydock;

TEST_CASE("PAX records override the fields of the header") {
    Header header;
    header.type = '2';
    header.link = "short";
    const auto found = member(
        pax(record("path", "long/name") + record("linkpath", "far") + record("uid", "70000") +
            record("gid", "-2") + record("mtime", "12.75") + record("comment", "x") +
            record("uname", "root")) +
        block(header)
    );
    CHECK(found.name == "long/name");
    CHECK(found.link_name == "far");
    CHECK(found.uid == 70'000);
    CHECK(found.gid == -2);
    CHECK(found.mtime == 12);
}

TEST_CASE("an empty PAX record leaves the field as it is, and the last one counts") {
    Header header;
    header.uid = "0000017";
    const auto found = member(
        pax(record("path", "") + record("uid", "5") + record("uid", "") + record("mtime", "1") +
            record("mtime", "2")) +
        block(header)
    );
    CHECK(found.name == "a");
    CHECK(found.uid == 15);
    CHECK(found.mtime == 2);
}

TEST_CASE("a second PAX header replaces the first as a whole") {
    const auto found =
        member(pax(record("path", "first") + record("uid", "9")) + pax(record("gid", "7")) + block({}));
    CHECK(found.name == "a");
    CHECK(found.uid == 0);
    CHECK(found.gid == 7);
}

TEST_CASE("times are rounded down, negative ones too") {
    const auto mtime = [](const std::string& text) { return decode(pax(record("mtime", text)) + block({})); };
    CHECK(mtime("-1.5")->mtime == -2);
    CHECK(mtime("-1")->mtime == -1);
    CHECK(mtime("-1.0")->mtime == -1);
    CHECK(mtime("-0.5")->mtime == -1);
    CHECK(mtime("-1.0000000001")->mtime == -1);
    CHECK(mtime("1.999999999999")->mtime == 1);
    CHECK(mtime("5.")->mtime == 5);
    CHECK(mtime("-9223372036854775808.5")->mtime == INT64_MIN);
    for (const std::string bad : {".5", "x", "1.x", "1.5.5", "1,5", " 1", "9223372036854775808"}) {
        CAPTURE(bad);
        CHECK_FALSE(mtime(bad));
        CHECK_FALSE(decode(pax(record("atime", bad)) + block({})));
    }
}

TEST_CASE("xattrs come from SCHILY.xattr records as raw bytes, in order") {
    const std::string value("\x01\0=\n\xff", 5);
    const auto found = member(
        pax(record("SCHILY.xattr.user.b", value) + record("SCHILY.xattr.user.a", "") +
            record("SCHILY.xattr.user.b", "2") + record("SCHILY.xattr.security.capability", value)) +
        block({})
    );
    REQUIRE(found.xattrs.size() == 3);
    CHECK(found.xattrs[0] == std::pair<std::string, std::string>("user.b", "2"));
    CHECK(found.xattrs[1] == std::pair<std::string, std::string>("user.a", ""));
    CHECK(found.xattrs[2] == std::pair<std::string, std::string>("security.capability", value));
}

TEST_CASE("bad PAX records are refused") {
    for (const std::string bad : {
             "x",
             "9 a=b",
             "6 a=b",
             "7 a=b\n",
             "5 a=b\n",
             "4 a\n",
             "6 abc\n",
             "6 =bc\n",
             "-6 a=b\n",
             "99 a=b\n",
             "99999999999999999999 a=b\n",
             "6  a=b\n",
             "000000000006 a=b\n",
             " 6 a=b\n",
             "6 a=b\n\n",
         }) {
        CAPTURE(bad);
        CHECK_FALSE(decode(pax(bad) + block({})));
    }
    CHECK_FALSE(decode(pax(record("path", std::string("a\0b", 3))) + block({})));
    CHECK_FALSE(decode(pax(record(std::string("k\0", 2), "v")) + block({})));
    CHECK_FALSE(decode(pax(record("uid", "x")) + block({})));
    CHECK_FALSE(decode(pax(record("size", "-1")) + block({})));
    CHECK(decode(pax("") + block({})));
}

TEST_CASE("GNU long names override PAX") {
    Header header;
    header.type = '2';
    header.link = "l";
    const std::string name(300, 'n');
    const auto found = member(
        extension('L', name + '\0') + extension('K', std::string("target\0garbage", 14)) +
        pax(record("path", "pax") + record("linkpath", "pax")) + block(header)
    );
    CHECK(found.name == name);
    CHECK(found.link_name == "target");
    CHECK(member(extension('L', std::string(1, '\0')) + block(header)).name == "a");
}

TEST_CASE("the size of a PAX record is that of the payload") {
    TarHeaderDecoder decoder;
    decoder.feed(pax(record("size", "700")) + block({}));
    CHECK(decoder.take(700)->size == 700);
    decoder.feed(std::string(324, 'p') + block({}));
    CHECK(decoder.take(0)->name == "a");
}

TEST_CASE("a global header is a member with its payload in the segment") {
    TarHeaderDecoder decoder;
    Header header;
    header.name = "pax_global_header";
    header.type = 'g';
    const auto records = record("comment", "0123456789");
    header.size = octal(records.size());
    decoder.feed(block(header) + records);
    const auto global = decoder.take(0);
    REQUIRE(global);
    CHECK(global->type == 'g');
    CHECK(global->name == "pax_global_header");
    CHECK(global->mtime == 0);
    decoder.feed(std::string(kBlock - records.size(), '\0') + block({}));
    const auto next = decoder.take(0);
    REQUIRE(next);
    CHECK(next->name == "a");
}

TEST_CASE("a global header changes no other member") {
    TarHeaderDecoder decoder;
    const auto records = record("path", "renamed") + record("uid", "5");
    decoder.feed(extension('g', records).substr(0, kBlock + records.size()));
    CHECK(decoder.take(0)->name == "renamed");
    decoder.feed(std::string(kBlock - records.size(), '\0') + block({}));
    const auto next = decoder.take(0);
    REQUIRE(next);
    CHECK(next->name == "a");
    CHECK(next->uid == 0);
}

TEST_CASE("a global header of an old tar-split is a file with a payload") {
    TarHeaderDecoder decoder;
    Header header;
    header.type = 'g';
    header.size = octal(52);
    decoder.feed(block(header));
    CHECK(decoder.take(52)->type == 'g');
    decoder.feed(std::string(kBlock - 52, '\0') + block({}));
    CHECK(decoder.take(0)->name == "a");
}

TEST_CASE("GNU sparse members of PAX are marked") {
    Header header;
    header.size = octal(512);
    const auto records = record("GNU.sparse.major", "1") + record("GNU.sparse.minor", "0") +
                         record("GNU.sparse.name", "real") + record("GNU.sparse.realsize", "99999");
    const auto found = member(pax(records) + block(header), 99'999);
    CHECK(found.sparse);
    CHECK(found.name == "real");
    CHECK(found.size == 512);
    CHECK(member(pax(record("GNU.sparse.map", "0,1")) + block(header), 7).sparse);
    CHECK(
        member(pax(record("GNU.sparse.offset", "0") + record("GNU.sparse.numbytes", "1")) + block(header), 7)
            .sparse
    );
    CHECK_FALSE(
        member(pax(record("GNU.sparse.major", "2") + record("GNU.sparse.name", "x")) + block(header), 512)
            .sparse
    );
    CHECK_FALSE(decode(pax(record("GNU.sparse.numbytes", "1")) + block(header), 512));
    CHECK_FALSE(
        decode(pax(record("GNU.sparse.map", "0,1") + record("GNU.sparse.realsize", "x")) + block(header), 512)
    );
    header.type = '5';
    CHECK_FALSE(decode(pax(records) + block(header)));
}

TEST_CASE("old GNU sparse headers bring their further blocks along") {
    Header header;
    header.magic = std::string("ustar  \0", 8);
    header.type = 'S';
    header.size = octal(5);
    auto first = block(header);
    first[482] = 1;
    header.checksum_off_by = 1;
    first.replace(148, 8, block(header).substr(148, 8));
    auto more = kZeroBlock;
    more[504] = 1;
    TarHeaderDecoder decoder;
    decoder.feed(first + more + kZeroBlock);
    CHECK(decoder.take(100)->type == 'S');
    CHECK_FALSE(decode(first + more, 100));
}
