// tar-split.json.gz: a stream of JSON objects that, together with the files of a layer, gives back the
// layer's tar byte for byte. Format: github.com/vbatts/tar-split, tar/storage/entry.go; written by
// Go's encoder, one object a line:
//   {"type":2,"payload":"<base64>","position":0}
//   {"type":1,"name":"etc/hosts","size":5,"payload":"PD7u4tgQAAA=","position":1}
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace drydock {

struct TarSplitEntry {
    enum class Kind : std::uint8_t { file, segment, other };

    Kind kind = Kind::other;
    // Views are valid until the next call of next().
    std::string_view name;     // file: name_raw if there is one, else name, as bytes
    std::int64_t size = 0;     // file: payload bytes (never negative)
    bool has_crc = false;      // file: an 8-byte payload was there
    std::uint64_t crc = 0;     // file: CRC-64 of the payload
    std::string_view payload;  // segment: the decoded bytes
};

class TarSplitReader {
public:
    // Gives decompressed bytes: > 0, 0 at the end, or -1 when the source does not decode (then
    // error() repeats source_error()).
    using Source = std::function<std::ptrdiff_t(std::span<char> out)>;
    using SourceError = std::function<std::string()>;

    TarSplitReader(Source source, SourceError source_error);

    enum class Next : std::uint8_t { entry, end, bad };
    // The next entry. `bad`: not JSON, a field of the wrong type, bad base64, a negative size, or an
    // entry longer than kMaxEntryBytes (limit_hit() tells that one, which is not damage).
    [[nodiscard]] Next next(TarSplitEntry& entry);

    [[nodiscard]] const std::string& error() const noexcept { return error_; }

    [[nodiscard]] bool limit_hit() const noexcept { return limit_hit_; }

    // tar-split up to 0.10 wrote all bytes after the last member as one segment; anything longer than
    // this is no layer that a daemon made.
    static constexpr std::size_t kMaxEntryBytes = std::size_t{64} << 20U;

    // For tests: both ways of reading an entry must agree.
    void disable_fast_path() noexcept { fast_path_ = false; }

private:
    enum class Fill : std::uint8_t { more, end, failed };
    enum class Find : std::uint8_t { found, bad };

    Fill fill();
    Next fail(std::string why);
    Next fail_limit();
    [[nodiscard]] Next skip_space();
    [[nodiscard]] std::string_view whole_line();
    [[nodiscard]] bool fill_value(std::size_t seen);
    [[nodiscard]] Find find_value_end(std::size_t& length);
    [[nodiscard]] bool parse_fast(std::string_view line, TarSplitEntry& entry);
    [[nodiscard]] Next parse_slow(std::string_view line, TarSplitEntry& entry);
    [[nodiscard]] Next parse_null(TarSplitEntry& entry);
    [[nodiscard]] bool take_name(std::string_view text, std::string_view& name);

    Source source_;
    SourceError source_error_;
    std::string buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool source_ended_ = false;
    bool fast_path_ = true;
    std::string name_;
    std::string payload_;  // kept at its longest, so that it is not cleared for each entry
    std::string error_;
    bool failed_ = false;
    bool limit_hit_ = false;
};

}  // namespace drydock
