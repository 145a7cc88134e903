// Who uses what in one Inventory; private to `show`. Follows the records as they are: what a damaged
// record fails to say is not guessed.
#pragma once

#include "model/inventory.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace drydock {

struct ImageUse {
    std::vector<std::string> tags;
    std::vector<ChainId> layers;  // base first, whether or not a record exists; empty without a config
    std::uint64_t bytes = 0;      // by the layers' size records
};

struct LayerUse {
    std::vector<ImageId> images;
    std::vector<ChainId> children;
    std::vector<std::string> containers;  // whose mount record stands on it
};

struct DirectoryUse {
    std::string_view
        owner;       // "layer", "container", "container-init", "mount", "mount-init", "buildkit", "unknown"
    std::string id;  // chain id, container or mount record; "" where none
};

struct Usage {
    explicit Usage(const Inventory& inventory);

    std::map<ImageId, ImageUse> images;
    std::map<ChainId, LayerUse> layers;
    std::map<std::string, DirectoryUse> directories;
    std::uint64_t layer_bytes = 0;
};

// What the size record says; 0 where it is damaged.
[[nodiscard]] std::uint64_t recorded_size(const LayerRecord& layer);

[[nodiscard]] std::string_view sight_text(Sight sight);

}  // namespace drydock
