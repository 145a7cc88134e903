// Which layers stand on which, downwards: StoreGraph tells parents, this tells children.
#pragma once

#include "validators/store_graph.hpp"

#include <map>
#include <vector>

namespace drydock {

class Family {
public:
    explicit Family(const StoreGraph& graph);

    // `chain` first, then every record whose place above it is proven. Each has one parent, so none twice.
    [[nodiscard]] std::vector<ChainId> with_descendants(const ChainId& chain) const;

private:
    std::map<ChainId, std::vector<ChainId>> children_;
};

}  // namespace drydock
