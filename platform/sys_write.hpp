// The system calls that change a file system, as a table of their own: only the transaction reaches it
// (through WritableDir), and tests put wrappers in to fail the n-th call or to stop after it. Every entry
// returns -1 and sets errno on failure, as the calls themselves do.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>

namespace drydock {

struct SysWrite {
    // openat(2) that makes a new regular file, for appending.
    int (*create_at)(int dir, const char* name, mode_t mode);
    int (*open_append_at)(int dir, const char* name);
    ssize_t (*write)(int fd, const void* bytes, std::size_t size);
    int (*truncate_fd)(int fd, off_t size);
    int (*sync_fd)(int fd);
    int (*sync_file_system)(int fd);
    int (*make_dir_at)(int dir, const char* name, mode_t mode);
    // renameat2(2)
    int (*rename_at)(int from_dir, const char* from, int to_dir, const char* to, unsigned flags);
    int (*link_at)(int from_dir, const char* from, int to_dir, const char* to);
    int (*symlink_at)(const char* target, int dir, const char* name);
    int (*make_device_at)(int dir, const char* name, mode_t mode, dev_t device);
    int (*unlink_at)(int dir, const char* name, int flags);
    int (*change_mode_fd)(int fd, mode_t mode);
    int (*change_owner_at)(int dir, const char* name, uid_t uid, gid_t gid);
    int (*set_times_at)(int dir, const char* name, const struct timespec* times);
    int (*set_xattr_fd)(int fd, const char* name, const void* value, std::size_t size);
};

extern SysWrite sys_write;

}  // namespace drydock
