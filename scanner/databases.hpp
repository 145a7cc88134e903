// The bolt databases of a data root: buildkit/*.db, volumes/metadata.db, network/files/local-kv.db and
// that of the containerd which dockerd starts. Each is read and checked whole; of BuildKit's the records
// are kept that name layers and driver directories. Links are not followed, and no lock is taken: a
// database that changes under the reader is read once more and then called unreadable.
// Formats: moby builder/builder-next/adapters/snapshot/snapshot.go, containerd metadata/buckets.go,
// buildkit cache/metadata/metadata.go.
#pragma once

#include "model/inventory.hpp"
#include "platform/dir.hpp"

#include <stop_token>

namespace drydock {

// Fills `databases`, and `builder` but for folder_present. `root` is the store's own: ROOT or
// ROOT/<uid>.<gid>; inventory.store_path must be set.
// A folder on the way to one that cannot be opened, or is none, goes to `unreadable`. After a stop request
// what was not read yet is unreadable.
void scan_databases(const ReadDir& root, const std::stop_token& stop, Inventory& inventory);

}  // namespace drydock
