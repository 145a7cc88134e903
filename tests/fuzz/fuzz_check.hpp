// What fuzz targets state about a parser beyond "does not crash". Never compiled out: a release build of
// the replay must fail as well.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace drydock {

inline void fuzz_check(bool holds) {
    if (!holds) {
        std::abort();
    }
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

}  // namespace drydock
