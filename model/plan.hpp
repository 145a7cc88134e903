// What a repair would do, as data: made by the planner, shown to people, carried out by the transaction.
#pragma once

#include "model/finding.hpp"
#include "model/run_report.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace drydock {

// Something that is to stand at a path. What it replaces gives it owner, mode and security label. Where
// nothing is replaced the folder gives the owner, and `mode` holds.
struct NewObject {
    enum class Kind : std::uint8_t { file, link, folder };

    Kind kind = Kind::file;
    std::string text{};                                        // file: its bytes; link: its target
    std::uint32_t mode = 0600;                                 // permission bits; not of a link
    std::vector<std::pair<std::string, NewObject>> entries{};  // of a folder, by name

    bool operator==(const NewObject&) const = default;
};

// One change of the store. Changes of a plan have distinct paths, none below another's.
struct Change {
    std::string path;                // from ROOT
    std::optional<NewObject> put{};  // nullopt: what is there is set aside, with all below it
};

enum class PlanAction : std::uint8_t {
    write,      // a file, link or folder is made or replaced
    set_aside,  // moved into ROOT/drydock, kept until it is forgotten
    remove,     // the same with what is proven to belong to nobody (--reclaim)
};

[[nodiscard]] std::string_view to_text(PlanAction action);  // "set-aside"

// What the plan does about one finding, or because of one (a layer record that goes with the one below it).
struct PlanStep {
    std::string store;   // "." or a folder below ROOT
    std::string driver;  // "" where none applies
    PlanAction action = PlanAction::write;
    Damage damage{};
    Subject subject;
    std::string path;  // from ROOT: what is written or moved
    RepairClass repair = RepairClass::rebuild;
    std::optional<std::string> witness{};
    std::optional<std::string> loss{};  // what is no longer to be had afterwards, in a line
    std::optional<std::uint64_t> frees{};
};

// A finding that stays, and why.
struct PlanRefusal {
    std::string store;
    std::string driver;
    Damage damage{};
    Subject subject;
    std::string path;
    std::string reason;
};

// A container whose layers are set aside: dockerd does not list it until its image is there again.
struct HiddenContainer {
    std::string id;
    std::string name;
    std::string writable_path;  // from ROOT, "" where it is not known
};

struct Plan {
    std::vector<PlanStep> steps;       // sorted by store, driver, subject, code, path
    std::vector<PlanRefusal> refused;  // sorted likewise
    std::vector<Change> changes;       // in the order in which they are to be made
    std::vector<ImageLoss> repull;     // images that are set aside, a registry being known
    std::vector<ImageLoss> lost;       // those of which none is
    std::vector<HiddenContainer> hidden;
    // Driver directories that records set aside by this plan name: nobody's orphans until it is forgotten.
    std::vector<std::string> keeps;  // names, sorted

    [[nodiscard]] bool empty() const noexcept { return changes.empty(); }
};

// What the user allows.
struct RepairPolicy {
    bool unattended = false;  // -p: see interface
    bool reclaim = false;
    bool evict_damaged = false;
    bool accept_empty_driver = false;
    bool accept_database_loss = false;                 // volumes and networks
    std::vector<std::string> accept_missing_owners{};  // containers, layerdb, buildkit
};

}  // namespace drydock
