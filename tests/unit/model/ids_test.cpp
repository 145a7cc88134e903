#include "model/ids.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <unordered_set>

namespace drydock {

namespace {

const std::string kHex = "a14632207d6b11be05e088fefeceaa95b160724878eef472569fc57a0bd37993";

}  // namespace

TEST_CASE("A digest is read and written in its one form", "[model]") {
    const std::optional<Digest> digest = Digest::from_text("sha256:" + kHex);
    REQUIRE(digest);
    CHECK(digest->hex() == kHex);
    CHECK(digest->text() == "sha256:" + kHex);
    CHECK(Digest::from_hex(kHex) == digest);
    CHECK(digest->bytes()[0] == 0xa1);
    CHECK(digest->bytes()[31] == 0x93);
}

TEST_CASE("Text that is no digest is refused", "[model]") {
    std::string upper = kHex;
    upper[0] = 'A';
    std::string beyond = kHex;
    beyond[63] = 'g';
    for (const std::string& hex :
         {std::string(),
          kHex.substr(1),
          kHex + "0",
          kHex + "\n",
          " " + kHex.substr(1),
          upper,
          beyond,
          std::string(64, '\0'),
          std::string(64, '\xff')}) {
        CAPTURE(hex);
        CHECK_FALSE(Digest::from_hex(hex));
        CHECK_FALSE(Digest::from_text("sha256:" + hex));
    }
    CHECK_FALSE(Digest::from_text(kHex));
    CHECK_FALSE(Digest::from_text("sha512:" + kHex));
    CHECK_FALSE(Digest::from_text("SHA256:" + kHex));
    CHECK_FALSE(Digest::from_text("sha256"));
}

TEST_CASE("Chain ids are those of a real store", "[model]") {
    const auto diff = [](const std::string& hex) { return DiffId::from_hex(hex).value(); };
    const ChainId base = chain_id(std::nullopt, diff(kHex));
    CHECK(base.hex() == kHex);
    const ChainId second =
        chain_id(base, diff("497d87b844ef2498d9f230a694bf26319a2c27b62919212f1e21e5b0d946010d"));
    CHECK(second.hex() == "ef93822809d153609dc7b7674ef1d1989d03dc4d436a3919029e277684f8dc0d");
    const ChainId third =
        chain_id(second, diff("fd1a46b3aacb56ce8ac195d6de43ecde544313de0619fc23acd99719ac5a318e"));
    CHECK(third.hex() == "5716c18958cafa7d5c5e1bc115ef1ea5e81d0ba7c22623e715a10705e58b6b7f");
}

TEST_CASE("Ids sort as their text does and hash by value", "[model]") {
    const auto low = ChainId::from_hex("0" + kHex.substr(1)).value();
    const auto high = ChainId::from_hex(kHex).value();
    CHECK(low < high);
    CHECK(low.hex() < high.hex());
    CHECK(std::unordered_set<ChainId>{low, high, high}.size() == 2);
}

}  // namespace drydock
