// Counts, sizes and lists as reports print them.
#include "report/words.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>

using namespace drydock;

TEST_CASE("Sizes have decimal units and three digits at most") {
    CHECK(format_bytes(0) == "0 B");
    CHECK(format_bytes(999) == "999 B");
    CHECK(format_bytes(1000) == "1 kB");
    CHECK(format_bytes(1049) == "1 kB");
    CHECK(format_bytes(1050) == "1.1 kB");
    CHECK(format_bytes(12'500'000) == "12.5 MB");
    CHECK(format_bytes(120'400'000) == "120 MB");
    CHECK(format_bytes(999'999) == "1 MB");
    CHECK(format_bytes(1'300'000'000) == "1.3 GB");
    CHECK(format_bytes(std::numeric_limits<std::uint64_t>::max()) == "18.4 EB");
}

TEST_CASE("One thing is singular, any other count plural") {
    CHECK(count_of(1, "image") == "1 image");
    CHECK(count_of(0, "image") == "0 images");
    CHECK(count_of(2, "driver directory", "driver directories") == "2 driver directories");
}

TEST_CASE("A list says how many it leaves out") {
    CHECK(join_some({"a", "b", "c"}, 3) == "a, b, c");
    CHECK(join_some({"a", "b", "c"}, 1) == "a and 2 more");
    CHECK(join_and({}) == "");
    CHECK(join_and({"a"}) == "a");
    CHECK(join_and({"a", "b", "c"}) == "a, b and c");
}

TEST_CASE("Only whole digests and container ids are shortened") {
    const std::string hex(64, 'a');
    CHECK(short_id("sha256:" + hex) == "sha256:aaaaaaaaaaaa");
    CHECK(short_id(hex) == "aaaaaaaaaaaa");
    CHECK(short_id(hex + "-init") == "aaaaaaaaaaaa-init");
    CHECK(short_id("sha256:abc") == "sha256:abc");
    CHECK(short_id(std::string(64, 'A')) == std::string(64, 'A'));
    CHECK(short_id("-init") == "-init");
    CHECK(short_id("") == "");
}
