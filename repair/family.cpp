#include "repair/family.hpp"

namespace drydock {

Family::Family(const StoreGraph& graph) {
    const Inventory& inventory = graph.inventory();
    for (std::size_t i = 0; i < inventory.layers.size(); ++i) {
        const LayerTruth& truth = graph.truth(i);
        if (truth.known && truth.parent) children_[*truth.parent].push_back(inventory.layers[i].chain);
    }
}

std::vector<ChainId> Family::with_descendants(const ChainId& chain) const {
    // A proven parent is a hash pre-image, so this cannot run in a circle.
    std::vector<ChainId> result{chain};
    for (std::size_t at = 0; at < result.size(); ++at) {
        const auto found = children_.find(result[at]);
        if (found == children_.end()) continue;
        result.insert(result.end(), found->second.begin(), found->second.end());
    }
    return result;
}

}  // namespace drydock
