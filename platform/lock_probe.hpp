// Is a file locked by somebody else? The probe takes a shared flock(2) for a moment at most and never
// waits, so that a daemon that starts meanwhile is not kept out.
#pragma once

#include "platform/dir.hpp"

#include <cstdint>
#include <optional>

namespace drydock {

enum class LockState : std::uint8_t {
    unlocked,
    held,
    unknown,  // the file system or the kernel does not tell
};

[[nodiscard]] LockState probe_lock(const ReadFile& file);

struct ProcessClock {
    std::int64_t pid = 0;
    std::int64_t start = 0;  // seconds since the epoch; may be a second off
};

// The process that holds the lock, from /proc/locks; nullopt where it cannot be told (another pid
// namespace, no /proc).
[[nodiscard]] std::optional<ProcessClock> find_lock_holder(const FileStat& file);

}  // namespace drydock
