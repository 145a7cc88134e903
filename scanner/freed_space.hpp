// How much room it would free to take objects away: blocks of the inodes whose every name lies below them,
// without what other files share. Reads attributes only.
#pragma once

#include "model/inventory.hpp"
#include "scanner/scan.hpp"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace drydock {

// Bytes. `paths` are from ROOT; what is not there frees nothing, what lies on another mount neither. nullopt
// where something could not be looked at, or after a stop request.
[[nodiscard]] std::optional<std::uint64_t> measure_freed_space(
    const StoreFolders& folders,
    const Inventory& inventory,
    const std::vector<std::string>& paths,
    const std::stop_token& stop
);

}  // namespace drydock
