// --image, --layer, --container and --directory of `show`: what was typed, and what of it one store knows.
#pragma once

#include "cli/command.hpp"
#include "model/inventory.hpp"
#include "report/show.hpp"

#include <set>
#include <string>
#include <vector>

namespace drydock {

struct ShowWanted {
    std::vector<std::string> images;
    std::vector<std::string> layers;
    std::vector<std::string> containers;
    std::vector<std::string> directories;

    [[nodiscard]] bool empty() const {
        return images.empty() && layers.empty() && containers.empty() && directories.empty();
    }
};

// --directory takes the options of an overlay mount, too: each path in them is one that was typed.
[[nodiscard]] ShowWanted read_show_wanted(const Arguments& arguments);

// Adds to `known` what this store knows.
[[nodiscard]] ShowSeeds
find_show_seeds(const ShowWanted& wanted, const Inventory& store, std::set<std::string>& known);

}  // namespace drydock
