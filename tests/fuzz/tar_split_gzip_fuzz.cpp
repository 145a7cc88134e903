// A whole tar-split.json.gz: inflated, read as entries, its headers decoded, as a content check does.
// Input that is no gzip goes in as the JSON itself, so that the later stages are reached.
#include "formats/tar_header.hpp"
#include "formats/tar_split.hpp"
#include "platform/gunzip.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <algorithm>
#include <cstring>

using namespace drydock;

namespace {

std::size_t take_front(std::string_view& text, void* out, std::size_t size) {
    const std::size_t count = std::min(text.size(), size);
    if (count > 0) {
        std::memcpy(out, text.data(), count);
    }
    text.remove_prefix(count);
    return count;
}

void read_layer(TarSplitReader& reader) {
    TarHeaderDecoder decoder;
    TarSplitEntry entry;
    TarSplitReader::Next next{};
    while ((next = reader.next(entry)) == TarSplitReader::Next::entry) {
        if (entry.kind == TarSplitEntry::Kind::segment) {
            decoder.feed(entry.payload);
        } else if (entry.kind == TarSplitEntry::Kind::file) {
            const auto member = decoder.take(entry.size);
            fuzz_check(member || !member.error().what.empty());
        }
    }
    fuzz_check((next == TarSplitReader::Next::bad) != reader.error().empty());
    static_cast<void>(decoder.good_end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto input = as_text(data, size);
    if (!input.starts_with("\x1f\x8b")) {
        TarSplitReader reader(
            [&input](std::span<char> out) {
                return static_cast<std::ptrdiff_t>(take_front(input, out.data(), out.size()));
            },
            [] { return std::string("never"); }
        );
        read_layer(reader);
        return 0;
    }
    Gunzip gunzip([&input](void* out, std::size_t room) { return take_front(input, out, room); });
    TarSplitReader reader(
        [&gunzip](std::span<char> out) -> std::ptrdiff_t {
            const auto result = gunzip.read(out);
            if (result.produced == 0 && result.status == Gunzip::Status::bad) {
                return -1;
            }
            return static_cast<std::ptrdiff_t>(result.produced);
        },
        [&gunzip] { return gunzip.error(); }
    );
    read_layer(reader);
    return 0;
}
