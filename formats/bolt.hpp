// A bolt database, read and checked whole: metas, freelist, every page and every key. The format is
// defined by go.etcd.io/bbolt (db.go, page.go, node.go, freelist.go); the leniency is that of 1.3.6, which
// dockerd 20.10 has: an invalid meta page beside a valid one, a checksum of zero, pages that nobody uses
// and free pages behind the end of the file are no fault there.
// The file is never in memory: two bits for each page, and the pages between the root and the one at hand.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace drydock {

// 256 GiB in pages of 4 KiB, and 16 MiB of memory for two bits a page.
inline constexpr std::uint64_t kMaxBoltPages = std::uint64_t{1} << 26U;
// What all pages on the way to a key may have together; a page is as large as the largest value in it.
inline constexpr std::uint64_t kMaxBoltHeldBytes = std::uint64_t{64} << 20U;
// Pages and buckets above a key: a tree of kMaxBoltPages pages that bolt wrote has less than ten levels,
// dockerd nests six buckets.
inline constexpr std::size_t kMaxBoltDepth = 64;

// Where the bytes come from. What read_at() throws passes through the walk.
class BoltSource {
public:
    BoltSource() = default;
    BoltSource(const BoltSource&) = delete;
    BoltSource& operator=(const BoltSource&) = delete;
    BoltSource(BoltSource&&) = delete;
    BoltSource& operator=(BoltSource&&) = delete;
    virtual ~BoltSource() = default;

    [[nodiscard]] virtual std::uint64_t size() const = 0;
    // Fills `into`, less only where the file ends; the number of bytes.
    [[nodiscard]] virtual std::size_t read_at(std::uint64_t offset, std::span<char> into) const = 0;
};

// A database in memory.
class BoltBytes : public BoltSource {
public:
    explicit BoltBytes(std::string_view bytes) : bytes_(bytes) {}

    [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }

    [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<char> into) const override;

private:
    std::string_view bytes_;
};

// What bolt makes of a fault, in rising order.
enum class BoltHarm : std::uint8_t {
    unknown,  // beyond a limit of drydock's: whether there is a fault was not found out
    silent,   // values are lost or wrong, or a later write destroys pages that are in use
    writing,  // the first write panics
    reading,  // whoever reads that bucket gets a panic or a memory fault, or never ends
    opening,  // the database cannot be opened
};

struct BoltFault {
    std::string what;                  // one line, no final dot
    std::uint64_t offset = 0;          // of the page
    BoltHarm harm = BoltHarm::silent;  // of several faults the worst is told
    std::vector<std::string> buckets;  // the bucket that has it; none: the list of top buckets, or no bucket
};

struct BoltSummary {
    std::uint64_t page_size = 0;
    std::uint64_t transaction = 0;
    std::uint64_t pages = 0;       // below the high-water mark
    std::uint64_t free_pages = 0;  // by the freelist
    std::uint64_t lost_pages = 0;  // neither in use nor free: only space is lost
    std::uint64_t keys = 0;        // buckets are no keys
    std::uint64_t buckets = 0;
    bool freelist_kept = true;  // else the free pages are those not in use
};

struct BoltEntry {
    std::span<const std::string> buckets;  // that it lies in, outermost first
    std::string_view key;
    std::string_view value;  // of a bucket: nothing
    bool is_bucket = false;
};

using BoltVisitor = std::function<void(const BoltEntry&)>;

// Every key in its order, a bucket before what lies in it. What was visited counts only if no fault comes
// back. A file of no bytes is a fault here; bolt makes a new database of it.
[[nodiscard]] tl::expected<BoltSummary, BoltFault>
walk_bolt(const BoltSource& source, const BoltVisitor& visit = {});

}  // namespace drydock
