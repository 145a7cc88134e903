// Extended attributes. There is no call that takes a directory and a name, so a name is reached through
// /proc/self/fd; without /proc, a thread with a current directory of its own reaches it. The object
// itself is asked, never the target of a link, and it is not opened.
#include "platform/dir.hpp"
#include "platform/open.hpp"
#include "platform/sys.hpp"

#include <linux/limits.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <thread>

namespace drydock {

namespace {

// Most files have no attribute, most others a short one.
constexpr std::size_t kUsualBytes = 1024;

// The answer of `call(buffer, size)`: first into a small buffer, then into one of `most` bytes, which is
// the kernel's own limit, so that a growing attribute cannot make it too small. -1 with errno as call.
template <class Call>
ssize_t fetch(std::string& out, std::size_t most, Call call) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled by the call
    std::array<char, kUsualBytes> small;
    const ssize_t size = uninterrupted([&] { return call(small.data(), small.size()); });
    if (size >= 0) {
        out.assign(small.data(), static_cast<std::size_t>(size));
        return size;
    }
    if (errno != ERANGE) return -1;
    out.resize(most);
    const ssize_t large = uninterrupted([&] { return call(out.data(), out.size()); });
    out.resize(large < 0 ? 0 : static_cast<std::size_t>(large));
    return large;
}

template <class List, class Get>
std::vector<Xattr> read_all(const std::string& path, List list, Get get) {
    std::vector<Xattr> result;
    std::string names;
    if (fetch(names, XATTR_LIST_MAX, list) < 0) {
        if (errno == ENOTSUP) return result;
        throw OsError(errno, "list attributes of", path);
    }
    for (std::size_t at = 0; at < names.size();) {
        Xattr attribute{.name = names.c_str() + at, .value = {}};
        at += attribute.name.size() + 1;
        const ssize_t size = fetch(attribute.value, XATTR_SIZE_MAX, [&](char* value, std::size_t room) {
            return get(attribute.name.c_str(), value, room);
        });
        if (size >= 0) {
            result.push_back(std::move(attribute));
        } else if (errno != ENODATA) {  // ENODATA: removed since the list was made
            throw OsError(errno, "read attribute of", path);
        }
    }
    std::ranges::sort(result, {}, &Xattr::name);
    return result;
}

std::vector<Xattr> read_by_fd(int fd, const std::string& path) {
    return read_all(
        path,
        [fd](char* list, std::size_t size) { return sys.list_xattr_fd(fd, list, size); },
        [fd](const char* name, char* value, std::size_t size) {
            return sys.get_xattr_fd(fd, name, value, size);
        }
    );
}

std::vector<Xattr> read_by_path(const std::string& way, const std::string& path) {
    return read_all(
        path,
        [&way](char* list, std::size_t size) { return sys.list_xattr_path(way.c_str(), list, size); },
        [&way](const char* name, char* value, std::size_t size) {
            return sys.get_xattr_path(way.c_str(), name, value, size);
        }
    );
}

bool proc_is_there() {
    struct stat found{};
    return uninterrupted([&] { return sys.stat_at(AT_FDCWD, "/proc/self/fd", &found, 0); }) == 0;
}

std::vector<Xattr> read_in_own_thread(const ReadDir& dir, const std::string& name) {
    std::vector<Xattr> result;
    std::exception_ptr failure;
    std::jthread([&] {
        try {
            if (::unshare(CLONE_FS) != 0 || ::fchdir(dir.fd()) != 0) {
                throw OsError(errno, "list attributes of", path_in(dir, name));
            }
            result = read_by_path("./" + name, path_in(dir, name));
        } catch (...) {
            failure = std::current_exception();
        }
    }).join();
    if (failure) std::rethrow_exception(failure);
    return result;
}

}  // namespace

std::vector<Xattr> ReadFile::xattrs() const {
    return read_by_fd(fd_.get(), "file");
}

std::vector<Xattr> ReadDir::xattrs(const std::string& name) const {
    if (name == ".") return read_by_fd(fd_.get(), path_);
    check_component(*this, "list attributes of", name);
    try {
        return read_by_path("/proc/self/fd/" + std::to_string(fd_.get()) + "/" + name, path_in(*this, name));
    } catch (const OsError& error) {
        // The object may be what is missing, or the way to it.
        if ((error.error() != ENOENT && error.error() != ENOTDIR) || proc_is_there()) throw;
    }
    return read_in_own_thread(*this, name);
}

}  // namespace drydock
