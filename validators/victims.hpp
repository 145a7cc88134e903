// Whom a damage hurts, transitively: every image whose chain holds the layer, the tags of those images,
// the containers that stand on it. It follows the undamaged truth: an image config that survives tells
// its chain even where the records do not.
#pragma once

#include "model/finding.hpp"
#include "model/run_report.hpp"
#include "validators/store_graph.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace drydock {

class VictimIndex {
public:
    explicit VictimIndex(const StoreGraph& graph);

    [[nodiscard]] SharedVictims of(const Finding& finding);

private:
    void add_container(std::size_t index);
    [[nodiscard]] Victims find(const Finding& finding) const;
    [[nodiscard]] Victims of_layer(const std::string& id) const;
    [[nodiscard]] Victims of_image(const std::string& id) const;
    [[nodiscard]] Victims of_store() const;

    const StoreGraph& graph_;
    std::map<std::string, std::vector<std::string>> images_of_layer_;
    std::map<std::string, std::vector<std::string>> containers_of_layer_;
    std::map<std::string, std::vector<std::string>> tags_of_image_;
    std::map<Subject, SharedVictims> shared_;
};

// Images that `findings` leave unusable although no proof brings them back: those of which a registry is
// known, and those of which none is.
struct Losses {
    std::vector<ImageLoss> repull;
    std::vector<ImageLoss> lost;
};

// Sorts images (by id as text) into the two.
[[nodiscard]] Losses sort_losses(const StoreGraph& graph, const std::set<std::string>& images);

[[nodiscard]] Losses find_losses(const StoreGraph& graph, const StoreReport& report);

}  // namespace drydock
