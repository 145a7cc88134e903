// Opening a bolt database: which meta page counts, and the freelist. What bolt 1.3.6 does not look at, the
// headers of the meta pages for one, is not looked at here.
#include "formats/bolt_file.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace drydock::bolt {

namespace {

constexpr std::uint32_t kMagic = 0xED0CDAED;
constexpr std::uint32_t kVersion = 2;
constexpr std::uint64_t kLeastPage = 1024;
constexpr unsigned kPageSizes = 15;  // 1 KiB to 16 MiB, as bolt looks for a second meta page
constexpr std::size_t kChecksummed = 56;
// A page of more ids than its header can count has their number in front of them.
constexpr std::uint16_t kCountInFront = 0xFFFF;
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kIdsAtOnce = 4096;

std::uint64_t fnv1a(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : bytes) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3;
    }
    return hash;
}

template <class Number>
Number number(std::string_view bytes, std::size_t at) {
    Number result = 0;
    for (std::size_t i = 0; i < sizeof result; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[at + i]);
        result = static_cast<Number>(result | static_cast<Number>(static_cast<Number>(byte) << (8 * i)));
    }
    return result;
}

// Why a meta page does not count, or nothing.
struct MetaPage {
    Meta meta;
    std::string_view wrong;
};

MetaPage read_meta(const BoltSource& source, std::uint64_t offset) {
    std::array<char, kHeaderBytes + kMetaBytes> page{};
    MetaPage result;
    if (source.read_at(offset, page) < page.size()) {
        result.wrong = "is not there";
        return result;
    }
    const std::string_view body(page.data() + kHeaderBytes, kMetaBytes);
    const std::uint64_t checksum = number64(body, kChecksummed);
    if (number32(body, 0) != kMagic) {
        result.wrong = "has no magic number";
    } else if (number32(body, 4) != kVersion) {
        result.wrong = "has another version";
    } else if (checksum != 0 && checksum != fnv1a(body.substr(0, kChecksummed))) {
        result.wrong = "has a wrong checksum";
    }
    result.meta = {
        .page_size = number32(body, 8),
        .root = number64(body, 16),
        .freelist = number64(body, 32),
        .pages = number64(body, 40),
        .transaction = number64(body, 48),
    };
    return result;
}

// Where the first meta page tells no page size: the second one lies at its own.
std::uint64_t find_page_size(const BoltSource& source) {
    for (unsigned i = 0; i < kPageSizes; ++i) {
        const std::uint64_t offset = kLeastPage << i;
        const MetaPage second = read_meta(source, offset);
        if (second.wrong.empty() && second.meta.page_size == offset) return offset;
    }
    return 0;
}

tl::unexpected<BoltFault> unopened(std::string what, std::uint64_t offset = 0) {
    return tl::unexpected(BoltFault{std::move(what), offset, BoltHarm::opening, {}});
}

std::string page_words(std::uint64_t page) {
    return "page " + std::to_string(page);
}

// The freelist page's own place and header; false where its ids cannot be read.
bool check_freelist_page(File& file, const PageHeader& header, Worst& worst) {
    const std::uint64_t page = file.meta.freelist;
    const std::uint64_t offset = page * file.meta.page_size;
    const auto note = [&](BoltHarm harm, std::string what) {
        worst.note({"freelist " + page_words(page) + " " + std::move(what), offset, harm, {}});
    };
    if ((header.flags & kFreelist) == 0) {
        note(BoltHarm::opening, "is " + std::string(describe_page(header.flags)));
        return false;
    }
    if (header.flags != kFreelist) note(BoltHarm::silent, "has several types");
    if (header.id != page) {
        note(
            header.id < kMetaPages ? BoltHarm::writing : BoltHarm::silent,
            "calls itself " + page_words(header.id)
        );
    }
    if (page < kMetaPages || header.overflow >= file.meta.pages ||
        page >= file.meta.pages - header.overflow) {
        note(BoltHarm::silent, "ends behind the last page in use");
        return true;
    }
    const std::uint64_t last = page + header.overflow;
    const std::uint64_t there = std::min(last, file.last_page());
    for (std::uint64_t id = page; id <= there; ++id) {
        file.use(id);
    }
    // No free page behind the end of the file is a fault, and these will be some; nothing is read there.
    file.used_count += last - there;
    return true;
}

void note_free_page(File& file, std::uint64_t id, Worst& worst) {
    const auto note = [&](BoltHarm harm, const char* what) {
        const std::uint64_t offset = file.meta.freelist * file.meta.page_size;
        worst.note({"the freelist has " + page_words(id) + what, offset, harm, {}});
    };
    if (id < kMetaPages) {
        note(BoltHarm::writing, ", a meta page");
    } else if (id >= file.meta.pages) {
        note(BoltHarm::silent, ", which is behind the last page in use");
    } else if (file.used.contains(id)) {
        note(BoltHarm::writing, ", which is its own");
    } else if (!file.free.add(id)) {
        note(BoltHarm::silent, " twice");
    } else {
        ++file.free_count;
    }
}

