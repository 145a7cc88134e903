// What lies in a store, without judging it: images, layers, containers, driver directories, who uses what,
// how much room it takes, and what belongs to nobody. Text for people, "drydock.show.v1" for programs, a
// graph for Graphviz.
#pragma once

#include "model/inventory.hpp"
#include "model/run_report.hpp"
#include "report/text_writer.hpp"

#include <cstdint>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

namespace drydock {

// What was asked for: only these things and all that belongs to them are shown.
struct ShowSeeds {
    std::set<ImageId> images;
    std::set<ChainId> layers;
    std::set<std::string> containers;   // ids
    std::set<std::string> directories;  // names

    [[nodiscard]] bool empty() const {
        return images.empty() && layers.empty() && containers.empty() && directories.empty();
    }

    void merge(ShowSeeds other) {
        images.merge(other.images);
        layers.merge(other.layers);
        containers.merge(other.containers);
        directories.merge(other.directories);
    }
};

struct ShownStore {
    const Inventory& inventory;
    const StoreReport& report;                            // of a check of its records
    const std::map<std::string, std::uint64_t>& written;  // bytes below directories of containers, by name
    const ShowSeeds* seeds = nullptr;                     // nullptr: everything
};

void write_show_text(const std::vector<ShownStore>& stores, std::ostream& out, const TextStyle& style);
void write_show_json(const std::string& root, const std::vector<ShownStore>& stores, std::ostream& out);
void write_show_dot(const std::vector<ShownStore>& stores, std::ostream& out);

}  // namespace drydock
