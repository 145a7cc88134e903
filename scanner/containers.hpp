// containers/<id>/config.v2.json of every driver: who would be hurt by a damage, and whom a mount
// record belongs to. Nothing else of a container is read. Format: moby container/container.go.
#pragma once

#include "model/inventory.hpp"
#include "platform/dir.hpp"
#include "scanner/look.hpp"

#include <string>

namespace drydock {

// Fills containers_folder and containers; `path` is the folder's, from ROOT.
void scan_containers(
    const ReadDir& folder, const std::string& path, const Workers& workers, Inventory& inventory
);

}  // namespace drydock
