// How platform opens and names things; for platform's own files only. Every call that EINTR may end is
// made through uninterrupted(), every name through check_component() before the kernel sees it.
#pragma once

#include "platform/dir.hpp"
#include "platform/os_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

namespace drydock {

template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) {
        result = call();
    }
    return result;
}

inline constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
// O_NONBLOCK: what became a fifo after it was looked at must not stop the program.
inline constexpr int kFileFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;

// `open(flags)` with O_NOATIME, which only the owner of a file and root may use, else without.
template <class Open>
UniqueFd open_noatime(int flags, Open open) {
    int fd = uninterrupted([&] { return open(flags | O_NOATIME); });
    if (fd < 0 && errno == EPERM) {
        fd = uninterrupted([&] { return open(flags); });
    }
    return UniqueFd(fd);
}

// Why a name is not one component, as an errno, or 0: ENOENT for names that no file can have, EXDEV for
// "..", EINVAL (which is no absence: the caller is wrong) for a path.
[[nodiscard]] int component_error(const std::string& name);

// Throws the above as OsError.
void check_component(const ReadDir& dir, const char* operation, const std::string& name);

// "dir/name", for messages.
[[nodiscard]] std::string path_in(const ReadDir& dir, const std::string& name);

[[nodiscard]] FileStat to_file_stat(const struct stat& from);

}  // namespace drydock
