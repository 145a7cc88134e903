// What the two halves of the bolt reader share: numbers and headers as they lie in the file, which meta
// page counts, and the pages that are free or in use. For formats/bolt*.cpp only.
#pragma once

#include "formats/bolt.hpp"

#include <optional>

namespace drydock::bolt {

inline constexpr std::size_t kHeaderBytes = 16;
inline constexpr std::size_t kElementBytes = 16;
inline constexpr std::size_t kMetaBytes = 64;
inline constexpr std::size_t kBucketBytes = 16;
inline constexpr std::uint64_t kMetaPages = 2;
inline constexpr std::uint64_t kNoFreelist = ~std::uint64_t{0};
// What bolt reads to learn the page size; a shorter file is refused.
inline constexpr std::uint64_t kLeastFile = 4096;
// A memory map shows NUL bytes from the end of the file to the end of its last page.
inline constexpr std::uint64_t kMemoryPage = 4096;

enum PageFlag : std::uint16_t { kBranch = 0x01, kLeaf = 0x02, kFreelist = 0x10 };

// Little-endian, as every machine with a dockerd writes it. `bytes` holds it.
[[nodiscard]] std::uint16_t number16(std::string_view bytes, std::size_t at);
[[nodiscard]] std::uint32_t number32(std::string_view bytes, std::size_t at);
[[nodiscard]] std::uint64_t number64(std::string_view bytes, std::size_t at);

struct PageHeader {
    std::uint64_t id = 0;
    std::uint16_t flags = 0;
    std::uint16_t count = 0;
    std::uint32_t overflow = 0;
};

[[nodiscard]] PageHeader parse_header(std::string_view bytes);
// "a leaf", "a branch", ..., for messages.
[[nodiscard]] std::string_view describe_page(std::uint16_t flags);

struct Meta {
    std::uint64_t page_size = 0;
    std::uint64_t root = 0;
    std::uint64_t freelist = 0;
    std::uint64_t pages = 0;
    std::uint64_t transaction = 0;
};

class PageSet {
public:
    explicit PageSet(std::uint64_t pages) : bits_(pages) {}

    [[nodiscard]] bool contains(std::uint64_t page) const { return page < bits_.size() && bits_[page]; }

    // False if it was there.
    bool add(std::uint64_t page);

private:
    std::vector<bool> bits_;
};

// The database as bolt opens it.
struct File {
    File(const BoltSource& from, const Meta& chosen)
        : source(from), meta(chosen), free(chosen.pages), used(chosen.pages) {}

    const BoltSource& source;
    Meta meta;
    PageSet free;
    PageSet used;
    std::uint64_t free_count = 0;
    std::uint64_t used_count = 0;
    std::optional<std::uint64_t> empty_leaf;  // a page without a key

    // True if it was not in use yet.
    bool use(std::uint64_t page);
    // What a page or its overflow may reach. It is the one behind the end of the file: bolt asks for one
    // page more than a size that is a multiple of pages needs, so that one holds nothing.
    [[nodiscard]] std::uint64_t last_page() const;
};

// Keeps the worst fault of all.
class Worst {
public:
    void note(BoltFault fault);

    // Whether a fault with this harm would change anything.
    [[nodiscard]] bool counts(BoltHarm harm) const noexcept;

    // Nothing more can be learnt.
    [[nodiscard]] bool final() const noexcept { return final_; }

    [[nodiscard]] const std::optional<BoltFault>& fault() const noexcept { return fault_; }

private:
    std::optional<BoltFault> fault_;
    bool final_ = false;
};

// The meta page that bolt goes by.
[[nodiscard]] tl::expected<Meta, BoltFault> choose_meta(const BoltSource& source);
// Fills File::free.
void read_freelist(File& file, Worst& worst);
// Fills File::used and counts keys and buckets.
void walk_tree(File& file, const BoltVisitor& visit, BoltSummary& summary, Worst& worst);

}  // namespace drydock::bolt
