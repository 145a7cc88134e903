// The real system calls behind the table, and the one call that has two ways: opening beneath a
// directory. Both ways take and refuse the same paths; the second is for old kernels and for seccomp
// filters that know no openat2.
#include "platform/sys.hpp"

#include "platform/unique_fd.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>

namespace drydock {

namespace {

// A file lease being broken answers O_NONBLOCK with EAGAIN for up to 45 s; nobody waits for that here.
constexpr int kAgainTries = 16;

// What neither way lets through, so that a path means the same to both: 0, or an errno.
int refuse(std::string_view path) {
    if (path.empty()) return ENOENT;
    if (path.front() == '/') return EXDEV;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        if (path.substr(0, slash) == "..") return EXDEV;
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    }
    return 0;
}

long call_openat2(int dir, const char* path, int flags) {
    open_how how{};
    how.flags = static_cast<unsigned>(flags);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    return ::syscall(SYS_openat2, dir, path, &how, sizeof how);
}

bool have_openat2() {
    // A descriptor that cannot be: a kernel that has the call says EBADF, every other answer comes from
    // a kernel or a filter that does not let it through.
    static const bool have = call_openat2(-1, "x", O_PATH | O_CLOEXEC) == -1 && errno == EBADF;
    return have;
}

int real_open_beneath(int dir, const char* path, int flags) {
    if (!have_openat2()) return open_beneath_by_component(dir, path, flags);
    if (const int error = refuse(path); error != 0) {
        errno = error;
        return -1;
    }
    int fd = -1;
    for (int tries = 0; tries < kAgainTries; ++tries) {
        fd = static_cast<int>(call_openat2(dir, path, flags));
        if (fd >= 0 || errno != EAGAIN) break;
    }
    return fd;
}

int real_open_at(int dir, const char* name, int flags) {
    return ::openat(dir, name, flags);
}

int real_stat_at(int dir, const char* name, struct stat* out, int flags) {
    return ::fstatat(dir, name, out, flags);
}

int real_stat_fd(int fd, struct stat* out) {
    return ::fstat(fd, out);
}

ssize_t real_get_dents(int fd, void* buffer, std::size_t size) {
    return ::syscall(SYS_getdents64, fd, buffer, size);
}

}  // namespace

int open_beneath_by_component(int dir, const char* path, int flags) {
    std::string_view rest = path;
    if (const int error = refuse(rest); error != 0) {
        errno = error;
        return -1;
    }
    const bool ends_in_slash = rest.back() == '/';
    while (!rest.empty() && rest.back() == '/') {
        rest.remove_suffix(1);
    }
    UniqueFd held;
    while (true) {
        const std::size_t slash = rest.find('/');
        const std::string component(rest.substr(0, slash));
        const int from = held ? held.get() : dir;
        if (slash == std::string_view::npos) {
            const int directory = ends_in_slash ? O_DIRECTORY : 0;
            return ::openat(from, component.c_str(), flags | directory | O_NOFOLLOW);
        }
        if (!component.empty() && component != ".") {
            UniqueFd next(::openat(from, component.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
            if (!next) return -1;
            held = std::move(next);
        }
        rest.remove_prefix(slash + 1);
    }
}

Sys sys = {
    .open_beneath = real_open_beneath,
    .open_at = real_open_at,
    .stat_at = real_stat_at,
    .stat_fd = real_stat_fd,
    .read = ::read,
    .read_at = ::pread,
    .get_dents = real_get_dents,
    .read_link_at = ::readlinkat,
    .list_xattr_fd = ::flistxattr,
    .get_xattr_fd = ::fgetxattr,
    .list_xattr_path = ::llistxattr,
    .get_xattr_path = ::lgetxattr,
};

}  // namespace drydock
