// Which driver directories are part of a mounted overlay, in any process: changing them would change what a
// running container sees, in ways that overlayfs leaves open.
#pragma once

#include "model/inventory.hpp"

#include <map>
#include <string>

namespace drydock {

// By name of the driver directory: where it is mounted, as the first process that was asked sees it. A
// store's names are random enough to tell it from others without looking where the paths lead. Processes that
// cannot be asked are left out; without /proc nothing is in use. Throws OsError where /proc is there and
// unreadable.
using DirectoriesInUse = std::map<std::string, std::string>;

[[nodiscard]] DirectoriesInUse find_directories_in_use(const Inventory& inventory);

}  // namespace drydock
