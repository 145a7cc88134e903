#include "platform/mount_id.hpp"

#include "platform/open.hpp"
#include "platform/os_error.hpp"

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/stat.h>

#include <cerrno>

namespace drydock {

Mount mount_of(const ReadDir& dir) {
    struct statx found{};
    const auto look = [&] { return ::statx(dir.fd(), "", AT_EMPTY_PATH, STATX_MNT_ID, &found); };
    if (uninterrupted(look) < 0) throw OsError(errno, "look at", dir.path());
    const bool told = (found.stx_mask & STATX_MNT_ID) != 0;
    return {.id = told ? found.stx_mnt_id : 0, .device = dir.stat().device};
}

}  // namespace drydock
