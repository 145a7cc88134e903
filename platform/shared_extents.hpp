// How much of a file other files share with it (reflinks, btrfs snapshots): removing the file does not
// free that. Asked from the kernel by FIEMAP, which reads and changes nothing.
#pragma once

#include "platform/dir.hpp"

#include <cstdint>

namespace drydock {

// Whether files below may share blocks at all: only btrfs, xfs, bcachefs and ocfs2 can.
[[nodiscard]] bool may_share_extents(const ReadDir& dir);

// Bytes on disk that another file has too. 0 where the file system does not tell. Throws OsError where it
// fails to.
[[nodiscard]] std::uint64_t shared_bytes(const ReadFile& file);

}  // namespace drydock
