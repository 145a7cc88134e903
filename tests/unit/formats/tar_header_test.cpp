// Tar headers by Go's rules: formats, numbers, padding, the end of the archive, hostile bytes.
#include "tests/unit/formats/tar_bytes.hpp"

using namespace drydock;

TEST_CASE("a ustar header gives its fields") {
    Header header;
    header.name = "hosts";
    header.prefix = "etc";
    header.mode = "0104755";
    header.uid = "0001750";
    header.gid = "0000144";
    header.size = octal(5);
    const auto found = member(block(header), 5);
    CHECK(found.name == "etc/hosts");
    CHECK(found.type == '0');
    CHECK(found.mode == 04755);
    CHECK(found.uid == 1000);
    CHECK(found.gid == 100);
    CHECK(found.size == 5);
    CHECK(found.mtime == 014524662400);
    CHECK(found.link_name.empty());
    CHECK_FALSE(found.sparse);
}

TEST_CASE("the prefix belongs to ustar, is shorter in star, and is unknown to v7") {
    Header header;
    header.prefix = std::string(155, 'p');
    CHECK(member(block(header)).name == std::string(155, 'p') + "/a");
    header.trailer = std::string("tar\0", 4);
    header.prefix = std::string(131, 'p') + "00000000005";  // a time follows the prefix
    CHECK(member(block(header)).name == std::string(131, 'p') + "/a");
    header = {};
    header.magic = std::string(8, '\0');
    header.prefix = "p";
    header.major = "0000007";
    CHECK(member(block(header)).name == "a");
    CHECK(member(block(header)).device_major == 0);
    header.magic = "ustar  x";
    CHECK(member(block(header)).name == "a");
}

TEST_CASE("a GNU header has times where ustar has a prefix") {
    Header header;
    header.magic = std::string("ustar  \0", 8);
    header.prefix = "14524662400";
    CHECK(member(block(header)).name == "a");
    header.prefix = "usr/lib";
    CHECK(member(block(header)).name == "usr/lib/a");
    header.prefix = "\xc3\xa9/lib";
    CHECK(member(block(header)).name == "a");
}

TEST_CASE("names of full width need no terminator") {
    Header header;
    header.name = std::string(100, 'n');
    CHECK(member(block(header)).name == std::string(100, 'n'));
}

TEST_CASE("octal numbers may have spaces and NULs round them") {
    Header header;
    header.uid = "   12 ";
    header.gid = std::string(
        "\0\0"
        "17 \0",
        6
    );
    header.mtime = "           ";
    CHECK(member(block(header)).uid == 10);
    CHECK(member(block(header)).gid == 15);
    CHECK(member(block(header)).mtime == 0);
    header.uid = std::string(
        "12\0"
        "34",
        5
    );
    CHECK(member(block(header)).uid == 10);
    for (const std::string bad : {"12 34", "8", "-1", "0x1", "1a"}) {
        CAPTURE(bad);
        header.uid = bad;
        CHECK_FALSE(decode(block(header)));
    }
}

