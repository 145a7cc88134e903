// Bolt databases without a fault, in every shape that bolt gives them: every key is visited once and in
// order, and what bolt itself tolerates is no fault.
#include "formats/bolt.hpp"
#include "tests/support/bolt_writer.hpp"

#include <catch2/catch.hpp>

#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace drydock {

namespace {

constexpr std::size_t kPage = 4096;  // of write_bolt, if nothing else is said

std::string path_of(const BoltEntry& entry) {
    std::string path;
    for (const std::string& bucket : entry.buckets) {
        path += bucket + "/";
    }
    path += entry.key;
    return entry.is_bucket ? path + "/" : path + "=" + std::string(entry.value);
}

std::vector<std::string> keys_of(const std::string& bytes) {
    std::vector<std::string> keys;
    const auto result =
        walk_bolt(BoltBytes(bytes), [&](const BoltEntry& entry) { keys.push_back(path_of(entry)); });
    if (!result) FAIL(result.error().what << " at " << result.error().offset);
    return keys;
}

BoltSummary walk(const std::string& bytes) {
    const auto result = walk_bolt(BoltBytes(bytes));
    if (!result) FAIL(result.error().what << " at " << result.error().offset);
    return *result;
}

std::string numbered(std::size_t number) {
    std::string text = std::to_string(number);
    return std::string(6 - text.size(), '0') + text;
}

}  // namespace

TEST_CASE("a database without keys is sound") {
    const BoltSummary summary = walk(write_bolt({}));
    CHECK(summary.page_size == 4096);
    CHECK(summary.pages == 4);
    CHECK(summary.transaction == 1);
    CHECK(summary.freelist_kept);
    CHECK(summary.keys + summary.buckets + summary.free_pages + summary.lost_pages == 0);
}

TEST_CASE("keys are visited in their order, a bucket before what it holds") {
    const std::string text =
        "_main/a/key=one\n_main/a/other=\n_main/b/\n_main/\xff/key=two\nafter=three\nempty/\n";
    const std::vector<std::string> expected{
        "_main/",
        "_main/a/",
        "_main/a/key=one",
        "_main/a/other=",
        "_main/b/",
        "_main/\xff/",
        "_main/\xff/key=two",
        "after=three",
        "empty/",
    };
    CHECK(keys_of(write_bolt(parse_bolt_text(text))) == expected);
}

