// Plans for stores made by hand.
#pragma once

#include "repair/planner.hpp"
#include "tests/unit/validators/store_model.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace drydock::test {

struct PlanRequest {
    RepairPolicy policy{};
    Clues clues{};
    Level level = Level::metadata;
    std::vector<std::string> kept{};
    std::function<void(StoreReport&)> edit{};    // what the content would have said
    std::function<bool(const Finding&)> only{};  // what the user asks for; everything where it is not set
};

inline Plan plan_for(const StoreModel& store, const PlanRequest& request = {}) {
    const StoreGraph graph(store.inventory);
    StoreReport report = validate_metadata(graph);
    if (request.edit) request.edit(report);
    const std::vector<Finding> all = report.findings;
    if (request.only) {
        std::erase_if(report.findings, [&](const Finding& finding) { return !request.only(finding); });
    }
    return make_plan(
        {.graph = graph,
         .report = report,
         .all = all,
         .level = request.level,
         .clues = request.clues,
         .kept = request.kept},
        request.policy
    );
}

inline const Change* find_change(const Plan& plan, const std::string& path) {
    const auto found = std::ranges::find(plan.changes, path, &Change::path);
    return found == plan.changes.end() ? nullptr : &*found;
}

// The text that a plan writes to a file; "(none)" where it does not, "(set aside)" where it moves it.
inline std::string written(const Plan& plan, const std::string& path) {
    const Change* change = find_change(plan, path);
    if (change == nullptr) return "(none)";
    return change->put ? change->put->text : "(set aside)";
}

inline std::set<std::string> set_aside(const Plan& plan) {
    std::set<std::string> result;
    for (const Change& change : plan.changes) {
        if (!change.put) result.insert(change.path);
    }
    return result;
}

inline std::string refusal(const Plan& plan, std::string_view code) {
    for (const PlanRefusal& refused : plan.refused) {
        if (describe(refused.damage).code == code) return refused.reason;
    }
    return "";
}

inline std::string record_path(const ChainId& chain, const std::string& file = {}) {
    return "image/overlay2/layerdb/sha256/" + chain.hex() + (file.empty() ? "" : "/" + file);
}

inline std::string config_path(const ImageId& image) {
    return "image/overlay2/imagedb/content/sha256/" + image.hex();
}

inline const std::string kTagsPath = "image/overlay2/repositories.json";

}  // namespace drydock::test
