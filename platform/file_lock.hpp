// Exclusive flock(2) locks, taken without waiting, as dockerd's databases and other drydocks use them.
#pragma once

#include "platform/dir.hpp"

namespace drydock {

// Held until the object, which is what was opened, is destroyed. False: somebody else has the lock. Throws
// OsError where the file system knows no locks.
[[nodiscard]] bool try_lock(const ReadDir& dir);
[[nodiscard]] bool try_lock(const ReadFile& file);

}  // namespace drydock
