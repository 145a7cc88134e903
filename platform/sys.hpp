// The system calls that drydock makes on a store, as one table of function pointers. Production code
// never changes it; tests put wrappers in to fail the n-th call (tests/support/fault_plan.hpp).
// Only reading calls stand here: what is not in the table cannot be called by a check. Every entry
// returns -1 and sets errno on failure, as the calls themselves do.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>

namespace drydock {

struct Sys {
    // openat2(2) beneath `dir`, RESOLVE_BENEATH | NO_SYMLINKS | NO_MAGICLINKS; on kernels (< 5.6) or
    // seccomp filters without it, openat(2) one component at a time with O_NOFOLLOW.
    int (*open_beneath)(int dir, const char* path, int flags);
    // openat(2); `name` is one component, or a path given by the user on the command line.
    int (*open_at)(int dir, const char* name, int flags);
    int (*stat_at)(int dir, const char* name, struct stat* out, int flags);
    int (*stat_fd)(int fd, struct stat* out);
    ssize_t (*read)(int fd, void* buffer, std::size_t size);
    ssize_t (*read_at)(int fd, void* buffer, std::size_t size, off_t offset);
    ssize_t (*get_dents)(int fd, void* buffer, std::size_t size);
    ssize_t (*read_link_at)(int dir, const char* name, char* buffer, std::size_t size);
    ssize_t (*list_xattr_fd)(int fd, char* list, std::size_t size);
    ssize_t (*get_xattr_fd)(int fd, const char* name, void* value, std::size_t size);
    // On the object itself, never on what it links to; `path` leads through /proc/self/fd.
    ssize_t (*list_xattr_path)(const char* path, char* list, std::size_t size);
    ssize_t (*get_xattr_path)(const char* path, const char* name, void* value, std::size_t size);
};

extern Sys sys;

// The second way of Sys::open_beneath, for tests: "..", an absolute and an empty path are refused by
// both ways, a link in any place too.
int open_beneath_by_component(int dir, const char* path, int flags);

}  // namespace drydock
