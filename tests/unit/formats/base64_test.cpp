// Base64 as Go's StdEncoding reads it.
#include "formats/base64.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace drydock;

namespace {

std::string decoded(std::string_view text) {
    std::string out;
    return decode_base64(text, out) ? out : "bad";
}

}  // namespace

TEST_CASE("base64 of every length comes back") {
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        std::string again = "kept";
        REQUIRE(decode_base64(encode_base64(bytes), again));
        REQUIRE(again == "kept" + bytes);
        bytes.push_back(static_cast<char>(static_cast<unsigned char>(i * 7)));
    }
}

TEST_CASE("known base64 values decode") {
    CHECK(decoded("").empty());
    CHECK(decoded("PD7u4tgQAAA=") == std::string("\x3c\x3e\xee\xe2\xd8\x10\x00\x00", 8));
    CHECK(decoded("YQ==") == "a");
    CHECK(decoded("+/+/") == "\xfb\xff\xbf");
    CHECK(encode_base64("hello") == "aGVsbG8=");
}

TEST_CASE("line breaks inside base64 are skipped, as Go does") {
    CHECK(decoded("Y\nQ\r\n=\n=\n") == "a");
    CHECK(decoded("YWJj\nZGVm") == "abcdef");
    CHECK(decoded("\r\n").empty());
}

TEST_CASE("the unused bits before padding do not matter to Go") {
    CHECK(decoded("YR==") == "a");
}

TEST_CASE("bad base64 is refused") {
    for (const std::string bad :
         {"Y",
          "YQ",
          "YQ=",
          "=",
          "====",
          "Y===",
          "YQ==YQ==",
          "YWJ",
          "YW=j",
          "YWJj=",
          "YWJj====",
          "YW Jj",
          "YW-_",
          "YQ==x",
          "YQ===",
          "\xff\xff\xff\xff"}) {
        CAPTURE(bad);
        CHECK(decoded(bad) == "bad");
    }
    CHECK(decoded(std::string("YW\0j", 4)) == "bad");
    CHECK(decoded("YWJjYWJjYWJj!WJjYWJj") == "bad");
}

TEST_CASE("decoding into a buffer that is too small fails instead of writing") {
    std::string out(3, 'x');
    CHECK_FALSE(decode_base64_into("YWJjZGVm", out));
    CHECK(out == "xxx");
}
