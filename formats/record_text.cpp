// See record_text.hpp. Where dockerd is lenient (white space, signs) this is too; where it takes what
// would lead a later step out of the store (cache-id), this is strict, and says so in the error.
#include "formats/record_text.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace drydock {

namespace {

constexpr std::size_t kMountIdLength = 64;
constexpr std::size_t kLinkLength = 26;
constexpr std::size_t kMaxNameBytes = 255;  // NAME_MAX of every file system that can hold a store

tl::unexpected<ParseError> fail(std::string what, std::size_t offset = 0) {
    return tl::unexpected<ParseError>(ParseError{std::move(what), offset});
}

bool is_ascii_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// U+0085 or U+00A0 in UTF-8.
bool is_latin_space(std::string_view two) {
    return two.size() == 2 && two[0] == '\xc2' && (two[1] == '\x85' || two[1] == '\xa0');
}

// Reads `count` digits of `text` from the front.
std::optional<int> take_number(std::string_view& text, std::size_t count) {
    if (text.size() < count || !std::all_of(text.begin(), text.begin() + static_cast<int>(count), is_digit)) {
        return std::nullopt;
    }
    int value = 0;
    for (const char c : text.substr(0, count)) {
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take_char(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

int days_in_month(int year, int month) {
    constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool take_date(std::string_view& text) {
    const auto year = take_number(text, 4);
    if (!year || !take_char(text, '-')) {
        return false;
    }
    const auto month = take_number(text, 2);
    if (!month || *month < 1 || *month > 12 || !take_char(text, '-')) {
        return false;
    }
    const auto day = take_number(text, 2);
    return day && *day >= 1 && *day <= days_in_month(*year, *month);
}

bool take_time_of_day(std::string_view& text) {
    // Go before 1.20 takes an hour of one digit as well, and a comma before the fraction.
    const bool short_hour = text.size() > 1 && text[1] == ':';
    const auto hour = take_number(text, short_hour ? 1 : 2);
    if (!hour || *hour > 23 || !take_char(text, ':')) {
        return false;
    }
    const auto minute = take_number(text, 2);
    if (!minute || *minute > 59 || !take_char(text, ':')) {
        return false;
    }
    const auto second = take_number(text, 2);
    if (!second || *second > 59) {
        return false;
    }
    if (text.size() > 1 && (text[0] == '.' || text[0] == ',') && is_digit(text[1])) {
        text.remove_prefix(1);
        const auto* const end = std::find_if_not(text.begin(), text.end(), is_digit);
        text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
    }
    return true;
}

bool take_zone(std::string_view& text) {
    if (take_char(text, 'Z')) {
        return true;
    }
    // The range of the offset is checked by newer versions of Go only.
    return (take_char(text, '+') || take_char(text, '-')) && take_number(text, 2) && take_char(text, ':') &&
           take_number(text, 2);
}

}  // namespace

std::string_view trim_space(std::string_view text) {
    while (!text.empty()) {
        if (is_ascii_space(text.front())) {
            text.remove_prefix(1);
        } else if (is_latin_space(text.substr(0, 2))) {
            text.remove_prefix(2);
        } else {
            break;
        }
    }
    while (!text.empty()) {
        if (is_ascii_space(text.back())) {
            text.remove_suffix(1);
        } else if (text.size() >= 2 && is_latin_space(text.substr(text.size() - 2))) {
            text.remove_suffix(2);
        } else {
            break;
        }
    }
    return text;
}

Parsed<Digest> parse_digest_record(std::string_view text) {
    const auto trimmed = trim_space(text);
    if (trimmed.empty()) {
        return fail("empty");
    }
    if (const auto digest = Digest::from_text(trimmed)) {
        return *digest;
    }
    return fail("not \"sha256:\" and 64 digits 0-9a-f");
}

Parsed<std::int64_t> parse_size_record(std::string_view text) {
    if (text.empty()) {
        return fail("empty");
    }
    // from_chars knows the minus sign only.
    const bool plus = text.front() == '+';
    const std::string_view digits = plus ? text.substr(1) : text;
    if (plus && !digits.empty() && digits.front() == '-') {
        return fail("not a decimal number", 1);
    }
    std::int64_t value = 0;
    const char* const last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, value);
    if (error == std::errc::result_out_of_range) {
        return fail("number out of range");
    }
    if (error != std::errc() || end != last) {
        return fail("not a decimal number", static_cast<std::size_t>(end - text.data()));
    }
    return value;
}

Parsed<std::string> parse_cache_id(std::string_view text) {
    const auto trimmed = trim_space(text);
    if (trimmed.empty()) {
        return fail("empty");
    }
    if (trimmed.size() > kMaxNameBytes) {
        return fail("longer than a file name can be");
    }
    const auto is_name_char = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' ||
               c == '-';
    };
    const auto* const bad = std::find_if_not(trimmed.begin(), trimmed.end(), is_name_char);
    if (bad != trimmed.end()) {
        return fail("not one safe path component", static_cast<std::size_t>(bad - trimmed.begin()));
    }
    if (trimmed == "." || trimmed == ".." || trimmed == "l") {
        return fail("not the name of a driver directory");
    }
    return std::string(trimmed);
}

Parsed<std::string> parse_mount_id(std::string_view text) {
    const auto trimmed = trim_space(text);
    if (trimmed.empty()) {
        return fail("empty");
    }
    const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
    const auto hex = trimmed.substr(0, kMountIdLength);
    const auto rest = trimmed.substr(hex.size());
    if (hex.size() != kMountIdLength || !std::all_of(hex.begin(), hex.end(), is_hex) ||
        !(rest.empty() || rest == "-init")) {
        return fail("not 64 digits 0-9a-f, with or without \"-init\"");
    }
    return std::string(trimmed);
}

Parsed<std::string> parse_link(std::string_view text) {
    if (text.empty()) {
        return fail("empty");
    }
    const auto is_base32 = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); };
    if (text.size() != kLinkLength || !std::all_of(text.begin(), text.end(), is_base32)) {
        return fail("not 26 characters A-Z2-7");
    }
    return std::string(text);
}

bool is_rfc3339_time(std::string_view text) {
    return take_date(text) && take_char(text, 'T') && take_time_of_day(text) && take_zone(text) &&
           text.empty();
}

}  // namespace drydock
