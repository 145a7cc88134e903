// The folder of the overlay2 driver: one directory a layer, and l/ with the short links. Names, types
// and the two small files `link` and `lower` only; what lies below `diff` is not looked at.
// Format: moby daemon/graphdriver/overlay2/overlay.go.
#pragma once

#include "model/inventory.hpp"
#include "platform/dir.hpp"
#include "scanner/look.hpp"

namespace drydock {

// Fills driver_folder, directories, short_links and has_short_link_folder; adds probe folders to temporaries.
void scan_overlay2(const ReadDir& driver, const Workers& workers, Inventory& inventory);

}  // namespace drydock
