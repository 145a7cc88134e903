// Any bytes as a bolt database: two walks agree, what is visited lies within the bytes, and a sound
// database has as many keys as were visited.
#include "formats/bolt.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace {

using drydock::BoltEntry;
using drydock::fuzz_check;

struct Count {
    std::uint64_t keys = 0;
    std::uint64_t buckets = 0;
    std::size_t hash = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = drydock::as_text(data, size);
    const drydock::BoltBytes source(bytes);
    const auto walk = [&](Count& count) {
        return drydock::walk_bolt(source, [&](const BoltEntry& entry) {
            fuzz_check(!entry.key.empty() && entry.key.size() + entry.value.size() <= size);
            fuzz_check(entry.buckets.size() <= drydock::kMaxBoltDepth);
            ++(entry.is_bucket ? count.buckets : count.keys);
            count.hash = count.hash * 31 + std::hash<std::string_view>()(entry.key) +
                         std::hash<std::string_view>()(entry.value);
        });
    };
    Count first;
    Count second;
    const auto result = walk(first);
    const auto again = walk(second);
    fuzz_check(result.has_value() == again.has_value() && first.hash == second.hash);
    if (!result) {
        fuzz_check(!result.error().what.empty() && result.error().what == again.error().what);
        return 0;
    }
    fuzz_check(result->keys == first.keys && result->buckets == first.buckets);
    fuzz_check(result->free_pages + result->lost_pages <= result->pages);
    return 0;
}
