// Flags of an inode that keep even root from changing it (chattr(1)).
#pragma once

#include "platform/dir.hpp"

#include <string>

namespace drydock {

// Whether the object is immutable or may only be appended to: it cannot be renamed, removed or replaced, nor
// can anything in it, if it is a folder. False where the file system has no such flags, or the object is no
// file or folder, or is not there. "." is the folder itself. Throws OsError.
[[nodiscard]] bool is_immutable(const ReadDir& dir, const std::string& name);

}  // namespace drydock
