// Is a dockerd running on this root that does not hold its databases yet, or no longer? Told by what the
// process has open and what it was started with; folders are compared by device and inode, so that another
// mount namespace or another name of the root makes no difference.
#pragma once

#include "platform/dir.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace drydock {

struct DaemonProcess {
    std::int64_t pid = 0;
    std::string why;  // "has overlay2/l open", "was started with this data root"
};

// `root` is ROOT, or the root of one store.
[[nodiscard]] std::optional<DaemonProcess> find_daemon_process(const ReadDir& root);

}  // namespace drydock
