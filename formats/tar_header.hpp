// Tar headers by the rules of Go's archive/tar (which dockerd unpacks with), from the raw header bytes
// that tar-split keeps. POSIX ustar and pax, GNU long names and base-256 numbers, v7. No payload ever
// passes through here.
#pragma once

#include "formats/parse_error.hpp"
#include "formats/tar_block.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drydock {

struct TarMember {
    std::string name;
    std::string link_name;  // types '1' and '2' only, else empty
    char type = '0';  // '0' file, '1' hard link, '2' symlink, '3' char, '4' block, '5' folder, '6' fifo,
                      // 'g' global header; others as found. NUL and old files are given as '0' or '5'
    std::uint32_t mode = 0;  // & 07777
    std::int64_t uid = 0;
    std::int64_t gid = 0;
    std::int64_t size = 0;   // the header's field (or PAX size); for header-only types no payload follows
    std::int64_t mtime = 0;  // seconds, rounded down
    std::int64_t device_major = 0;
    std::int64_t device_minor = 0;
    bool sparse = false;  // a PAX GNU.sparse.* member: the stream differs from the expanded file
    std::vector<std::pair<std::string, std::string>> xattrs;  // from SCHILY.xattr.*, in order of the records

    // Types whose header may claim a size but that carry no bytes (links, devices, folders, fifos).
    [[nodiscard]] bool header_only() const noexcept { return type != '0' && type != '7' && type != 'S'; }
};

// Collects segment bytes and decodes the member whose header they end with.
class TarHeaderDecoder {
public:
    // Bytes of the stream that are no file payload, in order.
    void feed(std::string_view segment);

    // At a file entry of tar-split: decodes what was fed since the last one (after skipping the padding
    // of the last payload) and clears it. Fails for a bad checksum, a cut header, a bad PAX record, two
    // zero blocks before a member, or more than kMaxHeaderBytes of header.
    // Fails as well where the header's size is not `entry_size`, unless the member is sparse or of a type
    // without data. After a failure every call fails.
    [[nodiscard]] Parsed<TarMember> take(std::int64_t entry_size);

    // Whether what was fed after the last member is a legal end of an archive for Go's reader: nothing,
    // padding, zero blocks and anything behind two of them. Call once, after the last entry.
    [[nodiscard]] bool good_end() const;

    // PAX and GNU long-name members before one header; Go itself stops at 1 MiB for each.
    static constexpr std::size_t kMaxHeaderBytes = std::size_t{16} << 20U;

private:
    struct Range {
        std::size_t at = 0;
        std::size_t size = 0;
        bool present = false;
    };

    void scan();
    [[nodiscard]] bool scan_block();
    [[nodiscard]] bool scan_zero_block();
    [[nodiscard]] bool scan_extension(TarBlock header);
    void break_off(std::string why);
    [[nodiscard]] std::string_view text_of(const Range& range) const;
    [[nodiscard]] bool has_old_global(std::int64_t entry_size) const;
    [[nodiscard]] Parsed<TarMember> decode() const;
    [[nodiscard]] Parsed<TarMember> decode_global() const;
    [[nodiscard]] tl::unexpected<ParseError> broken_error() const;
    void reset_for_next(std::uint64_t payload);

    std::string pending_;      // header bytes since the last member, without the padding before them
    std::size_t padding_ = 0;  // bytes of padding of the last payload still to come
    std::size_t scanned_ = 0;  // to where the structure of pending_ is known; may lie beyond its end
    TarBlock header_;          // the member's own header block, when complete_
    Range pax_;
    Range long_name_;
    Range long_link_;
    bool complete_ = false;  // the header block that ends the header was seen
    bool ended_ = false;     // two zero blocks were fed: what follows is not decoded
    std::string broken_;     // why nothing after this can be decoded, or ""
};

}  // namespace drydock
