#include "platform/file_lock.hpp"

#include "platform/open.hpp"

#include <sys/file.h>

namespace drydock {

namespace {

bool try_lock_fd(int fd, const std::string& name) {
    if (uninterrupted([fd] { return ::flock(fd, LOCK_EX | LOCK_NB); }) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    throw OsError(errno, "lock", name);
}

}  // namespace

bool try_lock(const ReadDir& dir) {
    return try_lock_fd(dir.fd(), dir.path());
}

bool try_lock(const ReadFile& file) {
    return try_lock_fd(file.fd(), "a database");
}

}  // namespace drydock
