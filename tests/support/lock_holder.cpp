#include "tests/support/lock_holder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

namespace drydock {

LockHolder::LockHolder(const std::string& path) : pid_(::fork()) {
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) {
        const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (fd >= 0 && ::flock(fd, LOCK_EX) == 0) ::pause();
        ::_exit(1);
    }
    // It has the lock once nobody else can take it.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    while (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
        ::flock(fd, LOCK_UN);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ::close(fd);
}

LockHolder::~LockHolder() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

}  // namespace drydock
