// The framing of the entry stream, and the way of reading an entry that takes any JSON. The buffer holds
// at most one entry of the greatest length and what was read with it. The fast way is in
// tar_split_fast.cpp; it may refuse what this one takes, and must never take what this one refuses.
#include "formats/tar_split.hpp"

#include "formats/base64.hpp"
#include "formats/go_json.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace drydock {

namespace {

// The buffer begins small, since most stores have many small layers, and never asks for less than the
// free part that is left of it.
constexpr std::size_t kFirstBufferBytes = std::size_t{64} << 10U;
constexpr std::size_t kLeastFreeBytes = std::size_t{16} << 10U;

// Lines longer than this take the scan that can be resumed.
constexpr std::size_t kLongLineBytes = std::size_t{256} << 10U;

enum Id : int { kDocument, kType, kName, kNameRaw, kSize, kPayload, kPosition };

constexpr std::array<GoField, 6> kEntryFields{{
    {"type", kType, &kGoInteger},
    {"name", kName, &kGoText},
    {"name_raw", kNameRaw, &kGoText},
    {"size", kSize, &kGoInteger},
    {"payload", kPayload, &kGoText},
    {"position", kPosition, &kGoInteger},
}};
constexpr GoType kEntryType{GoKind::record, kEntryFields};
constexpr GoField kEntryRoot{"the entry", kDocument, &kEntryType};

class EntryVisitor final : public GoVisitor {
public:
    void on_integer(int id, std::int64_t value) override {
        if (id == kType) {
            type = value;
        } else if (id == kSize) {
            size = value;
        }
    }

    void on_text(int id, std::string& value) override {
        if (id == kName) {
            name = std::move(value);
        } else if (id == kNameRaw || id == kPayload) {
            std::string& out = id == kPayload ? payload : name_raw;
            out.clear();
            bad_base64 = !decode_base64(value, out) || bad_base64;
        }
    }

    // A null empties Go's byte slices and leaves its strings and numbers as they are.
    void on_null(int id) override {
        if (id == kPayload) {
            payload.clear();
        } else if (id == kNameRaw) {
            name_raw.clear();
        }
    }

    std::int64_t type = 0;
    std::int64_t size = 0;
    std::string name;
    std::string name_raw;
    std::string payload;
    bool bad_base64 = false;
};

bool is_json_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

}  // namespace

TarSplitReader::TarSplitReader(Source source, SourceError source_error)
    : source_(std::move(source)), source_error_(std::move(source_error)) {}

TarSplitReader::Next TarSplitReader::fail(std::string why) {
    failed_ = true;
    error_ = std::move(why);
    return Next::bad;
}

TarSplitReader::Next TarSplitReader::fail_limit() {
    limit_hit_ = true;
    return fail("an entry of more than " + std::to_string(kMaxEntryBytes) + " bytes");
}

// Moves what is unread to the front and reads on behind it.
TarSplitReader::Fill TarSplitReader::fill() {
    if (source_ended_) {
        return Fill::end;
    }
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (buffer_.size() - end_ < kLeastFreeBytes) {
        const std::size_t most = kMaxEntryBytes + kFirstBufferBytes;
        buffer_.resize(
            std::max({kFirstBufferBytes, end_ + kLeastFreeBytes, std::min(buffer_.size() * 2, most)})
        );
    }
    const std::ptrdiff_t count = source_(std::span<char>(buffer_).subspan(end_));
    if (count < 0) {
        fail(source_error_());
        return Fill::failed;
    }
    if (count == 0) {
        source_ended_ = true;
        return Fill::end;
    }
    end_ += static_cast<std::size_t>(count);
    return Fill::more;
}

// To the first byte of the next value: `entry` if there is one.
TarSplitReader::Next TarSplitReader::skip_space() {
    while (true) {
        while (begin_ < end_ && is_json_space(buffer_[begin_])) {
            ++begin_;
        }
        if (begin_ < end_) {
            return Next::entry;
        }
        switch (fill()) {
        case Fill::more:
            break;
        case Fill::end:
            return Next::end;
        case Fill::failed:
            return Next::bad;
        }
    }
}

// What stands before the next line break, or nothing if that is not near.
std::string_view TarSplitReader::whole_line() {
    std::size_t searched = 0;
    while (true) {
        const std::string_view unread(buffer_.data() + begin_, end_ - begin_);
        const auto line_break = unread.find('\n', searched);
        if (line_break != std::string_view::npos) {
            return unread.substr(0, line_break);
        }
        searched = unread.size();
        if (searched >= kLongLineBytes || fill() != Fill::more) {
            return {};
        }
    }
}

