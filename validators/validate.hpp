// All validators over one store, and what they found as a report that needs no more looking up. The
// inventory does not change from here on, and nothing below this line can write.
#pragma once

#include "model/inventory.hpp"
#include "model/progress.hpp"
#include "model/run_report.hpp"
#include "validators/layer_content.hpp"
#include "validators/store_graph.hpp"

#include <stop_token>

namespace drydock {

// The metadata pass: findings sorted, victims, losses and verdict set.
[[nodiscard]] StoreReport validate_metadata(const StoreGraph& graph);

// Sorts the findings and sets all that follows from them: victims, losses, verdict. To be called by
// whoever changes findings afterwards.
void settle(const StoreGraph& graph, StoreReport& report);

struct ContentOptions {
    unsigned jobs = 1;
    std::stop_token stop;
    ProgressCounters& progress;
};

// Whether there is content to check: records and a driver's folder that hold each other up.
[[nodiscard]] bool has_content(const StoreGraph& graph);

// The content pass over a report of validate_metadata: adds findings, refines those that needed the
// content, and sets everything anew. False when it was stopped before its end.
[[nodiscard]] bool validate_content(
    const StoreGraph& graph, const StoreAccess& access, const ContentOptions& options, StoreReport& report
);

}  // namespace drydock
