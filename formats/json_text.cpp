// See json_text.hpp. What Go accepts: encoding/json decode.go:unquoteBytes, scanner.go:stateNum.
#include "formats/json_text.hpp"

#include <algorithm>

namespace drydock {

namespace {

constexpr std::size_t kEscapeBytes = 6;  // \uXXXX

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

class Rewriter {
public:
    explicit Rewriter(std::string_view text) : text_(text) { out_.reserve(text.size() + text.size() / 16); }

    std::string run() {
        while (at_ < text_.size()) {
            if (in_string_) {
                string_part();
            } else if (text_[at_] == '-' || (text_[at_] >= '0' && text_[at_] <= '9')) {
                number();
            } else {
                in_string_ = text_[at_] == '"';
                copy(1);
            }
        }
        return std::move(out_);
    }

private:
    void copy(std::size_t count) {
        out_.append(text_.substr(at_, count));
        at_ += count;
    }

    void replace(std::size_t count) {
        out_.append(kReplacementCharacter);
        at_ += count;
    }

    void string_part() {
        const char c = text_[at_];
        if (c == '"') {
            in_string_ = false;
            copy(1);
        } else if (c == '\\') {
            escape();
        } else if (static_cast<unsigned char>(c) < 0x80) {
            copy(1);
        } else if (const std::size_t length = utf8_sequence(text_, at_); length > 0) {
            copy(length);
        } else {
            replace(1);
        }
    }

    void escape() {
        const auto unit = escaped_unit(text_, at_);
        if (!unit || !(is_high_surrogate(*unit) || is_low_surrogate(*unit))) {
            copy(std::min<std::size_t>(2, text_.size() - at_));
            return;
        }
        const auto next = is_high_surrogate(*unit) ? escaped_unit(text_, at_ + kEscapeBytes) : std::nullopt;
        if (next && is_low_surrogate(*next)) {
            copy(2 * kEscapeBytes);
        } else {
            replace(kEscapeBytes);
        }
    }

    void number() {
        const auto end = std::min(text_.find_first_not_of("0123456789+-.eE", at_), text_.size());
        const auto token = text_.substr(at_, end - at_);
        if (is_fraction(token)) {
            out_.append("0.5");
        } else {
            out_.append(token);
        }
        at_ = end;
    }

    // A number by the grammar that is not an integer.
    static bool is_fraction(std::string_view token) {
        std::size_t i = token.front() == '-' ? 1 : 0;
        const auto digits = [&] {
            const std::size_t from = i;
            i = std::min(token.find_first_not_of("0123456789", from), token.size());
            return i - from;
        };
        const std::size_t first = i;
        const std::size_t whole = digits();
        if (whole == 0 || (whole > 1 && token[first] == '0')) {
            return false;
        }
        bool fraction = false;
        if (i < token.size() && token[i] == '.') {
            ++i;
            if (digits() == 0) {
                return false;
            }
            fraction = true;
        }
        if (i < token.size() && (token[i] == 'e' || token[i] == 'E')) {
            ++i;
            if (i < token.size() && (token[i] == '+' || token[i] == '-')) {
                ++i;
            }
            if (digits() == 0) {
                return false;
            }
            fraction = true;
        }
        return fraction && i == token.size();
    }

    std::string_view text_;
    std::string out_;
    std::size_t at_ = 0;
    bool in_string_ = false;
};

unsigned byte_or_zero(std::string_view text, std::size_t at) noexcept {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

}  // namespace

std::size_t utf8_sequence(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) { return byte_or_zero(text, at + i); };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80) {
        return at < text.size() ? 1 : 0;
    }
    if (first < 0xc2) {
        return 0;
    }
    if (first <= 0xdf) {
        return continues(1) ? 2 : 0;
    }
    if (first <= 0xef) {
        const bool overlong = first == 0xe0 && byte(1) < 0xa0;
        const bool surrogate = first == 0xed && byte(1) > 0x9f;
        return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first <= 0xf4) {
        const bool overlong = first == 0xf0 && byte(1) < 0x90;
        const bool beyond = first == 0xf4 && byte(1) > 0x8f;
        return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

std::optional<std::uint32_t> escaped_unit(std::string_view text, std::size_t at) noexcept {
    if (at > text.size() || text.size() - at < kEscapeBytes || text[at] != '\\' || text[at + 1] != 'u') {
        return std::nullopt;
    }
    std::uint32_t unit = 0;
    for (std::size_t i = 2; i < kEscapeBytes; ++i) {
        const int digit = hex_value(text[at + i]);
        if (digit < 0) {
            return std::nullopt;
        }
        unit = (unit << 4U) | static_cast<std::uint32_t>(digit);
    }
    return unit;
}

std::string rewrite_for_strict_parser(std::string_view text) {
    return Rewriter(text).run();
}

}  // namespace drydock
