// An entry exactly as Go's encoder writes it (tar/storage/entry.go: type, name, name_raw, size, payload,
// position; nothing left out but empty fields), read in place. Any deviation, a legal one too, gives false
// and the entry is read again the slow way: this must never take what JSON or Go would refuse.
#include "formats/base64.hpp"
#include "formats/json_text.hpp"
#include "formats/tar_split.hpp"

namespace drydock {

namespace {

class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text) {}

    bool literal(std::string_view expected) {
        if (!text_.starts_with(expected)) {
            return false;
        }
        text_.remove_prefix(expected.size());
        return true;
    }

    // A JSON integer without sign that fits in an int64.
    bool number(std::int64_t& value) {
        constexpr std::size_t kMostDigits = 18;
        std::size_t digits = 0;
        value = 0;
        while (digits < text_.size() && text_[digits] >= '0' && text_[digits] <= '9') {
            if (digits == kMostDigits) {
                return false;
            }
            value = value * 10 + (text_[digits] - '0');
            ++digits;
        }
        if (digits == 0 || (digits > 1 && text_.front() == '0')) {
            return false;
        }
        text_.remove_prefix(digits);
        return true;
    }

    // The inside of a string, escapes still in it.
    bool string(std::string_view& inside) {
        std::size_t from = 0;
        while (true) {
            const auto quote = text_.find('"', from);
            if (quote == std::string_view::npos) {
                return false;
            }
            std::size_t backslashes = 0;
            while (backslashes < quote && text_[quote - backslashes - 1] == '\\') {
                ++backslashes;
            }
            if (backslashes % 2 == 0) {
                inside = text_.substr(0, quote);
                text_.remove_prefix(quote + 1);
                return true;
            }
            from = quote + 1;
        }
    }

    // The inside of a string that has no escapes, which base64 never has.
    bool plain_string(std::string_view& inside) {
        const auto quote = text_.find('"');
        if (quote == std::string_view::npos) {
            return false;
        }
        inside = text_.substr(0, quote);
        text_.remove_prefix(quote + 1);
        return true;
    }

    [[nodiscard]] bool at_end() const noexcept { return text_.empty(); }

private:
    std::string_view text_;
};

// Decodes base64 as it may stand in JSON: the line breaks that the decoder would skip are not allowed
// there, and show as a count that does not fit the length.
bool decode_strictly(std::string_view text, std::span<char> out, std::size_t& count) {
    if (text.size() % 4 != 0) {
        return false;
    }
    const auto produced = decode_base64_into(text, out);
    if (!produced) {
        return false;
    }
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    count = *produced;
    return count == text.size() / 4 * 3 - padding;
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) {
        out.push_back(static_cast<char>(static_cast<unsigned char>(byte)));
    };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0U | (code >> 6U));
        put(0x80U | (code & 0x3fU));
    } else if (code < 0x10000) {
        put(0xe0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3fU));
        put(0x80U | (code & 0x3fU));
    } else {
        put(0xf0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3fU));
        put(0x80U | ((code >> 6U) & 0x3fU));
        put(0x80U | (code & 0x3fU));
    }
}

// The escape at `at`, which is moved behind it. Lone surrogates are left to the slow way.
bool take_escape(std::string_view text, std::size_t& at, std::string& out) {
    constexpr std::size_t kEscapeBytes = 6;  // \uXXXX
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (at + 1 >= text.size()) {
        return false;
    }
    const char letter = text[at + 1];
    if (letter != 'u') {
        const auto found = kLetters.find(letter);
        if (found == std::string_view::npos) {
            return false;
        }
        out.push_back(kMeanings[found]);
        at += 2;
        return true;
    }
    const auto unit = escaped_unit(text, at);
    if (!unit || is_low_surrogate(*unit)) {
        return false;
    }
    at += kEscapeBytes;
    if (!is_high_surrogate(*unit)) {
        append_utf8(out, *unit);
        return true;
    }
    const auto low = escaped_unit(text, at);
    if (!low || !is_low_surrogate(*low)) {
        return false;
    }
    at += kEscapeBytes;
    append_utf8(out, 0x10000U + ((*unit - 0xd800U) << 10U) + (*low - 0xdc00U));
    return true;
}

// The payload is the first `count` bytes of `payload`, which never shrinks; null has none.
bool take_payload(Cursor& cursor, std::string& payload, std::size_t& count) {
    count = 0;
    if (cursor.literal(R"(,"payload":null)")) {
        return true;
    }
    std::string_view text;
    if (!cursor.literal(R"(,"payload":")") || !cursor.plain_string(text)) {
        return false;
    }
    if (payload.size() < base64_room(text.size())) {
        payload.resize(base64_room(text.size()));
    }
    return decode_strictly(text, payload, count);
}

bool is_plain_ascii(std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x80 || c == '\\') {
            return false;
        }
    }
    return true;
}

}  // namespace

// `name` becomes a view of `text` itself, or of name_ where something had to be decoded.
bool TarSplitReader::take_name(std::string_view text, std::string_view& name) {
    if (is_plain_ascii(text)) {
        name = text;
        return true;
    }
    name_.clear();
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '\\') {
            if (!take_escape(text, at, name_)) {
                return false;
            }
            continue;
        }
        const std::size_t length = utf8_sequence(text, at);
        if (length == 0 || static_cast<unsigned char>(text[at]) < 0x20) {
            return false;
        }
        name_.append(text.substr(at, length));
        at += length;
    }
    name = name_;
    return true;
}

bool TarSplitReader::parse_fast(std::string_view line, TarSplitEntry& entry) {
    entry = {};
    Cursor cursor(line);
    std::int64_t type = 0;
    if (!cursor.literal(R"({"type":)") || !cursor.number(type)) {
        return false;
    }
    std::string_view text;
    std::string_view name;
    if (cursor.literal(R"(,"name":")") && !(cursor.string(text) && take_name(text, name))) {
        return false;
    }
    if (cursor.literal(R"(,"name_raw":")")) {
        if (!cursor.plain_string(text)) {
            return false;
        }
        // Both names never come from Go's encoder, and name_ may hold the other.
        name_.resize(base64_room(text.size()));
        std::size_t count = 0;
        if (!name.empty() || !decode_strictly(text, name_, count)) {
            return false;
        }
        name = std::string_view(name_).substr(0, count);
    }
    std::int64_t size = 0;
    if (cursor.literal(R"(,"size":)") && !cursor.number(size)) {
        return false;
    }
    std::size_t count = 0;
    if (!take_payload(cursor, payload_, count)) {
        return false;
    }
    std::int64_t position = 0;
    if (!cursor.literal(R"(,"position":)") || !cursor.number(position) || !cursor.literal("}") ||
        !cursor.at_end()) {
        return false;
    }
    if (type == 2) {
        entry.kind = TarSplitEntry::Kind::segment;
        entry.payload = std::string_view(payload_).substr(0, count);
    } else if (type == 1) {
        entry.kind = TarSplitEntry::Kind::file;
        entry.name = name;
        entry.size = size;
        entry.has_crc = count == sizeof entry.crc;
        for (std::size_t i = 0; entry.has_crc && i < sizeof entry.crc; ++i) {
            entry.crc = (entry.crc << 8U) | static_cast<unsigned char>(payload_[i]);
        }
    }
    return true;
}

}  // namespace drydock
