// See tar_writer.hpp. A member that its dialect cannot hold (a pax-only attribute in ustar, a name that
// is too long for v7) is a mistake of the test and throws.
#include "tests/support/tar_writer.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

namespace drydock {

namespace {

constexpr std::size_t kBlock = 512;

struct Field {
    std::size_t offset;
    std::size_t size;
};

constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kUid{108, 8};
constexpr Field kGid{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kMtime{136, 12};
constexpr Field kChecksum{148, 8};
constexpr std::size_t kType = 156;
constexpr Field kLink{157, 100};
constexpr std::size_t kMagic = 257;
constexpr Field kMajor{329, 8};
constexpr Field kMinor{337, 8};
constexpr Field kPrefix{345, 155};

using Records = std::vector<std::pair<std::string, std::string>>;

void put(std::string& block, const Field& field, const std::string& text) {
    block.replace(field.offset, std::min(text.size(), field.size), text, 0, field.size);
}

bool fits_octal(const Field& field, std::int64_t value) {
    return value >= 0 && value < (std::int64_t{1} << (3 * (field.size - 1)));
}

void put_octal(std::string& block, const Field& field, std::int64_t value) {
    std::array<char, 32> text{};
    static_cast<void>(std::snprintf(
        text.data(), text.size(), "%0*llo", static_cast<int>(field.size - 1), static_cast<long long>(value)
    ));
    put(block, field, std::string(text.data()) + '\0');
}

void put_base256(std::string& block, const Field& field, std::int64_t value) {
    auto bits = static_cast<std::uint64_t>(value);
    for (std::size_t i = field.size; i-- > 1;) {
        block[field.offset + i] = static_cast<char>(bits & 255U);
        bits = (bits >> 8U) | (value < 0 ? std::uint64_t{0xFF} << 56U : 0U);
    }
    block[field.offset] = value < 0 ? '\xFF' : '\x80';
}

// A number where octal holds it; else as the dialect can say it, else 0 (then a pax record says it).
void put_number(std::string& block, const Field& field, std::int64_t value, TarDialect dialect) {
    if (fits_octal(field, value)) {
        put_octal(block, field, value);
    } else if (dialect == TarDialect::gnu) {
        put_base256(block, field, value);
    } else if (dialect == TarDialect::pax) {
        put_octal(block, field, 0);
    } else {
        throw std::runtime_error("a number does not fit its tar field");
    }
}

void seal(std::string& block) {
    std::fill_n(block.begin() + kChecksum.offset, kChecksum.size, ' ');
    unsigned sum = 0;
    for (const char c : block) {
        sum += static_cast<unsigned char>(c);
    }
    std::array<char, 16> text{};
    static_cast<void>(std::snprintf(text.data(), text.size(), "%06o", sum));
    put(block, kChecksum, std::string(text.data()) + '\0' + ' ');
}

void append_padded(std::string& out, const std::string& bytes) {
    out += bytes;
    out.append((kBlock - bytes.size() % kBlock) % kBlock, '\0');
}

// "<length> <key>=<value>\n", where the length counts itself.
std::string pax_record(const std::string& key, const std::string& value) {
    const std::size_t rest = key.size() + value.size() + 3;
    std::size_t size = rest + 1;
    while (size != rest + std::to_string(size).size()) {
        size = rest + std::to_string(size).size();
    }
    return std::to_string(size) + " " + key + "=" + value + "\n";
}

// Seconds rounded down and nanoseconds as pax's decimal: -2 s + 500000000 ns is "-1.5".
std::string pax_time(std::int64_t seconds, std::uint32_t nanoseconds) {
    if (nanoseconds == 0) {
        return std::to_string(seconds);
    }
    const bool negative = seconds < 0;
    const std::int64_t whole = negative ? -(seconds + 1) : seconds;
    const std::uint32_t part = negative ? 1'000'000'000U - nanoseconds : nanoseconds;
    std::array<char, 16> text{};
    static_cast<void>(std::snprintf(text.data(), text.size(), "%09u", part));
    std::string fraction = text.data();
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return (negative ? "-" : "") + std::to_string(whole) + "." + fraction;
}

// Splits a name at a '/' so that it fits prefix and name; false where no place is right.
bool split_name(const std::string& name, std::string& prefix, std::string& rest) {
    for (std::size_t at = name.find('/'); at != std::string::npos; at = name.find('/', at + 1)) {
        if (at > 0 && at <= kPrefix.size && name.size() - at - 1 <= kName.size && at + 1 < name.size()) {
            prefix = name.substr(0, at);
            rest = name.substr(at + 1);
            return true;
        }
    }
    return false;
}

class Writer {
public:
    void item(const TarItem& item);

    std::string take() { return std::move(out_); }

    std::string& bytes() { return out_; }

private:
    void pax_member(char type, const std::string& name, const Records& records, std::int64_t mtime);
    void gnu_long(char type, const std::string& text);
    static Records records_for(const TarItem& item);

    std::string out_;
};

Records Writer::records_for(const TarItem& item) {
    Records records = item.pax;
    const auto plain = [](const std::string& text) {
        return std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
    };
    std::string prefix;
    std::string rest;
    const bool splits = item.name.size() > kName.size && split_name(item.name, prefix, rest);
    if ((item.name.size() > kName.size && !splits) || !plain(item.name)) {
        records.emplace_back("path", item.name);
    }
    if (item.link.size() > kLink.size || !plain(item.link)) {
        records.emplace_back("linkpath", item.link);
    }
    if (!fits_octal(kUid, item.uid)) {
        records.emplace_back("uid", std::to_string(item.uid));
    }
    if (!fits_octal(kGid, item.gid)) {
        records.emplace_back("gid", std::to_string(item.gid));
    }
    if (item.mtime_ns != 0 || !fits_octal(kMtime, item.mtime)) {
        records.emplace_back("mtime", pax_time(item.mtime, item.mtime_ns));
    }
    for (const auto& [name, value] : item.xattrs) {
        records.emplace_back("SCHILY.xattr." + name, value);
    }
    return records;
}

void Writer::pax_member(char type, const std::string& name, const Records& records, std::int64_t mtime) {
    std::string body;
    for (const auto& [key, value] : records) {
        body += pax_record(key, value);
    }
    std::string block(kBlock, '\0');
    put(block, kName, name);
    put_octal(block, kMode, 0644);
    put_octal(block, kUid, 0);
    put_octal(block, kGid, 0);
    put_octal(block, kSize, static_cast<std::int64_t>(body.size()));
    put_octal(block, kMtime, fits_octal(kMtime, mtime) ? mtime : 0);
    block[kType] = type;
    block.replace(kMagic, 8, std::string("ustar\00000", 8));
    seal(block);
    out_ += block;
    append_padded(out_, body);
}

void Writer::gnu_long(char type, const std::string& text) {
    std::string block(kBlock, '\0');
    put(block, kName, "././@LongLink");
    put_octal(block, kMode, 0);
    put_octal(block, kUid, 0);
    put_octal(block, kGid, 0);
    put_octal(block, kSize, static_cast<std::int64_t>(text.size() + 1));
    put_octal(block, kMtime, 0);
    block[kType] = type;
    block.replace(kMagic, 8, std::string("ustar  \0", 8));
    seal(block);
    out_ += block;
    append_padded(out_, text + '\0');
}

void Writer::item(const TarItem& item) {
    if (item.type == 'g') {
        pax_member('g', item.name, item.pax, item.mtime);
        return;
    }
    const bool pax = item.dialect == TarDialect::pax;
    const bool gnu = item.dialect == TarDialect::gnu;
    if (!pax && (!item.xattrs.empty() || !item.pax.empty() || item.mtime_ns != 0)) {
        throw std::runtime_error("only pax can hold what is asked of " + item.name);
    }
    if (const Records records = pax ? records_for(item) : Records{}; !records.empty()) {
        pax_member('x', "PaxHeaders.0/" + std::to_string(out_.size()), records, item.mtime);
    }
    if (gnu && item.link.size() > kLink.size) {
        gnu_long('K', item.link);
    }
    if (gnu && item.name.size() > kName.size) {
        gnu_long('L', item.name);
    }
    std::string block(kBlock, '\0');
    std::string prefix;
    std::string name = item.name;
    const bool ustar = pax || item.dialect == TarDialect::ustar;
    if (name.size() > kName.size && !(ustar && split_name(item.name, prefix, name)) && !pax && !gnu) {
        throw std::runtime_error("the name does not fit its tar field: " + name);
    }
    put(block, kName, name);
    put_number(block, kMode, item.mode, item.dialect);
    put_number(block, kUid, item.uid, item.dialect);
    put_number(block, kGid, item.gid, item.dialect);
    const bool claims = item.content.empty() && item.claimed_size > 0;
    const auto size = static_cast<std::int64_t>(item.content.size());
    put_number(block, kSize, claims ? item.claimed_size : size, item.dialect);
    put_number(block, kMtime, item.mtime, item.dialect);
    block[kType] = item.dialect == TarDialect::v7 && item.type == '0' ? '\0' : item.type;
    put(block, kLink, item.link);
    if (item.dialect != TarDialect::v7) {
        block.replace(kMagic, 8, gnu ? std::string("ustar  \0", 8) : std::string("ustar\00000", 8));
        put_number(block, kMajor, item.device_major, item.dialect);
        put_number(block, kMinor, item.device_minor, item.dialect);
    }
    put(block, kPrefix, prefix);
    seal(block);
    out_ += block;
    append_padded(out_, item.content);
}

}  // namespace

std::string write_tar(const std::vector<TarItem>& items, const TarOptions& options) {
    Writer writer;
    for (const TarItem& item : items) {
        writer.item(item);
    }
    std::string out = writer.take();
    if (!options.pad_last && !items.empty()) {
        out.resize(out.size() - (kBlock - items.back().content.size() % kBlock) % kBlock);
    }
    out.append(options.zero_blocks * kBlock, '\0');
    return out + options.trailing;
}

TarItem tar_file(std::string name, std::string content, std::uint32_t mode) {
    TarItem item;
    item.name = std::move(name);
    item.content = std::move(content);
    item.mode = mode;
    return item;
}

TarItem tar_folder(std::string name, std::uint32_t mode) {
    TarItem item;
    item.name = std::move(name);
    item.type = '5';
    item.mode = mode;
    return item;
}

TarItem tar_symlink(std::string name, std::string target) {
    TarItem item;
    item.name = std::move(name);
    item.type = '2';
    item.mode = 0777;
    item.link = std::move(target);
    return item;
}

TarItem tar_hard_link(std::string name, std::string target, std::uint32_t mode) {
    TarItem item;
    item.name = std::move(name);
    item.type = '1';
    item.mode = mode;
    item.link = std::move(target);
    return item;
}

TarItem tar_node(char type, std::string name, std::int64_t major, std::int64_t minor) {
    TarItem item;
    item.name = std::move(name);
    item.type = type;
    item.device_major = major;
    item.device_minor = minor;
    return item;
}

TarItem tar_whiteout(const std::string& name) {
    const std::size_t slash = name.rfind('/');
    const std::size_t base = slash == std::string::npos ? 0 : slash + 1;
    return tar_file(name.substr(0, base) + ".wh." + name.substr(base), "", 0600);
}

TarItem tar_opaque(const std::string& folder) {
    return tar_file(folder + "/.wh..wh..opq", "", 0600);
}

}  // namespace drydock