// Reads on behind `seen` bytes of an object that has not ended; what is in the way of that is recorded.
bool TarSplitReader::fill_value(std::size_t seen) {
    if (seen > kMaxEntryBytes) {
        fail_limit();
        return false;
    }
    const Fill filled = fill();
    if (filled == Fill::end) {
        fail("unexpected EOF");
    }
    return filled == Fill::more;
}

// The length of the object that begins at begin_, by counting brackets outside strings.
TarSplitReader::Find TarSplitReader::find_value_end(std::size_t& length) {
    std::size_t at = 0;
    std::size_t depth = 0;
    bool in_string = false;
    bool escaped = false;
    while (true) {
        for (; at < end_ - begin_; ++at) {
            const char c = buffer_[begin_ + at];
            if (in_string) {
                if (static_cast<unsigned char>(c) < 0x20) {
                    fail("a control character in a string");
                    return Find::bad;
                }
                in_string = escaped || c != '"';
                escaped = !escaped && c == '\\';
            } else if (c == '"') {
                in_string = true;
            } else if (c == '{' || c == '[') {
                ++depth;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                length = at + 1;
                return Find::found;
            }
        }
        if (!fill_value(at)) {
            return Find::bad;
        }
    }
}

TarSplitReader::Next TarSplitReader::parse_slow(std::string_view line, TarSplitEntry& entry) {
    EntryVisitor visitor;
    const auto mismatch = decode_go_json(line, GoExtent::whole_text, kEntryRoot, visitor);
    if (!mismatch) {
        return fail(mismatch.error().what);
    }
    if (!mismatch->empty()) {
        return fail(*mismatch);
    }
    if (visitor.bad_base64) {
        return fail("bad base64");
    }
    entry = {};
    if (visitor.type == 2) {
        payload_ = std::move(visitor.payload);
        entry.kind = TarSplitEntry::Kind::segment;
        entry.payload = payload_;
    } else if (visitor.type == 1) {
        if (visitor.size < 0) {
            return fail("a negative size");
        }
        name_ = visitor.name_raw.empty() ? std::move(visitor.name) : std::move(visitor.name_raw);
        entry.kind = TarSplitEntry::Kind::file;
        entry.name = name_;
        entry.size = visitor.size;
        entry.has_crc = visitor.payload.size() == sizeof entry.crc;
        for (std::size_t i = 0; entry.has_crc && i < sizeof entry.crc; ++i) {
            entry.crc = (entry.crc << 8U) | static_cast<unsigned char>(visitor.payload[i]);
        }
    }
    return Next::entry;
}

// The only value besides objects that Go decodes into an entry; the assembler ignores what comes of it.
TarSplitReader::Next TarSplitReader::parse_null(TarSplitEntry& entry) {
    constexpr std::string_view kNull = "null";
    while (end_ - begin_ < kNull.size()) {
        const Fill filled = fill();
        if (filled == Fill::failed) {
            return Next::bad;
        }
        if (filled == Fill::end) {
            break;
        }
    }
    if (std::string_view(buffer_.data() + begin_, std::min(kNull.size(), end_ - begin_)) != kNull) {
        return fail("an entry that is no object");
    }
    begin_ += kNull.size();
    entry = {};
    return Next::entry;
}

TarSplitReader::Next TarSplitReader::next(TarSplitEntry& entry) {
    if (failed_) {
        return Next::bad;
    }
    if (const Next first = skip_space(); first != Next::entry) {
        return first;
    }
    if (buffer_[begin_] != '{') {
        return parse_null(entry);
    }
    if (fast_path_) {
        const auto line = whole_line();
        if (failed_) {
            return Next::bad;
        }
        if (!line.empty() && parse_fast(line, entry)) {
            begin_ += line.size() + 1;
            return Next::entry;
        }
    }
    std::size_t length = 0;
    if (find_value_end(length) == Find::bad) {
        return Next::bad;
    }
    if (length > kMaxEntryBytes) {
        return fail_limit();
    }
    const std::string_view value(buffer_.data() + begin_, length);
    begin_ += length;
    if (fast_path_ && parse_fast(value, entry)) {
        return Next::entry;
    }
    return parse_slow(value, entry);
}

}  // namespace drydock
