// The fast ways against a sum that is computed bit by bit here.
#include "platform/crc64.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace drydock {

namespace {

std::uint64_t bit_by_bit(std::string_view bytes) {
    std::uint64_t state = ~std::uint64_t{0};
    for (const char c : bytes) {
        state ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) {
            state = (state >> 1U) ^ ((state & 1U) != 0 ? 0xD800000000000000U : 0);
        }
    }
    return ~state;
}

std::string random_bytes(std::mt19937& random, std::size_t size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) {
        c = static_cast<char>(random() & 0xFFU);
    }
    return bytes;
}

}  // namespace

TEST_CASE("CRC-64 has the check value of Go's crc64.ISO", "[platform]") {
    CHECK(crc64_iso(0, "123456789", 9) == 0xb90956c775a41001U);
    CHECK(crc64_iso_table(0, "123456789", 9) == 0xb90956c775a41001U);
    CHECK(crc64_iso(0, "", 0) == 0);
}

TEST_CASE("All ways to the sum agree for every length and alignment", "[platform]") {
    std::mt19937 random(20'240'807);
    for (std::size_t size = 0; size < 600; ++size) {
        const std::size_t shift = size % 17;
        const std::string bytes = random_bytes(random, size + shift);
        const std::string_view view = std::string_view(bytes).substr(shift);
        const std::uint64_t expected = bit_by_bit(view);
        CAPTURE(size);
        REQUIRE(crc64_iso(0, view.data(), view.size()) == expected);
        REQUIRE(crc64_iso_table(0, view.data(), view.size()) == expected);
    }
}

TEST_CASE("A sum carried on over pieces is the sum of the whole", "[platform]") {
    std::mt19937 random(64);
    for (int round = 0; round < 300; ++round) {
        const std::string bytes = random_bytes(random, random() % 5000);
        std::uint64_t crc = 0;
        std::uint64_t by_table = 0;
        for (std::size_t at = 0; at < bytes.size();) {
            const std::size_t piece = std::min<std::size_t>(1 + (random() % 700), bytes.size() - at);
            crc = crc64_iso(crc, bytes.data() + at, piece);
            by_table = crc64_iso_table(by_table, bytes.data() + at, piece);
            at += piece;
        }
        const std::uint64_t expected = bit_by_bit(bytes);
        REQUIRE(crc == expected);
        REQUIRE(by_table == expected);
    }
}

}  // namespace drydock
