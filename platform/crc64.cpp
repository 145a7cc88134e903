// Two ways to the same sum. The table way takes eight bytes a step; it is the reference, the way for
// short data and the way of other processors. The folding way multiplies without carries (PCLMULQDQ):
// the message so far is replaced by 128 bits that leave the same remainder, eight lanes at a time.
//
// A word holds its polynomial reflected: bit 63 is x^0, bit 0 is x^63. The carry-less product of two
// such words, read as 128 reflected bits, is x times the product of their polynomials; the fold
// constants below are one power lower for that.
#include "platform/crc64.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <emmintrin.h>
#include <wmmintrin.h>
#endif

namespace drydock {

namespace {

constexpr std::uint64_t kPolynomial = 0xD800000000000000U;

constexpr std::uint64_t times_x(std::uint64_t value) {
    return (value >> 1U) ^ ((value & 1U) != 0 ? kPolynomial : 0);
}

using Table = std::array<std::array<std::uint64_t, 256>, 8>;

// tables[k][b]: the sum of byte b followed by k zero bytes.
constexpr Table make_tables() {
    Table tables{};
    for (std::size_t byte = 0; byte < 256; ++byte) {
        std::uint64_t value = byte;
        for (int bit = 0; bit < 8; ++bit) {
            value = times_x(value);
        }
        tables[0][byte] = value;
    }
    for (std::size_t k = 1; k < tables.size(); ++k) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint64_t before = tables[k - 1][byte];
            tables[k][byte] = (before >> 8U) ^ tables[0][before & 0xFFU];
        }
    }
    return tables;
}

constexpr Table kTables = make_tables();

std::uint64_t load_little_endian(const unsigned char* at) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, sizeof value);
    if constexpr (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) {
        value = __builtin_bswap64(value);
    }
    return value;
}

// Without the inversions at both ends.
std::uint64_t table_update(std::uint64_t state, const unsigned char* at, std::size_t size) {
    for (; size >= 8; at += 8, size -= 8) {
        const std::uint64_t word = state ^ load_little_endian(at);
        state = 0;
        for (std::size_t k = 0; k < 8; ++k) {
            state ^= kTables[7 - k][(word >> (8 * k)) & 0xFFU];
        }
    }
    for (; size > 0; ++at, --size) {
        state = (state >> 8U) ^ kTables[0][(state ^ *at) & 0xFFU];
    }
    return state;
}

#if defined(__x86_64__)

constexpr std::uint64_t power_of_x(int exponent) {
    std::uint64_t value = std::uint64_t{1} << 63U;
    for (int i = 0; i < exponent; ++i) {
        value = times_x(value);
    }
    return value;
}

// What the two halves of 128 bits are multiplied with to move them `bits` further up the message.
struct Fold {
    std::uint64_t first;  // the half that comes first in memory: 64 bits further up than the other
    std::uint64_t second;
};

constexpr Fold fold_over(int bits) {
    return {.first = power_of_x(bits + 63), .second = power_of_x(bits - 1)};
}

constexpr std::size_t kLanes = 8;
constexpr std::size_t kLaneBytes = 16;
constexpr std::size_t kStride = kLanes * kLaneBytes;
constexpr Fold kByStride = fold_over(8 * kStride);
constexpr Fold kByLane = fold_over(8 * kLaneBytes);

// One vector in a struct, since std::array of a bare one loses its alignment attribute.
struct Lane {
    __m128i bits;
};

__m128i load(const unsigned char* at) {
    __m128i value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

__m128i load(const Fold& fold) {
    return _mm_set_epi64x(static_cast<std::int64_t>(fold.second), static_cast<std::int64_t>(fold.first));
}

__attribute__((target("pclmul"))) inline __m128i folded(__m128i lane, __m128i by, __m128i next) {
    const __m128i first = _mm_clmulepi64_si128(lane, by, 0x00);
    const __m128i second = _mm_clmulepi64_si128(lane, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first, second), next);
}

// `size` is at least kStride. What is left after whole lanes goes through the table.
__attribute__((target("pclmul"))) std::uint64_t
folding_update(std::uint64_t state, const unsigned char* at, std::size_t size) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled in the next lines
    std::array<Lane, kLanes> lanes;
    for (std::size_t i = 0; i < kLanes; ++i) {
        lanes[i].bits = load(at + (i * kLaneBytes));
    }
    lanes[0].bits = _mm_xor_si128(lanes[0].bits, _mm_set_epi64x(0, static_cast<std::int64_t>(state)));
    at += kStride;
    size -= kStride;
    const __m128i by_stride = load(kByStride);
    for (; size >= kStride; at += kStride, size -= kStride) {
        // Unrolled, so that the lanes live in registers.
#pragma GCC unroll 8
        for (std::size_t i = 0; i < kLanes; ++i) {
            lanes[i].bits = folded(lanes[i].bits, by_stride, load(at + (i * kLaneBytes)));
        }
    }
    const __m128i by_lane = load(kByLane);
    __m128i all = lanes[0].bits;
    for (std::size_t i = 1; i < kLanes; ++i) {
        all = folded(all, by_lane, lanes[i].bits);
    }
    for (; size >= kLaneBytes; at += kLaneBytes, size -= kLaneBytes) {
        all = folded(all, by_lane, load(at));
    }
    std::array<unsigned char, kLaneBytes> rest{};
    std::memcpy(rest.data(), &all, rest.size());
    return table_update(table_update(0, rest.data(), rest.size()), at, size);
}

bool can_fold() {
    static const bool can = __builtin_cpu_supports("pclmul") != 0;
    return can;
}

#endif

}  // namespace

std::uint64_t crc64_iso_table(std::uint64_t crc, const void* data, std::size_t size) {
    return ~table_update(~crc, static_cast<const unsigned char*>(data), size);
}

std::uint64_t crc64_iso(std::uint64_t crc, const void* data, std::size_t size) {
#if defined(__x86_64__)
    if (size >= kStride && can_fold()) {
        return ~folding_update(~crc, static_cast<const unsigned char*>(data), size);
    }
#endif
    return crc64_iso_table(crc, data, size);
}

}  // namespace drydock