TEST_CASE("base-256 numbers may be large and negative") {
    Header header;
    header.mtime = std::string(12, '\xff');
    CHECK(member(block(header)).mtime == -1);
    header.mtime = std::string("\x80\0\0\0\0\0\0\0\x01\0\0\0", 12);
    CHECK(member(block(header)).mtime == 1 << 24);
    header.mtime = std::string("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12);
    CHECK(member(block(header)).mtime == INT64_MAX);
    header.mtime = std::string("\xff\xff\xff\xff\x80\0\0\0\0\0\0\0", 12);
    CHECK(member(block(header)).mtime == INT64_MIN);
    header.mtime = std::string("\x80\0\0\0\x80\0\0\0\0\0\0\0", 12);
    CHECK_FALSE(decode(block(header)));
    header.mtime = std::string("\x80\x01\0\0\0\0\0\0\0\0\0\0", 12);
    CHECK_FALSE(decode(block(header)));
    header.mtime = "0";
    header.uid = std::string("\x80\0\0\0\x80\0\0\0", 8);
    CHECK(member(block(header)).uid == std::int64_t{1} << 31);
}

TEST_CASE("the checksum may be of signed or unsigned bytes and must hold") {
    Header header;
    header.name = "\xff\xfe\xfd";
    CHECK(member(block(header)).name == "\xff\xfe\xfd");
    header.signed_checksum = true;
    CHECK(member(block(header)).name == "\xff\xfe\xfd");
    header.checksum_off_by = 1;
    CHECK(decode(block(header)).error().what == "invalid tar header");
    CHECK_FALSE(decode(std::string(kBlock, 'x')));
}

TEST_CASE("an old file is a folder if its name says so, a new one is not") {
    Header header;
    header.type = '\0';
    CHECK(member(block(header)).type == '0');
    header.name = "d/";
    CHECK(member(block(header)).type == '5');
    header.type = '0';
    CHECK(member(block(header)).type == '0');
    header.type = '\0';
    header.name = "x";
    CHECK(member(pax(record("path", "folder/")) + block(header)).type == '5');
}

TEST_CASE("the link name counts for links only") {
    Header header;
    header.link = "target";
    header.type = '2';
    CHECK(member(block(header)).link_name == "target");
    header.type = '1';
    CHECK(member(block(header)).link_name == "target");
    header.type = '5';
    CHECK(member(block(header)).link_name.empty());
}

TEST_CASE("devices have numbers") {
    Header header;
    header.type = '3';
    header.major = "0000001";
    header.minor = "0000003";
    CHECK(member(block(header)).device_major == 1);
    CHECK(member(block(header)).device_minor == 3);
    header.minor = "xyz";
    CHECK_FALSE(decode(block(header)));
}

TEST_CASE("the padding of a payload is skipped, whatever is in it and however it comes") {
    Header header;
    header.size = octal(5);
    TarHeaderDecoder decoder;
    decoder.feed(block(header));
    REQUIRE(decoder.take(5));
    decoder.feed(std::string(500, 'x'));
    decoder.feed(std::string(7, 'x'));
    const auto bytes = block(header);
    for (const char c : bytes) {
        decoder.feed(std::string_view(&c, 1));
    }
    REQUIRE(decoder.take(5));
    decoder.feed(std::string(507, '\0') + kZeroBlock + kZeroBlock + "garbage");
    CHECK(decoder.good_end());
}

TEST_CASE("types without data have none, whatever their size says") {
    for (const char type : {'1', '2', '3', '4', '5', '6'}) {
        CAPTURE(type);
        Header header;
        header.type = type;
        header.size = octal(100);
        TarHeaderDecoder decoder;
        decoder.feed(block(header));
        const auto first = decoder.take(100);
        REQUIRE(first);
        CHECK(first->header_only());
        CHECK(first->size == 100);
        decoder.feed(block({}));
        CHECK(decoder.take(0));
    }
}

TEST_CASE("a negative size is refused where data would follow") {
    Header header;
    header.size = std::string(12, '\xff');
    CHECK_FALSE(decode(block(header)));
    header.type = 'x';
    CHECK_FALSE(decode(block(header) + block({})));
    header.type = '5';
    CHECK(decode(block(header))->size == -1);
}

TEST_CASE("the size of an entry must be that of its header") {
    Header header;
    header.size = octal(5);
    CHECK_FALSE(decode(block(header), 6));
    CHECK_FALSE(decode(block(header), 0));
    CHECK(decode(block(header), 5));
}

TEST_CASE("an archive may end in every way that Go accepts") {
    CHECK(ends_well(""));
    CHECK(ends_well(kZeroBlock));
    CHECK(ends_well(kZeroBlock + kZeroBlock));
    CHECK(ends_well(kZeroBlock + kZeroBlock + "garbage" + block({})));
    CHECK(ends_well(pax(record("uid", "1"))));
    CHECK(ends_well(pax(record("uid", "1")).substr(0, 600)));
    CHECK(ends_well(pax(record("uid", "1")) + kZeroBlock + kZeroBlock));
}

TEST_CASE("an archive may not end in any other way") {
    CHECK_FALSE(ends_well("x"));
    CHECK_FALSE(ends_well(kZeroBlock.substr(1)));
    CHECK_FALSE(ends_well(kZeroBlock + "x"));
    CHECK_FALSE(ends_well(kZeroBlock + block({})));
    CHECK_FALSE(ends_well(block({})));
    CHECK_FALSE(ends_well(std::string(kBlock, 'x')));
    CHECK_FALSE(ends_well(pax(record("uid", "1")).substr(0, 513)));
}

TEST_CASE("the padding of the last payload may be cut") {
    Header header;
    header.size = octal(5);
    TarHeaderDecoder decoder;
    decoder.feed(block(header));
    REQUIRE(decoder.take(5));
    CHECK(decoder.good_end());
    decoder.feed("12345");
    CHECK(decoder.good_end());
}

TEST_CASE("a member without a whole header of its own is refused, and nothing after it is decoded") {
    CHECK(decode("").error().what == "no tar header before a member");
    CHECK(decode(block({}).substr(1)).error().what == "a tar header is cut");
    CHECK(decode(pax(record("uid", "1"))).error().what == "a tar header is cut");
    CHECK_FALSE(decode(kZeroBlock));
    CHECK_FALSE(decode(kZeroBlock + block({})));
    CHECK(
        decode(kZeroBlock + kZeroBlock + block({})).error().what == "a member behind the end of the archive"
    );
    CHECK_FALSE(decode(block({}) + block({})));
    CHECK_FALSE(decode(block({}) + "x"));
    TarHeaderDecoder decoder;
    CHECK_FALSE(decoder.take(0));
    decoder.feed(block({}));
    CHECK_FALSE(decoder.take(0));
    CHECK_FALSE(decoder.good_end());
}

TEST_CASE("a header that grows without end is refused at the limit") {
    TarHeaderDecoder decoder;
    const auto piece = pax(record("comment", std::string(400'000, 'c')));
    for (int i = 0; i < 60; ++i) {
        decoder.feed(piece);
    }
    CHECK_FALSE(decoder.take(0));
    Header header;
    header.type = 'x';
    header.size = "77777777777";
    CHECK_FALSE(decode(block(header)));
}

TEST_CASE("a large header below the limit is decoded") {
    const std::string name(5'000'000, 'n');
    CHECK(member(extension('L', name) + block({})).name == name);
}
