// From findings to a plan: what is rebuilt, from which witness; what is set aside; what stays, and why.
// A pure function: the same store and policy give the same plan.
#pragma once

#include "model/plan.hpp"
#include "repair/witnesses/clues.hpp"
#include "validators/store_graph.hpp"

#include <string>
#include <vector>

namespace drydock {

// One store that was checked. A finding that is undetermined, or filtered out by the user, is not acted on:
// `report` holds what is to be planned for, at the level it was checked at.
struct PlannedStore {
    const StoreGraph& graph;
    const StoreReport& report;
    Level level = Level::content;
    const Clues& clues;
    // Driver directories that transactions keep (RecordedTransaction::keeps): never reclaimed.
    std::vector<std::string> kept{};
};

[[nodiscard]] Plan make_plan(const PlannedStore& store, const RepairPolicy& policy);

// Of several stores below one root.
[[nodiscard]] Plan join_plans(std::vector<Plan> plans);

}  // namespace drydock
