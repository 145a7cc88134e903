// Base64 by four tables of pre-shifted digits: tar-split.json.gz is mostly base64, and this is where a
// content check would otherwise spend its time on it. The decoded bytes may not be trusted to be as
// many as the length of the text says, since line breaks inside are legal; callers use the count.
#include "formats/base64.hpp"

#include <array>
#include <cstdint>

namespace drydock {

namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
// Above every sum of valid digits (24 bits), so that one comparison finds a bad one among four.
constexpr std::uint32_t kBad = 0x01000000U;

using Table = std::array<std::uint32_t, 256>;

constexpr Table make_table(unsigned shift) {
    Table table{};
    for (auto& value : table) {
        value = kBad;
    }
    for (std::size_t i = 0; i < kDigits.size(); ++i) {
        table[static_cast<unsigned char>(kDigits[i])] = static_cast<std::uint32_t>(i) << shift;
    }
    return table;
}

constexpr Table kFirst = make_table(18);
constexpr Table kSecond = make_table(12);
constexpr Table kThird = make_table(6);
constexpr Table kFourth = make_table(0);

std::uint32_t quad(const unsigned char* in) {
    return kFirst[in[0]] | kSecond[in[1]] | kThird[in[2]] | kFourth[in[3]];
}

void store(char* out, std::uint32_t value, std::size_t count) {
    const std::array<char, 3> bytes{
        static_cast<char>(static_cast<unsigned char>(value >> 16U)),
        static_cast<char>(static_cast<unsigned char>(value >> 8U)),
        static_cast<char>(static_cast<unsigned char>(value))
    };
    for (std::size_t i = 0; i < count; ++i) {
        out[i] = bytes[i];
    }
}

bool is_line_break(char c) {
    return c == '\n' || c == '\r';
}

// What the fast loop leaves: line breaks, padding, errors.
std::optional<std::size_t> decode_rest(std::string_view text, char* out) {
    std::size_t produced = 0;
    std::size_t at = 0;
    std::uint32_t value = 0;
    unsigned digits = 0;
    for (; at < text.size() && text[at] != '='; ++at) {
        if (is_line_break(text[at])) {
            continue;
        }
        const std::uint32_t digit = kFourth[static_cast<unsigned char>(text[at])];
        if (digit == kBad) {
            return std::nullopt;
        }
        value = (value << 6U) | digit;
        if (++digits == 4) {
            store(out + produced, value, 3);
            produced += 3;
            value = 0;
            digits = 0;
        }
    }
    if (at == text.size()) {
        return digits == 0 ? std::optional<std::size_t>(produced) : std::nullopt;
    }
    if (digits < 2) {
        return std::nullopt;
    }
    unsigned padding = 0;
    for (; at < text.size(); ++at) {
        if (is_line_break(text[at])) {
            continue;
        }
        if (text[at] != '=') {
            return std::nullopt;
        }
        ++padding;
    }
    if (padding != 4 - digits) {
        return std::nullopt;
    }
    store(out + produced, value << (6U * padding), digits - 1);
    return produced + digits - 1;
}

}  // namespace

std::optional<std::size_t> decode_base64_into(std::string_view text, std::span<char> out) {
    if (out.size() < base64_room(text.size())) {
        return std::nullopt;
    }
    char* to = out.data();
    std::size_t at = 0;
    // Each step writes exactly three bytes, and the last quad may hold padding: it is left to the rest.
    for (; at + 4 < text.size(); at += 4) {
        unsigned char in[4];
        for (std::size_t i = 0; i < 4; ++i) {
            in[i] = static_cast<unsigned char>(text[at + i]);
        }
        const std::uint32_t value = quad(in);
        if (value >= kBad) {
            break;
        }
        to[0] = static_cast<char>(static_cast<unsigned char>(value >> 16U));
        to[1] = static_cast<char>(static_cast<unsigned char>(value >> 8U));
        to[2] = static_cast<char>(static_cast<unsigned char>(value));
        to += 3;
    }
    const auto done = static_cast<std::size_t>(to - out.data());
    const auto rest = decode_rest(text.substr(at), to);
    return rest ? std::optional<std::size_t>(done + *rest) : std::nullopt;
}

bool decode_base64(std::string_view text, std::string& out) {
    const std::size_t before = out.size();
    out.resize(before + base64_room(text.size()));
    const auto count = decode_base64_into(text, std::span<char>(out).subspan(before));
    out.resize(before + count.value_or(0));
    return count.has_value();
}

std::string encode_base64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t count = bytes.size() - at < 3 ? bytes.size() - at : 3;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            value <<= 8U;
            if (i < count) {
                value |= static_cast<unsigned char>(bytes[at + i]);
            }
        }
        for (std::size_t i = 0; i < 4; ++i) {
            const std::uint32_t digit = (value >> (18U - 6U * static_cast<unsigned>(i))) & 63U;
            out.push_back(i <= count ? kDigits[digit] : '=');
        }
    }
    return out;
}

}  // namespace drydock
