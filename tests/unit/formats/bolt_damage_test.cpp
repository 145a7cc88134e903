// Bolt databases with faults: each is told, with what bolt itself would make of it, and no input leads the
// walk astray.
#include "formats/bolt.hpp"
#include "tests/support/bolt_writer.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <random>
#include <stdexcept>
#include <string>

namespace drydock {

namespace {

constexpr std::size_t kPage = 1024;
constexpr std::size_t kFreelistPage = 2;

BoltFault fault_of(const std::string& bytes) {
    const auto result = walk_bolt(BoltBytes(bytes));
    REQUIRE_FALSE(result.has_value());
    CHECK_FALSE(result.error().what.empty());
    return result.error();
}

// Some two dozen leaves, branches over them, an inline bucket, free pages.
struct Sample {
    std::string bytes;
    std::size_t root = 0;    // of bucket "b": a branch
    std::size_t leaf = 0;    // the first leaf below it
    std::size_t second = 0;  // the one behind it
    std::size_t top = 0;     // the leaf of top-level buckets

    Sample() {
        BoltBucket content;
        for (int i = 100; i < 400; ++i) {
            content.buckets["b"].keys[std::to_string(i)] = std::string(40, 'v');
        }
        content.buckets["c"].keys["k"] = "v";
        bytes = write_bolt(content, {.page_size = kPage, .free_pages = 3});
        top = number(kPage + kBoltRootAt, 8);
        // Its first element is "b": the value lies behind two elements and the key.
        root = number(page(top) + 16 + 32 + 1, 8);
        leaf = number(page(root) + 16 + 8, 8);
        second = number(page(root) + 32 + 8, 8);
    }

    static std::size_t page(std::size_t number) { return number * kPage; }

    [[nodiscard]] std::size_t number(std::size_t at, std::size_t size) const {
        return get_number(bytes, at, size);
    }

    void put(std::size_t at, std::uint64_t value, std::size_t size) { put_number(bytes, at, value, size); }

