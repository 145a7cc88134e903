// Puts a layer's members on disk as dockerd 20.10 does for overlay2 with native diff (moby
// pkg/archive: Unpack, createTarFile, overlayWhiteoutConverter). Needs root, and trusts the members: no
// confinement, they come from our own descriptions. The order of owner, xattrs, mode, time matters:
// each of the first may undo one of the others.
#pragma once

#include "tests/support/tar_writer.hpp"

#include <string>
#include <vector>

namespace drydock {

// `folder` exists. Throws std::runtime_error.
void unpack_layer(const std::string& folder, const std::vector<TarItem>& items);

}  // namespace drydock
