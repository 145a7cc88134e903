// See pax.hpp. Keys that nothing depends on are checked for form and dropped.
#include "formats/pax.hpp"

#include "formats/tar_block.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace drydock {

namespace {

constexpr std::string_view kXattrPrefix = "SCHILY.xattr.";
constexpr std::string_view kSparseOffset = "GNU.sparse.offset";
constexpr std::string_view kSparseBytes = "GNU.sparse.numbytes";
constexpr std::string_view kSparseMap = "GNU.sparse.map";
constexpr std::array<std::string_view, 14> kKnownKeys{
    "path",
    "linkpath",
    "uid",
    "gid",
    "size",
    "mtime",
    "atime",
    "ctime",
    "GNU.sparse.major",
    "GNU.sparse.minor",
    "GNU.sparse.name",
    "GNU.sparse.size",
    "GNU.sparse.realsize",
    kSparseMap,
};

bool is_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Seconds, rounded down, of a decimal number; Go keeps nine digits of the fraction.
std::optional<std::int64_t> parse_time(std::string_view text) {
    constexpr std::size_t kNanoDigits = 9;
    const auto dot = std::min(text.find('.'), text.size());
    const auto seconds = parse_go_int(text.substr(0, dot));
    const auto fraction = dot < text.size() ? text.substr(dot + 1) : std::string_view();
    if (!seconds || !is_digits(fraction)) {
        return std::nullopt;
    }
    const bool has_nanos = fraction.substr(0, kNanoDigits).find_first_not_of('0') != std::string_view::npos;
    const bool below = text.front() == '-' && has_nanos;
    return below && *seconds > std::numeric_limits<std::int64_t>::min() ? *seconds - 1 : *seconds;
}

bool has_nul(std::string_view text) {
    return text.find('\0') != std::string_view::npos;
}

bool is_valid(std::string_view key, std::string_view value) {
    if (key == "path" || key == "linkpath" || key == "uname" || key == "gname") {
        return !has_nul(value);
    }
    return !key.empty() && !has_nul(key);
}

// True where there is no value, or a number that goes into `field`.
bool override_number(std::string_view value, std::int64_t& field) {
    if (value.empty()) {
        return true;
    }
    const auto number = parse_go_int(value);
    field = number.value_or(0);
    return number.has_value();
}

}  // namespace

bool PaxRecords::parse(std::string_view text) {
    while (!text.empty()) {
        if (!take_record(text)) {
            return false;
        }
    }
    return true;
}

// The length counts itself, the space, the record and the line break.
bool PaxRecords::take_record(std::string_view& text) {
    constexpr std::int64_t kShortest = 5;
    const auto space = text.find(' ');
    if (space == std::string_view::npos) {
        return false;
    }
    const auto length = parse_go_int(text.substr(0, space));
    if (!length || *length < kShortest || static_cast<std::uint64_t>(*length) > text.size()) {
        return false;
    }
    const auto end = static_cast<std::size_t>(*length);
    if (end < space + 2 || text[end - 1] != '\n') {
        return false;
    }
    const auto record = text.substr(space + 1, end - space - 2);
    const auto equals = record.find('=');
    if (equals == std::string_view::npos) {
        return false;
    }
    text.remove_prefix(end);
    return add(record.substr(0, equals), record.substr(equals + 1));
}

bool PaxRecords::add(std::string_view key, std::string_view value) {
    if (!is_valid(key, value)) {
        return false;
    }
    if (key == kSparseOffset || key == kSparseBytes) {
        const bool in_turn = (key == kSparseOffset) == (sparse_parts_ % 2 == 0);
        ++sparse_parts_;
        return in_turn && value.find(',') == std::string_view::npos;
    }
    if (key.starts_with(kXattrPrefix)) {
        const auto name = key.substr(kXattrPrefix.size());
        const auto [at, added] = xattr_index_.emplace(name, xattrs_.size());
        if (added) {
            xattrs_.emplace_back(name, value);
        } else {
            xattrs_[at->second].second = value;
        }
        return true;
    }
    if (std::ranges::find(kKnownKeys, key) != kKnownKeys.end()) {
        fields_[key] = value;
    }
    return true;
}

std::string_view PaxRecords::get(std::string_view key) const {
    const auto found = fields_.find(key);
    return found == fields_.end() ? std::string_view() : found->second;
}

bool PaxRecords::apply(TarMember& member) const {
    if (const auto path = get("path"); !path.empty()) {
        member.name = path;
    }
    if (const auto target = get("linkpath"); !target.empty()) {
        member.link_name = target;
    }
    for (const std::string_view key : {"mtime", "atime", "ctime"}) {
        const auto value = get(key);
        if (value.empty()) {
            continue;
        }
        const auto time = parse_time(value);
        if (!time) {
            return false;
        }
        if (key == "mtime") {
            member.mtime = *time;
        }
    }
    for (const auto& [name, value] : xattrs_) {
        member.xattrs.emplace_back(name, value);
    }
    return override_number(get("uid"), member.uid) && override_number(get("gid"), member.gid) &&
           override_number(get("size"), member.size);
}

bool PaxRecords::apply_sparse(TarMember& member) const {
    const auto major = get("GNU.sparse.major");
    const auto minor = get("GNU.sparse.minor");
    // Formats 0.0 and 0.1 may come without a version. Go takes an unknown version for an ordinary member.
    const bool old_version = major == "0" && (minor == "0" || minor == "1");
    const bool new_version = major == "1" && minor == "0";
    const bool by_map = major.empty() && minor.empty() && (sparse_parts_ > 0 || !get(kSparseMap).empty());
    if (!old_version && !new_version && !by_map) {
        return true;
    }
    member.sparse = true;
    if (const auto name = get("GNU.sparse.name"); !name.empty()) {
        member.name = name;
    }
    const auto size = get("GNU.sparse.size");
    const auto real_size = size.empty() ? get("GNU.sparse.realsize") : size;
    return real_size.empty() || parse_go_int(real_size).has_value();
}

}  // namespace drydock
