// Which mount a folder is seen through: two folders of one file system may still not be renamed between.
#pragma once

#include "platform/dir.hpp"

#include <cstdint>

namespace drydock {

// The same for two folders between which rename(2) and link(2) can work. The mount id is 0 where the kernel
// (before 5.8) does not tell it.
struct Mount {
    std::uint64_t id = 0;
    std::uint64_t device = 0;

    auto operator<=>(const Mount&) const = default;
};

// Throws OsError.
[[nodiscard]] Mount mount_of(const ReadDir& dir);

}  // namespace drydock
