// The one-line files of layerdb: what dockerd's readers tolerate, and what drydock refuses beyond them.
#include "formats/record_text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace drydock;

namespace {

const std::string kHex(64, 'a');
const std::string kDigest = "sha256:" + kHex;

}  // namespace

TEST_CASE("white space round a record is trimmed as Go does it") {
    CHECK(trim_space(" \t\n\v\f\r a b \r\n") == "a b");
    CHECK(trim_space("\xc2\x85\xc2\xa0x\xc2\xa0") == "x");
    CHECK(trim_space("\xa0x") == "\xa0x");
    CHECK(trim_space("\xc2").size() == 1);
    CHECK(trim_space(" \n ").empty());
}

TEST_CASE("a digest record may have white space round it and nothing else") {
    CHECK(parse_digest_record(kDigest)->text() == kDigest);
    CHECK(parse_digest_record(" " + kDigest + "\n")->text() == kDigest);
    for (const auto& bad :
         {std::string(),
          std::string("\n"),
          kHex,
          "sha256:" + std::string(63, 'a'),
          kDigest + "a",
          "sha256:" + std::string(64, 'A'),
          "sha512:" + std::string(128, 'a'),
          kDigest + " x",
          std::string(71, '\0')}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_digest_record(bad));
    }
    CHECK(parse_digest_record(" ").error().what == "empty");
}

TEST_CASE("a size is a signed decimal number without white space") {
    CHECK(parse_size_record("2055").value() == 2055);
    CHECK(parse_size_record("-5").value() == -5);
    CHECK(parse_size_record("+5").value() == 5);
    CHECK(parse_size_record("007").value() == 7);
    CHECK(parse_size_record("9223372036854775807").value() == INT64_MAX);
    CHECK(parse_size_record("-9223372036854775808").value() == INT64_MIN);
    for (const std::string bad :
         {"", "2055\n", " 5", "5 ", "+", "-", "+-5", "--5", "0x10", "1_000", "5.0", "9223372036854775808"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_size_record(bad));
    }
    CHECK_FALSE(parse_size_record(std::string("5\0", 2)));
}

TEST_CASE("a size that is malformed says where") {
    CHECK(parse_size_record("2055\n").error().offset == 4);
    CHECK(parse_size_record("99999999999999999999").error().what == "number out of range");
}

TEST_CASE("a cache id must be one safe path component") {
    CHECK(parse_cache_id(kHex).value() == kHex);
    CHECK(parse_cache_id("q3p0yh7u2v5bq8x1mh0d2f9kz\n").value() == "q3p0yh7u2v5bq8x1mh0d2f9kz");
    CHECK(parse_cache_id("..a").value() == "..a");
    CHECK(parse_cache_id(std::string(255, 'a')));
    for (const std::string bad : {"", " ", ".", "..", "l", "a/b", "../x", "/", "a b", "a\nb", "\xc3\xa9"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_cache_id(bad));
    }
    CHECK_FALSE(parse_cache_id(std::string(256, 'a')));
    CHECK_FALSE(parse_cache_id(std::string("a\0b", 3)));
}

TEST_CASE("a mount id is 64 hexadecimal digits with or without -init") {
    CHECK(parse_mount_id(kHex + "\n").value() == kHex);
    CHECK(parse_mount_id(kHex + "-init").value() == kHex + "-init");
    for (const auto& bad :
         {std::string(),
          std::string(63, 'a'),
          std::string(65, 'a'),
          std::string(64, 'A'),
          kHex + "-ini",
          kHex + "-init-init",
          kHex + "/x"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_mount_id(bad));
    }
}

TEST_CASE("a link is exactly 26 characters of base32") {
    CHECK(parse_link("ABCDEFGHIJKLMNOPQRSTUVW234").value() == "ABCDEFGHIJKLMNOPQRSTUVW234");
    for (const std::string bad :
         {"",
          "ABCDEFGHIJKLMNOPQRSTUVWXY",
          "ABCDEFGHIJKLMNOPQRSTUVWXYZ\n",
          "ABCDEFGHIJKLMNOPQRSTUVWXY1",
          "abcdefghijklmnopqrstuvwxyz"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_link(bad));
    }
}

TEST_CASE("times are RFC 3339 with an optional fraction") {
    for (const std::string good :
         {"2026-11-23T03:28:31.011849167Z",
          "2026-11-23T03:28:31Z",
          "2024-02-29T23:59:59+05:30",
          "0001-01-01T00:00:00Z",
          "2026-11-23T3:28:31Z",
          "2026-11-23T03:28:31,5Z"}) {
        CAPTURE(good);
        CHECK(is_rfc3339_time(good));
    }
    for (const std::string bad :
         {"",
          "yesterday",
          "2026-11-23",
          "2026-11-23 03:28:31Z",
          "2026-13-01T00:00:00Z",
          "2026-02-29T00:00:00Z",
          "2100-02-29T00:00:00Z",
          "2026-00-01T00:00:00Z",
          "2026-01-00T00:00:00Z",
          "2026-11-23T24:00:00Z",
          "2026-11-23T03:60:00Z",
          "2026-11-23T03:28:60Z",
          "2026-11-23T03:28:31",
          "2026-11-23T03:28:31.Z",
          "2026-11-23T03:28:31z",
          "2026-11-23T03:28:31+0530",
          "2026-11-23T03:28:31Z ",
          "26-11-23T03:28:31Z"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_rfc3339_time(bad));
    }
}