    // In both meta pages.
    void put_meta(std::size_t at, std::uint64_t value, std::size_t size = 8) {
        for (const std::size_t meta : {std::size_t{0}, kPage}) {
            put(meta + at, value, size);
            seal_bolt_meta(bytes, meta);
        }
    }
};

}  // namespace

TEST_CASE("a file that bolt does not open is told as such") {
    const Sample sample;
    CHECK(walk_bolt(BoltBytes(sample.bytes)).has_value());
    for (const std::size_t size : {0U, 1U, 79U, 4095U}) {
        CHECK(fault_of(sample.bytes.substr(0, size)).harm == BoltHarm::opening);
    }
    const std::string large = write_bolt({}, {.page_size = 16384});
    CHECK(fault_of(large.substr(0, 32767)).what == "the file has 32767 bytes, less than two pages");
    CHECK(
        fault_of(std::string(40'000, '\0')).what ==
        "neither meta page can be used: the first has no magic number"
    );
    std::string noise(40'000, '\0');
    std::mt19937 random(1);
    for (char& c : noise) {
        c = static_cast<char>(random());
    }
    CHECK(fault_of(noise).harm == BoltHarm::opening);
}

TEST_CASE("two meta pages that cannot be used are told by the first one's fault") {
    const auto broken = [](std::size_t at) {
        Sample sample;
        for (const std::size_t meta : {std::size_t{0}, kPage}) {
            sample.bytes[meta + at] ^= 0x10;
        }
        return fault_of(sample.bytes).what;
    };
    CHECK(broken(16) == "neither meta page can be used: the first has no magic number");
    CHECK(broken(20) == "neither meta page can be used: the first has another version");
    CHECK(broken(kBoltRootAt) == "neither meta page can be used: the first has a wrong checksum");
    CHECK(broken(kBoltChecksumAt) == "neither meta page can be used: the first has a wrong checksum");
}

TEST_CASE("page sizes and counts that cannot be are refused without being used") {
    for (const std::uint64_t size : {0ULL, 1ULL, 512ULL, 1000ULL, 0x80000000ULL, 0xFFFFFFFFULL}) {
        Sample sample;
        sample.put_meta(kBoltPageSizeAt, size, 4);
        CHECK(fault_of(sample.bytes).harm == BoltHarm::opening);
    }
    Sample many;
    many.put_meta(kBoltPagesAt, kMaxBoltPages + 1);
    CHECK(fault_of(many.bytes).harm == BoltHarm::unknown);
    Sample few;
    few.put_meta(kBoltPagesAt, 1);
    CHECK(fault_of(few.bytes).harm >= BoltHarm::silent);
    for (const std::uint64_t root : {0ULL, 1ULL, 2ULL, 5000ULL, ~0ULL}) {
        CAPTURE(root);
        Sample sample;
        sample.put_meta(kBoltRootAt, root);
        CHECK(fault_of(sample.bytes).harm == BoltHarm::reading);
    }
}

TEST_CASE("a freelist page that is none, or is not there, keeps bolt from opening") {
    const std::size_t at = Sample::page(kFreelistPage);
    Sample sample;
    sample.put(at + 8, 0, 2);
    CHECK(fault_of(sample.bytes).what == "freelist page 2 is of no known type");
    CHECK(fault_of(sample.bytes).harm == BoltHarm::opening);
    sample.put(at + 8, 2, 2);
    CHECK(fault_of(sample.bytes).what == "freelist page 2 is a leaf");
    for (const std::uint64_t page : {0ULL, 1ULL, 1ULL << 40U, ~0ULL - 1}) {
        CAPTURE(page);
        Sample other;
        other.put_meta(kBoltFreelistAt, page);
        CHECK(fault_of(other.bytes).harm == BoltHarm::opening);
    }
    Sample cut;
    cut.bytes.append(write_bolt({}));
    cut.put_meta(kBoltFreelistAt, cut.bytes.size() / kPage);
    CHECK(fault_of(cut.bytes).harm == BoltHarm::opening);
}

TEST_CASE("each wrong number in a freelist is told") {
    const std::size_t at = Sample::page(kFreelistPage);
    const auto changed = [&](std::size_t offset, std::uint64_t value, std::size_t size) {
        Sample sample;
        sample.put(at + offset, value, size);
        return fault_of(sample.bytes);
    };
    const Sample sample;
    CHECK(changed(0, 3, 8).what == "freelist page 2 calls itself page 3");
    CHECK(changed(0, 1, 8).harm == BoltHarm::writing);
    CHECK(changed(8, 0x12, 2).what == "freelist page 2 has several types");
    CHECK(changed(12, 60'000, 4).what == "freelist page 2 ends behind the last page in use");
    CHECK(changed(16, 1, 8).what == "the freelist has page 1, a meta page");
    CHECK(changed(16, 2, 8).what == "the freelist has page 2, which is its own");
    CHECK(changed(16, 4, 8).what == "the freelist has page 4 twice");
    CHECK(changed(16, 5000, 8).what == "the freelist has page 5000, which is behind the last page in use");
    CHECK(
        changed(16, sample.leaf, 8).what ==
        "page " + std::to_string(sample.leaf) + " is in use and in the freelist"
    );
    CHECK(changed(10, 126, 2).harm >= BoltHarm::silent);
    CHECK(changed(10, 127, 2).what == "the freelist counts 127 pages, more than its own hold");
    Sample front;
    front.put(at + 10, 0xFFFF, 2);
    front.put(at + 16, ~0ULL, 8);
    CHECK(fault_of(front.bytes).harm == BoltHarm::opening);
}

TEST_CASE("each wrong field of a page's header is told") {
    const Sample sound;
    const auto changed = [&](std::size_t page, std::size_t offset, std::uint64_t value, std::size_t size) {
        Sample sample;
        sample.put(Sample::page(page) + offset, value, size);
        return fault_of(sample.bytes);
    };
    for (const std::size_t page : {sound.leaf, sound.root, sound.top}) {
        CAPTURE(page);
        CHECK(changed(page, 0, 9999, 8).what == "page " + std::to_string(page) + " calls itself page 9999");
        CHECK(changed(page, 8, 0, 2).harm == BoltHarm::reading);
        CHECK(changed(page, 8, 4, 2).what == "page " + std::to_string(page) + " is a meta page");
        CHECK(changed(page, 8, page == sound.root ? 0x11 : 0x12, 2).harm == BoltHarm::silent);
        CHECK(changed(page, 8, page == sound.root ? 2 : 1, 2).harm >= BoltHarm::silent);
        CHECK(changed(page, 10, 1, 2).harm >= BoltHarm::silent);
        CHECK(changed(page, 10, 0xFFFF, 2).harm >= BoltHarm::silent);
        CHECK(changed(page, 12, 1, 4).harm == BoltHarm::silent);
        CHECK(changed(page, 12, 0xFFFFFFFF, 4).harm == BoltHarm::silent);
    }
    CHECK(
        changed(sound.root, 10, 0, 2).what == "page " + std::to_string(sound.root) + " is a branch to nowhere"
    );
    CHECK(changed(sound.leaf, 8, 0, 2).buckets == std::vector<std::string>{"b"});
    CHECK(changed(sound.top, 8, 0, 2).buckets.empty());
    CHECK(changed(sound.leaf, 0, 9999, 8).offset == Sample::page(sound.leaf));
}

TEST_CASE("each wrong field of an element is told") {
    const Sample sound;
    for (const std::size_t element : {std::size_t{0}, std::size_t{3}}) {
        for (const std::size_t page : {sound.leaf, sound.root}) {
            const std::size_t first = page == sound.root ? 0 : 4;
            for (std::size_t field = first; field < (page == sound.root ? 8U : 16U); field += 4) {
                for (const std::uint64_t value :
                     {0ULL, 7ULL, 200ULL, 5000ULL, 0x7FFFFFFFULL, 0xFFFFFFFFULL}) {
                    CAPTURE(element, page, field, value);
                    Sample sample;
                    sample.put(Sample::page(page) + 16 + element * 16 + field, value, 4);
                    CHECK(fault_of(sample.bytes).harm >= BoltHarm::silent);
                }
            }
        }
    }
}

TEST_CASE("keys that are not in order are told, within a page and between pages") {
    const Sample sound;
    const auto with_key = [&](std::size_t page, std::size_t element, const std::string& key) {
        Sample sample;
        const std::size_t at = Sample::page(page) + 16 + element * 16;
        const std::size_t place = at + get_number(sample.bytes, at + (page == sound.root ? 0 : 4), 4);
        sample.bytes.replace(place, key.size(), key);
        return fault_of(sample.bytes).what;
    };
    const std::string told = " has keys that are not in order";
    CHECK(with_key(sound.leaf, 1, "100") == "page " + std::to_string(sound.leaf) + told);  // the same again
    CHECK(with_key(sound.leaf, 0, "000") == "page " + std::to_string(sound.leaf) + told);  // below its branch
    CHECK(with_key(sound.leaf, 1, "999") == "page " + std::to_string(sound.leaf) + told);
    CHECK(with_key(sound.root, 0, "101") == "page " + std::to_string(sound.leaf) + told);
    CHECK(with_key(sound.root, 1, "105") == "page " + std::to_string(sound.leaf) + told);
    CHECK(with_key(sound.root, 1, "999") != "");
    CHECK(with_key(sound.second, 0, "\x01\x01\x01") == "page " + std::to_string(sound.second) + told);
}

TEST_CASE("circles and pages with two parents end the walk where they are met") {
    const Sample sound;
    const auto with_child = [&](std::size_t element, std::uint64_t child) {
        Sample sample;
        sample.put(Sample::page(sound.root) + 16 + element * 16 + 8, child, 8);
        return fault_of(sample.bytes);
    };
    CHECK(with_child(0, sound.root).what == "page " + std::to_string(sound.root) + " is named below itself");
    CHECK(with_child(0, sound.root).harm == BoltHarm::reading);
    CHECK(
        with_child(1, sound.leaf).what == "page " + std::to_string(sound.leaf) + " is part of the tree twice"
    );
    CHECK(with_child(1, kFreelistPage).harm == BoltHarm::reading);
    CHECK(with_child(1, 0).harm == BoltHarm::reading);
    CHECK(with_child(1, 1U << 30U).harm == BoltHarm::reading);
    CHECK(with_child(1, ~0ULL).harm == BoltHarm::reading);
    CHECK(with_child(1, 3).harm >= BoltHarm::silent);  // a free page, full of old bytes
    // A bucket whose root is the page that it stands in.
    Sample sample;
    sample.put(Sample::page(sound.top) + 16 + 32 + 1, sound.top, 8);
    CHECK(fault_of(sample.bytes).what == "page " + std::to_string(sound.top) + " is named below itself");
}

TEST_CASE("each wrong field of a bucket in its parent's page is told") {
    const Sample sound;
    // "c": its value lies behind both elements, "b" with its value, and its own key.
    const std::size_t value = Sample::page(sound.top) + 16 + 32 + 1 + 16 + 1;
    const auto changed = [&](std::size_t offset, std::uint64_t number, std::size_t size) {
        Sample sample;
        sample.put(value + offset, number, size);
        return fault_of(sample.bytes);
    };
    CHECK(changed(0, 9999, 8).harm == BoltHarm::reading);
    CHECK(changed(16, 5, 8).harm == BoltHarm::silent);
    CHECK(changed(24, 1, 2).harm == BoltHarm::reading);
    CHECK(changed(24, 0x12, 2).harm == BoltHarm::silent);
    CHECK(changed(26, 0, 2).what.ends_with("has bytes that no key has"));
    CHECK(changed(26, 2, 2).harm >= BoltHarm::silent);
    CHECK(changed(26, 0xFFFF, 2).harm == BoltHarm::reading);
    CHECK(changed(32, 1, 4).what.ends_with("has a bucket in a bucket that cannot have one"));
    CHECK(changed(36, 0x7FFFFFFF, 4).harm == BoltHarm::reading);
    CHECK(changed(40, 0, 4).harm == BoltHarm::silent);
    CHECK(changed(44, 0xFFFFFFFF, 4).harm == BoltHarm::reading);
    // Values too short for a bucket, by their flag only.
    const std::string plain =
        write_bolt(parse_bolt_text("k=0123456789abcde"), {.page_size = kPage, .unused_pages = 1});
    std::string bytes = plain;
    put_number(bytes, 3 * kPage + 16, 1, 4);
    CHECK(fault_of(bytes).what == "page 3 has a bucket that is cut off");
    bytes = write_bolt(parse_bolt_text("k=" + std::string(31, '0')), {.page_size = kPage, .unused_pages = 1});
    put_number(bytes, 3 * kPage + 16, 1, 4);
    put_number(bytes, 3 * kPage + 33, 0, 8);
    CHECK(fault_of(bytes).what == "page 3 has a bucket that is cut off");
}

TEST_CASE("every file that was cut within its pages is a fault, wherever it was cut") {
    const Sample sample;
    for (std::size_t size = 0; size + kPage < sample.bytes.size(); size += 97) {
        CAPTURE(size);
        CHECK(fault_of(sample.bytes.substr(0, size)).harm >= BoltHarm::silent);
    }
}

TEST_CASE("pages that became NUL bytes or noise are told, but for free ones and one meta page") {
    const Sample sound;
    std::mt19937 random(7);
    for (std::size_t page = 0; page < sound.bytes.size() / kPage; ++page) {
        const bool harmless = page < 2 || (page > kFreelistPage && page < kFreelistPage + 4);
        for (const bool noise : {false, true}) {
            CAPTURE(page, noise);
            std::string bytes = sound.bytes;
            for (std::size_t i = 0; i < kPage; ++i) {
                bytes[page * kPage + i] = static_cast<char>(noise ? random() : 0);
            }
            CHECK(walk_bolt(BoltBytes(bytes)).has_value() == harmless);
        }
    }
}

TEST_CASE("a flipped bit in the header of a page or of an element in use is never missed") {
    const Sample sound;
    const auto told = [&](std::size_t at, unsigned bit) {
        std::string bytes = sound.bytes;
        bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bit));
        return !walk_bolt(BoltBytes(bytes)).has_value();
    };
    const auto is_node = [&](std::size_t at) {
        const std::uint64_t flags = sound.number(at + 8, 2);
        return flags == 1 || flags == 2;
    };
    for (std::size_t page = 0; page < sound.bytes.size(); page += kPage) {
        if (!is_node(page)) continue;
        const bool leaf = sound.number(page + 8, 2) == 2;
        const std::size_t end = 16 + 16 * sound.number(page + 10, 2);
        for (std::size_t at = 0; at < end; ++at) {
            // Of an element's flags bolt looks at one bit only, and a value is never wrong by itself.
            const bool flags = at >= 16 && leaf && at % 16 < 4;
            for (unsigned bit = 0; bit < 8 && !flags; ++bit) {
                CAPTURE(page / kPage, at, bit);
                // Where the last key and the last value end nothing tells but slack.
                const bool last_size = leaf && at >= end - 8;
                if (!last_size) CHECK(told(page + at, bit));
            }
        }
    }
}

TEST_CASE("without a freelist bolt reads every page when it opens the database") {
    BoltBucket content;
    content.keys["k"] = "v";
    std::string bytes = write_bolt(content, {.page_size = kPage, .keep_freelist = false, .unused_pages = 4});
    put_number(bytes, 3 * kPage + 8, 0, 2);
    CHECK(fault_of(bytes).harm == BoltHarm::opening);
}

TEST_CASE("of several faults the worst is told") {
    Sample sample;
    sample.put(Sample::page(sample.leaf), 9999, 8);
    CHECK(fault_of(sample.bytes).harm == BoltHarm::silent);
    sample.put(Sample::page(sample.second) + 8, 0, 2);
    CHECK(fault_of(sample.bytes).harm == BoltHarm::reading);
}

TEST_CASE("limits of drydock's own are no verdict") {
    BoltBucket deep;
    BoltBucket* at = &deep;
    for (std::size_t i = 0; i < kMaxBoltDepth; ++i) {
        at = &at->buckets["b"];
    }
    at->keys["k"] = std::string(2000, 'v');
    CHECK(fault_of(write_bolt(deep)).harm == BoltHarm::unknown);

    // A page that claims to go on for more than may be in memory, in a file that is long enough.
    class Sparse : public BoltSource {
    public:
        explicit Sparse(std::string bytes) : bytes_(std::move(bytes)) {}

        [[nodiscard]] std::uint64_t size() const override { return std::uint64_t{1} << 40U; }

        [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<char> into) const override {
            std::fill(into.begin(), into.end(), '\0');
            static_cast<void>(BoltBytes(bytes_).read_at(offset, into));
            return into.size();
        }

    private:
        std::string bytes_;
    };

    std::string bytes = write_bolt(parse_bolt_text("k=v"), {.page_size = kPage});
    for (const std::size_t meta : {std::size_t{0}, kPage}) {
        put_number(bytes, meta + kBoltPagesAt, kMaxBoltPages, 8);
        seal_bolt_meta(bytes, meta);
    }
    put_number(bytes, 3 * kPage + 12, kMaxBoltHeldBytes / kPage, 4);
    const auto result = walk_bolt(Sparse(bytes));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().harm == BoltHarm::unknown);
}

TEST_CASE("pages that overlap cost no more than the file has") {
    class Counted : public BoltBytes {
    public:
        using BoltBytes::BoltBytes;

        [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<char> into) const override {
            read += into.size();
            return BoltBytes::read_at(offset, into);
        }

        mutable std::uint64_t read = 0;
    };

    // Each leaf claims all pages behind it, up to the last of kMaxBoltPages or the last of the file.
    const Sample sound;
    const std::uint64_t in_file = sound.bytes.size() / kPage;
    for (const std::uint64_t pages : {kMaxBoltPages, in_file}) {
        Sample sample;
        sample.put_meta(kBoltPagesAt, pages);
        const std::size_t count = sample.number(Sample::page(sample.root) + 10, 2);
        REQUIRE(count > 10);
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint64_t leaf = sample.number(Sample::page(sample.root) + 16 + i * 16 + 8, 8);
            sample.put(Sample::page(leaf) + 12, pages - 1 - leaf, 4);
        }
        const Counted source(sample.bytes);
        const auto result = walk_bolt(source);
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().harm == BoltHarm::silent);
        CHECK(source.read <= 2 * sample.bytes.size());
    }
}

TEST_CASE("a page that goes on behind the end of the file is a fault, also where no key lies there") {
    const std::string sound =
        write_bolt(parse_bolt_text("k=" + std::string(3 * kPage - 33 - 1, 'v')), {.page_size = kPage});
    CHECK(walk_bolt(BoltBytes(sound)).has_value());
    std::string bytes = sound;
    const std::size_t leaf = get_number(bytes, kPage + kBoltRootAt, 8);
    for (const std::size_t meta : {std::size_t{0}, kPage}) {
        put_number(bytes, meta + kBoltPagesAt, kMaxBoltPages, 8);
        seal_bolt_meta(bytes, meta);
    }
    put_number(bytes, leaf * kPage + 12, kMaxBoltPages - 1 - leaf, 4);
    CHECK(fault_of(bytes).harm == BoltHarm::silent);
    CHECK(fault_of(bytes).what == "page " + std::to_string(leaf) + " is cut off by the end of the file");
}

}  // namespace drydock
