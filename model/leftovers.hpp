// What daemons leave behind when they are killed, or began to remove: no image, container or builder
// uses any of it.
#pragma once

#include "model/ids.hpp"
#include "model/seen.hpp"

#include <cstdint>
#include <string>

namespace drydock {

// layerdb/tmp/write-set-<n>, up to 1.12 layer-<n>: a layer record that was not yet renamed into place.
struct WriteSet {
    std::string name;
    Seen<DiffId> diff;
    Seen<std::string> cache_id;
    Seen<std::int64_t> size;
    Seen<ChainId> parent;
    Seen<std::int64_t> tar_split;  // as LayerRecord's
};

// layerdb/sha256/<chain>-<64 hex>-removing: a layer whose removal began. dockerd removes the directory
// that `cache-id` names when it is next stopped, whoever uses it.
struct RemovingRecord {
    std::string name;
    ChainId chain;
    Seen<std::string> cache_id;
};

}  // namespace drydock
