// The metadata validators: each looks at one kind of record, compares it with what the store graph has
// proven, and appends findings. They read no disk and decide nothing about repair but whether a proof
// exists. A damage is reported at its root only: what merely stands on it becomes a victim.
#pragma once

#include "model/finding.hpp"
#include "validators/store_graph.hpp"

#include <vector>

namespace drydock {

class Ownership;

using Findings = std::vector<Finding>;

// Whether the folders that everything stands on are there. What an absent owner might own is not
// judged: the fields tell the other validators what to leave alone.
struct StoreFoundation {
    bool layers_known = true;       // layerdb is there (or nothing needs it)
    bool directories_known = true;  // the driver's folder is there
    bool containers_known = true;   // containers/ is there, or no mount record needs it
    bool images_known = true;       // imagedb could be listed: an image without a record is absent
    bool short_links_known = true;  // so could l/
    bool builder_known = true;      // BuildKit's records could be read, or it was never used
};

[[nodiscard]] StoreFoundation check_foundation(const StoreGraph& graph, Findings& findings);

// layerdb/sha256/*
void check_layer_records(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings);
// chains: cycles, records that others stand on and that are absent
void check_layer_chains(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings);
// imagedb
void check_images(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings);
// repositories.json and distribution
void check_references(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings);
// the driver's folder: directories, link, l/, lower
void check_driver_directories(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings);
// layerdb/mounts and what containers need of it
void check_mounts(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings);
// What nobody uses: layer and mount records, driver directories, short links. To be called when all else
// is found: a record that is damaged keeps what it stands on.
void check_orphans(
    const StoreGraph& graph, const Ownership& ownership, const StoreFoundation& foundation, Findings& findings
);
// What killed daemons and removals that did not end left behind
void check_leftovers(const StoreGraph& graph, const Ownership& ownership, Findings& findings);

// Adds to what a finding takes: a driver directory that is there, and the short links that lead to it.
void take_directory(const StoreGraph& graph, std::string_view directory, Evidence& evidence);
// containers/<id>: config.v2.json and hostconfig.json
void check_containers(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings);
// Last: the findings with which dockerd does not list a container say where its own files lie.
void tell_writable_data(const Inventory& inventory, Findings& findings);
// the bolt databases, and BuildKit's cache records
void check_databases(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings);

// A file or folder that could not be read: undetermined, never damage.
[[nodiscard]] Finding make_unreadable(Subject subject, std::string path, int error, std::string detail = {});

[[nodiscard]] inline Subject layer_subject(const ChainId& chain) {
    return {.kind = SubjectKind::layer, .id = chain.text()};
}

[[nodiscard]] Subject store_subject(const Inventory& inventory);

}  // namespace drydock
