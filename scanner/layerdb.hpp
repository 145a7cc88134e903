// image/<driver>/layerdb: layer records (sha256/), mount records (mounts/) and what belongs to neither.
// Only file names and one-line files are read; of tar-split.json.gz only the size. Format: moby
// layer/filestore.go. `tmp/` and folders named <chain>-...-removing are left alone here.
#pragma once

#include "model/inventory.hpp"
#include "platform/dir.hpp"
#include "scanner/look.hpp"

namespace drydock {

// Fills layerdb, mounts, not_a_folder, layers, mount_records and layerdb_strays. `image` is
// image/<driver>; inventory.image_root must be set.
void scan_layerdb(const ReadDir& image, const Workers& workers, Inventory& inventory);

}  // namespace drydock
