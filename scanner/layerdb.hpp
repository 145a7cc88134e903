// image/<driver>/layerdb: layer records (sha256/), mount records (mounts/), records that were being made
// (tmp/) or removed (<chain>-...-removing), and what is none of these. Only file names and one-line
// files are read; of tar-split.json.gz only the size. Format: moby layer/filestore.go.
#pragma once

#include "model/inventory.hpp"
#include "platform/dir.hpp"
#include "scanner/look.hpp"

namespace drydock {

// Fills layerdb, mounts, not_a_folder, layers, removing, mount_records, write_sets and
// layerdb_strays. `image` is
// image/<driver>; inventory.image_root must be set.
void scan_layerdb(const ReadDir& image, const Workers& workers, Inventory& inventory);

}  // namespace drydock
