// containers/<id>/config.v2.json and hostconfig.json of every driver: who would be hurt by a damage, and
// whom a mount record belongs to. Nothing else of a container is read. Format: moby container/container.go.
#pragma once

#include "model/inventory.hpp"
#include "scanner/look.hpp"
#include "scanner/scan.hpp"

#include <string>

namespace drydock {

// Fills containers_folder, containers and other_drivers; folders.containers is open and `path` is its
// own, from ROOT.
void scan_containers(
    const StoreFolders& folders, const std::string& path, const Workers& workers, Inventory& inventory
);

}  // namespace drydock
