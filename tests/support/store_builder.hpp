// Writes a whole overlay2 data root as dockerd 20.10 leaves it behind: layer records, images, tags,
// distribution records, driver directories with their content, containers. Needs root (device nodes,
// owners, trusted xattrs). What a daemon draws at random (cache ids, links, container ids) comes from
// a seed: the same seed gives the same names. Layout: moby layer/filestore.go, image/fs.go,
// daemon/graphdriver/overlay2/overlay.go.
#pragma once

#include "tests/support/images.hpp"

#include <string>

namespace drydock {

// `root` is created, or is an empty folder. Throws std::runtime_error.
void build_store(const std::string& root, const ImageSet& set, const std::string& seed = "seed");

// Adds one image without a tag to a store that is there.
void add_image(const std::string& root, const SampleImage& image);

// A store of `layers` layers that hold nothing, in chains of at most 100, with one image for each
// chain: for measuring and for limits, where content does not matter.
void build_metadata_only_store(const std::string& root, std::size_t layers);

}  // namespace drydock
