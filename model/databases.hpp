// The bolt databases of a data root, and what BuildKit's say of layers and driver directories.
#pragma once

#include "model/ids.hpp"
#include "model/seen.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace drydock {

enum class DatabaseRole : std::uint8_t {
    snapshots,       // buildkit/snapshots.db
    leases,          // buildkit/containerdmeta.db
    cache_metadata,  // buildkit/metadata_v2.db
    solver_cache,    // buildkit/cache.db
    history,         // buildkit/history.db
    volumes,         // volumes/metadata.db
    networks,        // network/files/local-kv.db
    containerd,      // containerd/daemon/io.containerd.metadata.v1.bolt/meta.db
};

// One that is there. `present`: every page is in order. `empty`: no bytes, of which dockerd makes a new
// database. `malformed`: `actual` says in a line what is wrong.
struct DatabaseRecord {
    DatabaseRole role = DatabaseRole::snapshots;
    std::string path;  // from ROOT
    Seen<bool> sight;
    bool stops_daemon = true;  // malformed: what is wrong is read by dockerd when it starts
};

// A top-level bucket of snapshots.db (moby builder/builder-next/adapters/snapshot/snapshot.go).
struct BuilderSnapshot {
    std::string key;               // 25 characters [0-9a-z], or "sha256:<chain>"
    std::string parent;            // the key below, as `key`; "" for none
    std::string committed;         // the active snapshot that became this one: a driver directory; or ""
    bool is_committed = false;     // an active snapshot that became another one
    std::optional<ChainId> chain;  // the layer that it was registered as
};

// A record of the build cache: bucket _main/<id> of metadata_v2.db.
struct BuilderCacheRecord {
    std::string id;
    std::string snapshot;  // the key of its snapshot: cache.snapshot, else the id itself
    // Not so: marked as deleted, another record's (cache.equalMutable), or still to be made of a blob or
    // of other records.
    bool needs_snapshot = true;
};

// What lies in ROOT/buildkit. A database that is `absent` or `empty` holds nothing, which proves nothing
// where the driver's folder has directories of BuildKit's; one that is unreadable or malformed may hold
// anything.
struct Builder {
    bool folder_present = false;                   // ROOT/buildkit is there, or may be
    Seen<std::vector<BuilderSnapshot>> snapshots;  // sorted by key
    Seen<std::vector<std::string>> leased;         // snapshot keys that leases hold; sorted, no doubles
    Seen<std::vector<BuilderCacheRecord>> cache;   // sorted by id
};

}  // namespace drydock
