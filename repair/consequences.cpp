#include "repair/consequences.hpp"

#include "repair/tops.hpp"

#include <algorithm>

namespace drydock {

namespace {

bool has_step(const Plan& plan, Damage damage) {
    return std::ranges::any_of(plan.steps, [&](const PlanStep& step) { return step.damage == damage; });
}

}  // namespace

bool is_consequence(const Plan& plan, const StoreReport& after, const Finding& finding) {
    const std::string& id = finding.subject.id;
    // A hidden container, whose image is what told its layer.
    if (finding.damage == Damage::mount_parent_dangling) {
        return std::ranges::count(plan.hidden, id, &HiddenContainer::id) > 0;
    }
    // Nothing is left of all that the object in the place of a folder had hidden.
    if (has_step(plan, Damage::layerdb_not_a_folder)) return true;
    // No layer is left, or the containers that the user gave up have left their directories.
    return finding.damage == Damage::owner_missing &&
           (after.layers == 0 || has_step(plan, Damage::owner_missing));
}

bool is_about_removed(const Plan& plan, const Finding& finding) {
    if (finding.subject.kind != SubjectKind::container) return false;
    return std::ranges::any_of(plan.changes, [&](const Change& change) {
        return !change.put && last_name(change.path) == finding.subject.id &&
               last_name(parent_path(change.path)) == "containers";
    });
}

}  // namespace drydock
