// Decodes UTF-8 strictly (Unicode 15, table 3-7): no surrogates, no overlong forms, nothing above
// U+10FFFF. What is not well formed is shown byte by byte, so no name is ever lost or merged.
#include "report/safe_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace drydock {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// What a terminal acts on or does not show: C1 controls, the soft hyphen, marks and overrides of the
// writing direction, zero-width characters, line and paragraph separators, interlinear annotation, tags.
constexpr std::array kUnseen = {
    Range{0x80, 0x9F},
    Range{0xAD, 0xAD},
    Range{0x61C, 0x61C},
    Range{0x180E, 0x180E},
    Range{0x200B, 0x200F},
    Range{0x2028, 0x202E},
    Range{0x2060, 0x206F},
    Range{0xFEFF, 0xFEFF},
    Range{0xFFF9, 0xFFFB},
    Range{0xE0000, 0xE007F},
};

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

bool is_continuation(std::string_view bytes, std::size_t at) {
    return at < bytes.size() && (byte_at(bytes, at) & 0xC0U) == 0x80U;
}

struct Character {
    char32_t code = 0;
    std::size_t size = 0;  // 0: the byte begins no well-formed character
};

Character decode(std::string_view bytes, std::size_t at) {
    const std::uint8_t lead = byte_at(bytes, at);
    if (lead < 0x80) {
        return {lead, 1};
    }
    const std::size_t size = lead >= 0xF0 ? 4 : (lead >= 0xE0 ? 3 : 2);
    if (lead < 0xC2 || lead > 0xF4) {
        return {};
    }
    auto code = static_cast<char32_t>(lead & (0xFFU >> (size + 1)));
    for (std::size_t i = 1; i < size; ++i) {
        if (!is_continuation(bytes, at + i)) {
            return {};
        }
        code = (code << 6U) | (byte_at(bytes, at + i) & 0x3FU);
    }
    const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return overlong || surrogate || code > 0x10FFFF ? Character{} : Character{code, size};
}

void append_hex(std::string& out, std::uint32_t value, int least_digits) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string digits;
    while (value != 0 || static_cast<int>(digits.size()) < least_digits) {
        digits.push_back(kDigits[value & 0xFU]);
        value >>= 4U;
    }
    out.append(digits.rbegin(), digits.rend());
}

bool is_unseen(char32_t code) {
    return std::any_of(kUnseen.begin(), kUnseen.end(), [code](const Range& range) {
        return code >= range.first && code <= range.last;
    });
}

std::string escape(std::string_view bytes, bool for_terminal) {
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const Character character = decode(bytes, at);
        const bool control = character.code < 0x20 || character.code == 0x7F;
        if (character.size == 0 || (for_terminal && control)) {
            out += "\\x";
            append_hex(out, byte_at(bytes, at), 2);
            ++at;
            continue;
        }
        if (character.code == '\\') {
            out += "\\\\";
        } else if (for_terminal && is_unseen(character.code)) {
            out += "\\u{";
            append_hex(out, character.code, 1);
            out += '}';
        } else {
            out += bytes.substr(at, character.size);
        }
        at += character.size;
    }
    return out;
}

}  // namespace

std::string json_text(std::string_view bytes) {
    return escape(bytes, false);
}

std::string terminal_text(std::string_view bytes) {
    return escape(bytes, true);
}

}  // namespace drydock
