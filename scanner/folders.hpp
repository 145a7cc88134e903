// The names of the folders that a store stands on, for open_store and scan_store alike.
#pragma once

#include "scanner/scan.hpp"

#include <string>

namespace drydock {

struct StorePaths {
    std::string image;       // "image/overlay2"
    std::string driver;      // "overlay2"
    std::string containers;  // "containers"
};

// All from ROOT, with the store's own folder in front.
[[nodiscard]] StorePaths paths_of(const StoreLocation& store);

// A top folder that may be a link or a mount: open, not there, or there and of no use.
struct TopFolder {
    std::optional<ReadDir> dir;
    bool not_a_folder = false;  // of another type, or a link that may not be followed or leads nowhere
    int error = 0;
};

// Links are followed if root or the user `owner` owns them.
[[nodiscard]] TopFolder open_top_folder(const ReadDir& parent, const std::string& name, std::uint32_t owner);

}  // namespace drydock
