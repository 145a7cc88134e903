// Any bytes as a gzip file, read in two rhythms that must not show in the result.
#include "platform/gunzip.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>

namespace {

// Enough for every path of the reader; a bomb must not slow the campaign down.
constexpr std::size_t kMaxOut = std::size_t{1} << 20U;

std::string unpack(std::span<const std::uint8_t> bytes, std::size_t input_piece, std::size_t output_piece) {
    drydock::Gunzip gunzip([&](void* buffer, std::size_t size) {
        const std::size_t count = std::min({size, input_piece, bytes.size()});
        if (count > 0) {
            std::memcpy(buffer, bytes.data(), count);
        }
        bytes = bytes.subspan(count);
        return count;
    });
    std::string out;
    std::string buffer(output_piece, '\0');
    while (true) {
        const drydock::Gunzip::Result result = gunzip.read(buffer);
        out.append(buffer, 0, result.produced);
        if (result.status == drydock::Gunzip::Status::ok && out.size() < kMaxOut) continue;
        if (out.size() >= kMaxOut) {
            out.resize(kMaxOut);
            return out;
        }
        return out + gunzip.error();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::uint8_t> bytes(data, size);
    if (unpack(bytes, size + 1, 65'536) != unpack(bytes, 3, 61)) std::abort();
    return 0;
}
