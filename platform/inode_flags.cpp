#include "platform/inode_flags.hpp"

#include "platform/open.hpp"
#include "platform/os_error.hpp"

#include <linux/fs.h>
#include <sys/ioctl.h>

#include <cerrno>

namespace drydock {

namespace {

bool has_flag(int fd, const std::string& path) {
    int flags = 0;
    if (uninterrupted([&] { return ioctl(fd, FS_IOC_GETFLAGS, &flags); }) < 0) {
        if (errno == ENOTTY || errno == ENOTSUP || errno == EINVAL) return false;
        throw OsError(errno, "read the flags of", path);
    }
    return (static_cast<unsigned>(flags) & (FS_IMMUTABLE_FL | FS_APPEND_FL)) != 0;
}

}  // namespace

bool is_immutable(const ReadDir& dir, const std::string& name) {
    if (name == ".") return has_flag(dir.fd(), dir.path());
    const std::optional<FileStat> stat = dir.find_stat(name);
    if (!stat) return false;
    if (stat->type() == FileType::directory) return has_flag(dir.open(name).fd(), path_in(dir, name));
    if (stat->type() != FileType::regular) return false;
    return has_flag(dir.open_file(name, FileType::regular).fd(), path_in(dir, name));
}

}  // namespace drydock
