#include "platform/sys_write.hpp"

#include <sys/xattr.h>

#include <cstdio>

namespace drydock {

namespace {

int real_create_at(int dir, const char* name, mode_t mode) {
    return ::openat(dir, name, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
}

int real_open_append_at(int dir, const char* name) {
    return ::openat(dir, name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
}

int real_rename_at(int from_dir, const char* from, int to_dir, const char* to, unsigned flags) {
    return ::renameat2(from_dir, from, to_dir, to, flags);
}

int real_link_at(int from_dir, const char* from, int to_dir, const char* to) {
    return ::linkat(from_dir, from, to_dir, to, 0);
}

int real_change_owner_at(int dir, const char* name, uid_t uid, gid_t gid) {
    return ::fchownat(dir, name, uid, gid, AT_SYMLINK_NOFOLLOW);
}

int real_set_times_at(int dir, const char* name, const struct timespec* times) {
    return ::utimensat(dir, name, times, AT_SYMLINK_NOFOLLOW);
}

int real_set_xattr_fd(int fd, const char* name, const void* value, std::size_t size) {
    return ::fsetxattr(fd, name, value, size, 0);
}

}  // namespace

SysWrite sys_write = {
    .create_at = real_create_at,
    .open_append_at = real_open_append_at,
    .write = ::write,
    .truncate_fd = ::ftruncate,
    .sync_fd = ::fsync,
    .sync_file_system = ::syncfs,
    .make_dir_at = ::mkdirat,
    .rename_at = real_rename_at,
    .link_at = real_link_at,
    .symlink_at = ::symlinkat,
    .make_device_at = ::mknodat,
    .unlink_at = ::unlinkat,
    .change_mode_fd = ::fchmod,
    .change_owner_at = real_change_owner_at,
    .set_times_at = real_set_times_at,
    .set_xattr_fd = real_set_xattr_fd,
};

}  // namespace drydock
