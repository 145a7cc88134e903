// What room a file system has left for whoever asks.
#pragma once

#include "platform/dir.hpp"

#include <cstdint>

namespace drydock {

struct FreeSpace {
    std::uint64_t bytes = 0;
    std::uint64_t inodes = 0;  // the largest number where the file system makes them as it needs them
    bool read_only = false;
};

// Throws OsError.
[[nodiscard]] FreeSpace free_space(const ReadDir& dir);

}  // namespace drydock
