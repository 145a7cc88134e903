// image/<driver>/imagedb, repositories.json and distribution/: images, tags, and the pull cache.
// Formats: moby image/fs.go, image/store.go, reference/store.go, distribution/metadata/. A config is
// judged by its hash first: bytes that do not hash to the name are never parsed.
#pragma once

#include "model/inventory.hpp"
#include "platform/dir.hpp"
#include "scanner/look.hpp"

namespace drydock {

// Fills images and image_temporaries.
void scan_imagedb(const ReadDir& image, const Workers& workers, Inventory& inventory);

// Fills repositories.
void scan_repositories(const ReadDir& image, Inventory& inventory);

// Fills distribution.
void scan_distribution(const ReadDir& image, const Workers& workers, Inventory& inventory);

}  // namespace drydock