TEST_CASE("pages of every size are read, with and without a freelist, and grown files") {
    BoltBucket root;
    for (std::size_t i = 0; i < 3000; ++i) {
        root.buckets["many"].keys[numbered(i)] = std::string(i % 97, 'v');
    }
    root.buckets["inline"].keys["k"] = "v";
    root.buckets["deep"].buckets["in"].buckets["in"].keys["k"] = "v";
    root.keys["large"] = std::string(100'000, 'l');
    for (const std::size_t page_size :
         {std::size_t{1024}, std::size_t{4096}, std::size_t{16384}, std::size_t{65536}}) {
        for (const bool keep : {true, false}) {
            for (const std::size_t free : {std::size_t{0}, std::size_t{3}, std::size_t{700}}) {
                CAPTURE(page_size, keep, free);
                BoltShape shape;
                shape.page_size = page_size;
                shape.keep_freelist = keep;
                shape.free_pages = free;
                shape.unused_pages = free % 4;
                const std::string bytes = write_bolt(root, shape);
                CHECK(keys_of(bytes).size() == 3000 + 3 + 3 + 1 + 1);
                const BoltSummary summary = walk(bytes);
                CHECK(summary.page_size == page_size);
                CHECK(summary.free_pages == (keep ? free : 0));
                CHECK(summary.lost_pages == 0);
                CHECK(summary.freelist_kept == keep);
                CHECK(summary.keys == 3003);
                CHECK(summary.buckets == 5);
            }
        }
    }
}

TEST_CASE("a freelist that its page's header cannot count has its number in front") {
    BoltShape shape;
    shape.page_size = 1024;
    for (const std::size_t free : {std::size_t{0xFFFE}, std::size_t{0xFFFF}, std::size_t{0x10001}}) {
        shape.free_pages = free;
        CHECK(walk(write_bolt({}, shape)).free_pages == free);
    }
}

TEST_CASE("of two meta pages the later one counts, and either alone is enough") {
    BoltShape shape;
    shape.page_size = GENERATE(std::size_t{1024}, std::size_t{4096}, std::size_t{16384}, std::size_t{65536});
    shape.transaction = 7;
    const std::string sound = write_bolt(parse_bolt_text("a/b=c"), shape);
    CHECK(walk(sound).transaction == 7);
    for (const std::size_t at : {std::size_t{16}, std::size_t{20}, std::size_t{40}, kBoltChecksumAt}) {
        CAPTURE(shape.page_size, at);
        std::string bytes = sound;
        bytes[at] ^= 1;
        CHECK(walk(bytes).transaction == 7);
        CHECK(walk(bytes).page_size == shape.page_size);
        bytes = sound;
        bytes[shape.page_size + at] ^= 1;
        CHECK(walk(bytes).transaction == 6);
    }
    // The first one is the later one every other time.
    std::string turned = sound;
    put_number(turned, kBoltTransactionAt, 8, 8);
    seal_bolt_meta(turned, 0);
    CHECK(walk(turned).transaction == 8);
}

TEST_CASE("what bolt does not look at is no fault") {
    BoltShape shape;
    shape.free_pages = 5;
    shape.unused_pages = 2;
    const std::string sound = write_bolt(parse_bolt_text("a/b=c\nd=e"), shape);
    const auto changed = [&](std::size_t at, std::size_t size) {
        std::string bytes = sound;
        for (std::size_t i = at; i < at + size; ++i) {
            bytes[i] = static_cast<char>(~bytes[i]);
        }
        return walk(bytes);
    };
    CHECK(changed(0, 16).keys == 2);                                  // the header of a meta page
    CHECK(changed(80, 4000).keys == 2);                               // behind a meta page
    CHECK(changed(3 * kPage, 5 * kPage).keys == 2);                   // free pages
    CHECK(changed(sound.size() - kPage, kPage).keys == 2);            // pages that were never used
    CHECK(changed(sound.size() - 2 * kPage - 1000, 1000).keys == 2);  // the slack of the last leaf
    // A checksum of zero is none.
    std::string bytes = sound;
    put_number(bytes, kBoltChecksumAt, 0, 8);
    put_number(bytes, kPage + kBoltChecksumAt, 0, 8);
    CHECK(walk(bytes).keys == 2);
}

TEST_CASE("a file that ends behind its last used byte is whole") {
    const std::string sound = write_bolt(parse_bolt_text("a/b=c\nd=e"), {.unused_pages = 2});
    const std::size_t used = sound.size() - 2 * kPage - kPage + 16 + 32 + 1 + 16 + 16 + 16 + 2 + 2;
    for (const std::size_t size :
         {sound.size() - 1, sound.size() - 2 * kPage, sound.size() - 3 * kPage + 200, used}) {
        CAPTURE(size);
        CHECK(walk(sound.substr(0, size)).keys == 2);
    }
    CHECK_FALSE(walk_bolt(BoltBytes(sound.substr(0, used - 1))).has_value());
}

TEST_CASE("pages that are neither in use nor free are counted and no fault") {
    BoltShape shape;
    shape.free_pages = 4;
    std::string bytes = write_bolt(parse_bolt_text("a/b=c"), shape);
    put_number(bytes, 2 * 4096 + 10, 3, 2);  // the freelist's own count
    CHECK(walk(bytes).free_pages == 3);
    CHECK(walk(bytes).lost_pages == 1);
}

TEST_CASE("free pages behind the end of the file are only written to") {
    std::string bytes = write_bolt(parse_bolt_text("a/b=c"));
    for (const std::size_t meta : {std::size_t{0}, std::size_t{4096}}) {
        put_number(bytes, meta + kBoltPagesAt, 6, 8);
        seal_bolt_meta(bytes, meta);
    }
    put_number(bytes, 2 * 4096 + 10, 2, 2);
    put_number(bytes, 2 * 4096 + 16, 4, 8);
    put_number(bytes, 2 * 4096 + 24, 5, 8);
    CHECK(walk(bytes).free_pages == 2);
}

TEST_CASE("the text of a sample database has keys and buckets, and nothing else") {
    const BoltBucket root = parse_bolt_text("a/b/c=d=e\n\nx/\nk=\n");
    CHECK(root.buckets.at("a").buckets.at("b").keys.at("c") == "d=e");
    CHECK(root.buckets.at("x").keys.empty());
    CHECK(root.keys.at("k").empty());
    CHECK_THROWS(parse_bolt_text("no-value"));
}

TEST_CASE("what a source throws passes through") {
    class Failing : public BoltBytes {
    public:
        using BoltBytes::BoltBytes;

        [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<char> into) const override {
            if (offset >= 3 * std::uint64_t{4096}) throw std::runtime_error("no");
            return BoltBytes::read_at(offset, into);
        }
    };

    const std::string bytes = write_bolt(parse_bolt_text("a/b=c\\nd/e=f"));
    CHECK_THROWS_AS(walk_bolt(Failing(bytes)), std::runtime_error);
}

}  // namespace drydock
