// Who uses what in one Inventory; private to `show`. Follows the records as they are: what a damaged
// record fails to say is not guessed, only taken from another record that says the same.
#pragma once

#include "model/inventory.hpp"
#include "model/run_report.hpp"

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
    std::uint64_t frees = 0;      // of these, what nobody else needs
};

struct LayerUse {
    std::vector<ImageId> images;
    std::vector<ChainId> children;
    std::vector<std::string> containers;  // that stand on it
    std::vector<std::string> above;       // containers that stand on it or on a layer above it
    std::vector<std::string> builders;    // keys of BuildKit's snapshots that are it or stand on it
    std::vector<std::string> built;       // the same, also of layers above it
};

struct DirectoryUse {
    std::string_view
        // "layer", "container", "container-init", "mount", "mount-init", "buildkit", "removing",
        // "write-set", "nobody" (proven), "unknown"
        owner;
    std::string id;  // chain id, container, mount or other record, BuildKit's key; "" where none
};

struct Usage {
    // `report` is what a check of the records said: it tells what belongs to nobody.
    Usage(const Inventory& inventory, const StoreReport& report);

    std::map<ImageId, ImageUse> images;
    std::map<ChainId, LayerUse> layers;
    std::map<std::string, DirectoryUse> directories;
    // What a mount record stands on, by its name; where `parent` is lost, as the container's image has it.
    std::map<std::string, ChainId> standing;
    std::uint64_t layer_bytes = 0;
    std::uint64_t containers = 0;    // of this driver
    std::uint64_t unused_bytes = 0;  // what could be freed
};

// A finding about what nobody uses: it lists what could be taken away.
[[nodiscard]] inline bool is_unused(const Finding& finding) {
    return !finding.evidence.takes.empty();
}

// The init directory of a mount record, as Docker names it; "" where `mount-id` is lost.
[[nodiscard]] std::string init_directory(const MountRecord& mount);

// What the size record says; 0 where it is damaged.
[[nodiscard]] std::uint64_t recorded_size(const LayerRecord& layer);

[[nodiscard]] std::string_view sight_text(Sight sight);

}  // namespace drydock
