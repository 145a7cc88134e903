// The entry stream, read by the fast way in chunks of a size that the first byte sets, and by the slow way
// alone: both must give the same entries and end alike.
#include "formats/tar_split.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

using namespace drydock;

namespace {

struct Outcome {
    std::vector<std::string> entries;
    TarSplitReader::Next last = TarSplitReader::Next::end;

    bool operator==(const Outcome&) const = default;
};

Outcome read_all(std::string_view text, std::size_t chunk, bool fast) {
    TarSplitReader reader(
        [&text, chunk](std::span<char> out) -> std::ptrdiff_t {
            const std::size_t count = std::min({text.size(), out.size(), chunk});
            std::memcpy(out.data(), text.data(), count);
            text.remove_prefix(count);
            return static_cast<std::ptrdiff_t>(count);
        },
        [] { return std::string(); }
    );
    if (!fast) {
        reader.disable_fast_path();
    }
    Outcome outcome;
    TarSplitEntry entry;
    while ((outcome.last = reader.next(entry)) == TarSplitReader::Next::entry) {
        std::string line = std::to_string(static_cast<int>(entry.kind)) + ' ' + std::to_string(entry.size) +
                           ' ' + std::to_string(entry.crc) + (entry.has_crc ? " c " : " - ");
        line += std::string(entry.name) + '|' + std::string(entry.payload);
        outcome.entries.push_back(std::move(line));
        fuzz_check(entry.size >= 0);
    }
    fuzz_check((outcome.last == TarSplitReader::Next::bad) != reader.error().empty());
    fuzz_check(reader.next(entry) == outcome.last);
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const auto text = as_text(data + 1, size - 1);
    const auto fast = read_all(text, std::size_t{data[0]} + 1, true);
    fuzz_check(fast == read_all(text, text.size() + 1, true));
    fuzz_check(fast == read_all(text, text.size() + 1, false));
    return 0;
}
