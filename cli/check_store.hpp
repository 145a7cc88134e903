// One store through the two passes of a check. Between them the inventory does not change.
#pragma once

#include "model/inventory.hpp"
#include "model/progress.hpp"
#include "model/run_report.hpp"
#include "scanner/scan.hpp"
#include "validators/store_graph.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace drydock {

struct CheckedStore {
    StoreReport report;
    // Of a store that can be checked:
    std::optional<StoreFolders> folders;
    std::unique_ptr<const Inventory> inventory;
    std::unique_ptr<const StoreGraph> graph;  // refers to the inventory
};

// How a store is read.
struct StoreReading {
    unsigned jobs = 1;
    SetAside set_aside{};  // by transactions below this root
};

// Scan and metadata validators. A store of a kind that cannot be read gets its one finding.
[[nodiscard]] CheckedStore check_store_metadata(
    const ReadDir& root,
    const StoreLocation& location,
    const StoreReading& reading,
    const std::stop_token& stop
);
// The same with other folders than those that open_store finds.
[[nodiscard]] CheckedStore check_folders_metadata(
    StoreFolders folders,
    const StoreLocation& location,
    const StoreReading& reading,
    const std::stop_token& stop
);

// Bytes below the directories that containers write to, by name. What could not be counted is left out.
[[nodiscard]] std::map<std::string, std::uint64_t>
measure_containers(const CheckedStore& store, unsigned jobs, const std::stop_token& stop);

// Whether there are layers whose content can be looked at.
[[nodiscard]] bool has_content_to_check(const CheckedStore& store);

// What the content pass will read of this store, by the size records.
[[nodiscard]] std::uint64_t expected_content_bytes(const CheckedStore& store);

// Content validators: every byte and attribute of every layer. False when it was stopped before its end.
[[nodiscard]] bool check_store_content(
    CheckedStore& store, unsigned jobs, const std::stop_token& stop, ProgressCounters& progress
);

}  // namespace drydock
