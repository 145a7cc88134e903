#include "platform/free_space.hpp"

#include "platform/open.hpp"
#include "platform/os_error.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

namespace drydock {

FreeSpace free_space(const ReadDir& dir) {
    struct statvfs found{};
    if (uninterrupted([&] { return ::fstatvfs(dir.fd(), &found); }) < 0) {
        throw OsError(errno, "look at", dir.path());
    }
    // Root may use what is held back for it.
    const bool root = ::geteuid() == 0;
    return {
        .bytes = (root ? found.f_bfree : found.f_bavail) * found.f_frsize,
        .inodes = found.f_files == 0 ? std::numeric_limits<std::uint64_t>::max()
                                     : (root ? found.f_ffree : found.f_favail),
        .read_only = (found.f_flag & ST_RDONLY) != 0,
    };
}

}  // namespace drydock
