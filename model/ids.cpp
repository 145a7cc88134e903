// Parsing is exact: an upper-case digit or one byte more is another text, and another text is no digest.
#include "model/ids.hpp"

#include "platform/sha256.hpp"

namespace drydock {

namespace {

constexpr std::string_view kPrefix = "sha256:";
constexpr std::string_view kDigits = "0123456789abcdef";

// 16 for what is no lower-case hexadecimal digit.
unsigned digit_value(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10;
    return 16;
}

}  // namespace

std::optional<Digest> Digest::from_hex(std::string_view hex) {
    Digest result;
    if (hex.size() != 2 * result.bytes_.size()) return std::nullopt;
    for (std::size_t i = 0; i < result.bytes_.size(); ++i) {
        const unsigned high = digit_value(hex[2 * i]);
        const unsigned low = digit_value(hex[(2 * i) + 1]);
        if (high > 15 || low > 15) return std::nullopt;
        result.bytes_[i] = static_cast<std::uint8_t>((high << 4U) | low);
    }
    return result;
}

std::optional<Digest> Digest::from_text(std::string_view text) {
    if (!text.starts_with(kPrefix)) return std::nullopt;
    return from_hex(text.substr(kPrefix.size()));
}

std::string Digest::hex() const {
    std::string text;
    text.reserve(2 * bytes_.size());
    for (const std::uint8_t byte : bytes_) {
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 0xFU];
    }
    return text;
}

ChainId chain_id(const std::optional<ChainId>& parent, const DiffId& diff) {
    if (!parent) return ChainId(diff);
    return ChainId(Digest(sha256(parent->text() + ' ' + diff.text())));
}

}  // namespace drydock
