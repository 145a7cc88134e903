// A process that keeps a file locked, as a daemon keeps its databases.
#pragma once

#include <sys/types.h>

#include <string>

namespace drydock {

// Starts now, holds an exclusive flock(2) until it is destroyed.
class LockHolder {
public:
    explicit LockHolder(const std::string& path);
    ~LockHolder();
    LockHolder(const LockHolder&) = delete;
    LockHolder& operator=(const LockHolder&) = delete;

private:
    pid_t pid_;
};

}  // namespace drydock
