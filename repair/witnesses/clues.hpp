// What the planner needs to know and no scan has read: sums over layers, texts of damaged records. Gathered
// for the findings at hand only, read-only; how each becomes a proof stands in the files beside this one.
#pragma once

#include "model/ids.hpp"
#include "model/run_report.hpp"
#include "repair/in_use.hpp"
#include "scanner/scan.hpp"
#include "validators/store_graph.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

namespace drydock {

struct Clues {
    std::map<ChainId, std::int64_t> sizes;         // as the daemon computes `size`
    std::optional<std::string> repositories_text;  // what repositories.json holds, however damaged
    DirectoriesInUse in_use;
};

// Throws OsError where something cannot be read: then nothing may be planned.
[[nodiscard]] Clues gather_clues(
    const StoreFolders& folders,
    const StoreGraph& graph,
    const StoreReport& report,
    const std::stop_token& stop
);

}  // namespace drydock
