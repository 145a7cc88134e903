// From findings to a plan: what is rebuilt, from which witness; what is set aside; what stays, and why.
// A pure function: the same store and policy give the same plan.
#pragma once

#include "model/plan.hpp"
#include "repair/witnesses/clues.hpp"
#include "validators/store_graph.hpp"

#include <string>
#include <vector>

namespace drydock {

// One store that was checked. `report` holds what is to be planned for: what the user filtered out is not in
// it. `all` are the findings without a filter: what could not be read, or is proven to be another's, stands
// in the way of a plan whether the user asked for it or not.
struct PlannedStore {
    const StoreGraph& graph;
    const StoreReport& report;
    const std::vector<Finding>& all;
    Level level = Level::content;
    const Clues& clues;
    // Driver directories that transactions keep (RecordedTransaction::keeps): never reclaimed.
    std::vector<std::string> kept{};
};

[[nodiscard]] Plan make_plan(const PlannedStore& store, const RepairPolicy& policy);

// Of several stores below one root.
[[nodiscard]] Plan join_plans(std::vector<Plan> plans);

}  // namespace drydock
