// What a daemon that was killed leaves beside the records: downloads and build contexts in tmp/, files
// that were not yet renamed into place, folders in which a driver tried what the file system can do.
#pragma once

#include "model/inventory.hpp"
#include "scanner/scan.hpp"

#include <string_view>

namespace drydock {

// A folder that dockerd makes in the driver's folder to find out what the file system can do, and removes
// at once (moby daemon/graphdriver/overlayutils, overlay2/check.go).
[[nodiscard]] bool is_probe_name(std::string_view name);

// Adds to `temporaries`: entries of tmp/, tmp-old, probe folders beside the driver's folder, .tmp-* in
// image/<driver>, the folders of containers and driver directories. Sorts all of them. To be called when
// containers and directories are read.
void scan_temporaries(const StoreFolders& folders, Inventory& inventory);

}  // namespace drydock
