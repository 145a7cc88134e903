// Keeps daemons and other drydocks out while the store is changed.
#pragma once

#include "platform/dir.hpp"
#include "platform/unique_fd.hpp"
#include "scanner/scan.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace drydock {

// The root is in use: by a daemon, by another drydock, or somebody who holds a database open.
class StoreBusy : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Throws StoreBusy with one line that says who, and what to type. Looks only.
void require_no_daemon(const ReadDir& root, const std::vector<StoreLocation>& stores);

enum class LockScope : bool {
    all,       // daemons and other drydocks
    drydocks,  // for what no daemon ever looks at
};

// Held from consent until the store is whole again.
class StoreLocks {
public:
    // Takes all at once, or throws StoreBusy or OsError and holds none.
    StoreLocks(
        const ReadDir& root, const std::vector<StoreLocation>& stores, LockScope scope = LockScope::all
    );
    ~StoreLocks();
    StoreLocks(const StoreLocks&) = delete;
    StoreLocks& operator=(const StoreLocks&) = delete;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace drydock
