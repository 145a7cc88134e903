// Writes bolt databases: the pages that bolt itself would write for the same keys, packed as closely as
// it packs them. Not for large ones, everything is in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace drydock {

struct BoltBucket {
    std::map<std::string, std::string> keys{};
    std::map<std::string, BoltBucket> buckets{};
};

struct BoltShape {
    std::size_t page_size = 4096;
    bool keep_freelist = true;
    std::size_t free_pages = 0;    // between the freelist and the tree, full of what was there before
    std::size_t unused_pages = 0;  // behind the last page in use: bolt lets a file grow by more than it needs
    std::uint64_t transaction = 1;  // of the second meta page; the first has one less
};

[[nodiscard]] std::string write_bolt(const BoltBucket& root, const BoltShape& shape = {});

// "_main/abc/key=value\nempty/bucket/\n": one line for each key or, with a slash at its end, each bucket.
[[nodiscard]] BoltBucket parse_bolt_text(std::string_view text);

// A little-endian number in the middle of some bytes.
void put_number(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t size);
[[nodiscard]] std::uint64_t get_number(std::string_view bytes, std::size_t at, std::size_t size);

// Where the fields of a meta page are, from the page's beginning.
inline constexpr std::size_t kBoltPageSizeAt = 24;
inline constexpr std::size_t kBoltRootAt = 32;
inline constexpr std::size_t kBoltFreelistAt = 48;
inline constexpr std::size_t kBoltPagesAt = 56;
inline constexpr std::size_t kBoltTransactionAt = 64;
inline constexpr std::size_t kBoltChecksumAt = 72;

// Sets the checksum of the meta page at `offset` to what its fields ask for.
void seal_bolt_meta(std::string& bytes, std::size_t offset);

}  // namespace drydock
