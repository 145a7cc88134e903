// See tar_block.hpp. Offsets and widths are those of the v7, ustar, GNU and star headers; where they
// overlap, the magic decides, as in Go.
#include "formats/tar_block.hpp"

#include "formats/record_text.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace drydock {

namespace {

enum class Format : std::uint8_t { unknown, v7, ustar, star, gnu };

constexpr std::size_t kChecksumAt = 148;
constexpr std::size_t kChecksumBytes = 8;

// Up to the first NUL, or all of it.
std::string_view c_string(std::string_view field) {
    return field.substr(0, field.find('\0'));
}

bool is_fill(char c) {
    return c == ' ' || c == '\0';
}

std::optional<std::int64_t> parse_octal(std::string_view field) {
    while (!field.empty() && is_fill(field.front())) {
        field.remove_prefix(1);
    }
    while (!field.empty() && is_fill(field.back())) {
        field.remove_suffix(1);
    }
    if (field.empty()) {
        return 0;
    }
    const auto digits = c_string(field);
    std::uint64_t value = 0;
    const char* const last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, value, 8);
    if (error != std::errc() || end != last) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(value);
}

// Octal digits, or with the highest bit set a big-endian number in two's complement.
std::optional<std::int64_t> parse_numeric(std::string_view field) {
    const auto first = static_cast<unsigned char>(field.front());
    if ((first & 0x80U) == 0) {
        return parse_octal(field);
    }
    const bool negative = (first & 0x40U) != 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < field.size(); ++i) {
        std::uint64_t byte = static_cast<unsigned char>(field[i]);
        if (negative) {
            byte ^= 0xffU;
        }
        if (i == 0) {
            byte &= 0x7fU;
        }
        if (value >> 56U != 0) {
            return std::nullopt;
        }
        value = (value << 8U) | byte;
    }
    if (value >> 63U != 0) {
        return std::nullopt;
    }
    const auto magnitude = static_cast<std::int64_t>(value);
    return negative ? -magnitude - 1 : magnitude;
}

// The sum of all bytes, the checksum's own field counted as spaces, signed bytes accepted for the sake of
// old tars.
bool checksum_holds(std::string_view block) {
    const auto stored = parse_octal(block.substr(kChecksumAt, kChecksumBytes));
    std::int32_t as_unsigned = 0;
    std::int32_t high = 0;
    for (const char c : block) {
        const auto byte = static_cast<unsigned char>(c);
        as_unsigned += byte;
        high += byte >> 7U;
    }
    for (const char c : block.substr(kChecksumAt, kChecksumBytes)) {
        const auto byte = static_cast<unsigned char>(c);
        as_unsigned += ' ' - byte;
        high -= byte >> 7U;
    }
    const std::int32_t as_signed = as_unsigned - 256 * high;
    return stored && (*stored == as_unsigned || *stored == as_signed);
}

Format format_of(std::string_view block) {
    using namespace std::string_view_literals;
    if (!checksum_holds(block)) {
        return Format::unknown;
    }
    const auto magic = block.substr(257, 6);
    if (magic == "ustar\0"sv) {
        return block.substr(508, 4) == "tar\0"sv ? Format::star : Format::ustar;
    }
    return magic == "ustar "sv && block.substr(263, 2) == " \0"sv ? Format::gnu : Format::v7;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// The part of the name that a format keeps elsewhere; nothing where a field of it is no number.
std::optional<std::string_view> prefix_of(std::string_view block, Format format) {
    switch (format) {
    case Format::unknown:
    case Format::v7:
        return std::string_view();
    case Format::ustar:
        return c_string(block.substr(345, 155));
    case Format::star:
        if (!parse_numeric(block.substr(476, 12)) || !parse_numeric(block.substr(488, 12))) {
            return std::nullopt;
        }
        return c_string(block.substr(345, 131));
    case Format::gnu:
        break;
    }
    // GNU has times where ustar has the prefix. Go before 1.8 wrote a prefix there; it is taken for one
    // where the times are no numbers.
    const auto is_time = [&](std::size_t at) {
        const auto field = block.substr(at, 12);
        return field.front() == '\0' || parse_numeric(field).has_value();
    };
    const auto prefix = c_string(block.substr(345, 155));
    return !(is_time(345) && is_time(357)) && is_ascii(prefix) ? prefix : std::string_view();
}

}  // namespace

std::optional<TarBlock> parse_tar_block(std::string_view block) {
    const Format format = format_of(block);
    if (format == Format::unknown) {
        return std::nullopt;
    }
    const bool extended = format != Format::v7;
    const auto mode = parse_numeric(block.substr(100, 8));
    const auto uid = parse_numeric(block.substr(108, 8));
    const auto gid = parse_numeric(block.substr(116, 8));
    const auto size = parse_numeric(block.substr(124, 12));
    const auto mtime = parse_numeric(block.substr(136, 12));
    const auto device_major = extended ? parse_numeric(block.substr(329, 8)) : 0;
    const auto device_minor = extended ? parse_numeric(block.substr(337, 8)) : 0;
    const auto prefix = prefix_of(block, format);
    if (!mode || !uid || !gid || !size || !mtime || !device_major || !device_minor || !prefix) {
        return std::nullopt;
    }
    TarBlock out;
    out.name = prefix->empty() ? std::string() : std::string(*prefix) + '/';
    out.name += c_string(block.substr(0, 100));
    out.link_name = c_string(block.substr(157, 100));
    out.type = block[156];
    out.mode = *mode;
    out.uid = *uid;
    out.gid = *gid;
    out.size = *size;
    out.mtime = *mtime;
    out.device_major = *device_major;
    out.device_minor = *device_minor;
    out.gnu = format == Format::gnu;
    return out;
}

bool is_zero_block(std::string_view block) {
    return block.find_first_not_of('\0') == std::string_view::npos;
}

std::optional<std::int64_t> parse_go_int(std::string_view text) {
    const auto value = parse_size_record(text);
    return value ? std::optional<std::int64_t>(*value) : std::nullopt;
}

}  // namespace drydock