// `count` ids from `offset` on.
void read_ids(File& file, std::uint64_t offset, std::uint64_t count, Worst& worst) {
    std::vector<char> buffer(kIdsAtOnce * kIdBytes);
    while (count > 0 && !worst.final()) {
        const std::uint64_t now = std::min<std::uint64_t>(count, kIdsAtOnce);
        const std::span<char> piece = std::span(buffer).first(now * kIdBytes);
        if (file.source.read_at(offset, piece) < piece.size()) {
            worst.note({"the freelist goes on behind the end of the file", offset, BoltHarm::opening, {}});
            return;
        }
        for (std::size_t i = 0; i < now; ++i) {
            note_free_page(file, number64({piece.data(), piece.size()}, i * kIdBytes), worst);
        }
        offset += piece.size();
        count -= now;
    }
}

}  // namespace

std::uint16_t number16(std::string_view bytes, std::size_t at) {
    return number<std::uint16_t>(bytes, at);
}

std::uint32_t number32(std::string_view bytes, std::size_t at) {
    return number<std::uint32_t>(bytes, at);
}

std::uint64_t number64(std::string_view bytes, std::size_t at) {
    return number<std::uint64_t>(bytes, at);
}

PageHeader parse_header(std::string_view bytes) {
    return {number64(bytes, 0), number16(bytes, 8), number16(bytes, 10), number32(bytes, 12)};
}

std::string_view describe_page(std::uint16_t flags) {
    constexpr std::uint16_t kMetaFlag = 0x04;
    switch (flags) {
    case kBranch:
        return "a branch";
    case kLeaf:
        return "a leaf";
    case kMetaFlag:
        return "a meta page";
    case kFreelist:
        return "a freelist";
    default:
        return "of no known type";
    }
}

tl::expected<Meta, BoltFault> choose_meta(const BoltSource& source) {
    const std::uint64_t size = source.size();
    if (size < kLeastFile) {
        return unopened("the file has " + std::to_string(size) + " bytes, too few for a database");
    }
    const MetaPage first = read_meta(source, 0);
    const bool first_counts = first.wrong.empty();
    const std::uint64_t page_size = first_counts ? first.meta.page_size : find_page_size(source);
    if (page_size == 0 && !first_counts) {
        return unopened("neither meta page can be used: the first " + std::string(first.wrong));
    }
    if (!std::has_single_bit(page_size) || page_size < kLeastPage ||
        page_size > kLeastPage << (kPageSizes - 1)) {
        return unopened("the first meta page tells a page size of " + std::to_string(page_size));
    }
    if (size < kMetaPages * page_size) {
        return unopened("the file has " + std::to_string(size) + " bytes, less than two pages");
    }
    const MetaPage second = read_meta(source, page_size);
    const bool second_counts = second.wrong.empty();
    const bool later = second.meta.transaction > first.meta.transaction;
    Meta meta = second_counts && (later || !first_counts) ? second.meta : first.meta;
    meta.page_size = page_size;
    return meta;
}

void read_freelist(File& file, Worst& worst) {
    const std::uint64_t page = file.meta.freelist;
    if (page == kNoFreelist) return;
    std::array<char, kHeaderBytes + kIdBytes> head{};
    const bool there = page < file.source.size() / file.meta.page_size + 1;
    const std::uint64_t offset = there ? page * file.meta.page_size : 0;
    const std::size_t got = there ? file.source.read_at(offset, head) : 0;
    if (got < kHeaderBytes) {
        const std::string what = "freelist " + page_words(page) + " lies behind the end of the file";
        worst.note({what, offset, BoltHarm::opening, {}});
        return;
    }
    const std::string_view bytes(head.data(), head.size());
    const PageHeader header = parse_header(bytes);
    if (!check_freelist_page(file, header, worst)) return;
    const bool in_front = header.count == kCountInFront;
    const std::uint64_t count = in_front ? number64(bytes, kHeaderBytes) : header.count;
    const std::uint64_t start = kHeaderBytes + (in_front ? kIdBytes : 0);
    const std::uint64_t room = (std::uint64_t{header.overflow} + 1) * file.meta.page_size - start;
    if (count > room / kIdBytes) {
        // bolt takes what follows for ids, or the memory for them.
        const bool in_file = count <= (file.source.size() - offset - start) / kIdBytes;
        const std::string what =
            "the freelist counts " + std::to_string(count) + " pages, more than its own hold";
        worst.note({what, offset, in_file ? BoltHarm::silent : BoltHarm::opening, {}});
        return;
    }
    read_ids(file, offset + start, count, worst);
}

}  // namespace drydock::bolt
