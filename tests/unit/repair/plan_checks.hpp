// What must hold of every plan.
#pragma once

#include "model/plan.hpp"
#include "tests/unit/repair/planning_model.hpp"

#include <set>
#include <string>
#include <vector>

namespace drydock::test {

inline std::string describe_plan(const Plan& plan) {
    std::string text;
    for (const PlanStep& step : plan.steps) {
        text += std::string(to_text(step.action)) + " " + std::string(describe(step.damage).code) + " " +
                step.subject.id + " " + step.path + " " + step.witness.value_or("-") + " " +
                step.loss.value_or("-") + "\n";
    }
    for (const PlanRefusal& refused : plan.refused) {
        text += "refused " + std::string(describe(refused.damage).code) + " " + refused.subject.id + " " +
                refused.path + ": " + refused.reason + "\n";
    }
    for (const Change& change : plan.changes) {
        text += (change.put ? "put " + change.put->text : std::string("move")) + " " + change.path + "\n";
    }
    return text;
}

// Of each rule that a plan breaks one line.
inline std::vector<std::string> broken_rules(const Plan& plan, const StoreReport& report) {
    std::vector<std::string> result;
    std::set<std::string> paths;
    for (const Change& change : plan.changes) {
        if (!paths.insert(change.path).second) result.push_back("two changes of " + change.path);
        if (change.path.empty() || change.path.starts_with('/')) result.push_back("a path: " + change.path);
    }
    for (const std::string& path : paths) {
        const auto below = paths.lower_bound(path + "/");
        if (below != paths.end() && below->starts_with(path + "/")) {
            result.push_back(*below + " lies in " + path);
        }
    }
    std::set<std::string> told;
    std::set<std::pair<Damage, Subject>> answered;
    std::set<Damage> planned;
    for (const PlanStep& step : plan.steps) {
        told.insert(step.path);
        answered.insert({step.damage, step.subject});
        planned.insert(step.damage);
        if (!paths.contains(step.path)) result.push_back("no change for the step at " + step.path);
    }
    if (told.size() != paths.size()) result.push_back("a change that no step tells of");
    for (const PlanRefusal& refused : plan.refused) {
        answered.insert({refused.damage, refused.subject});
        if (refused.reason.empty()) result.push_back("a refusal without a reason");
    }
    for (const Finding& finding : report.findings) {
        // These may be mended at other subjects alone: what stands on an absent record, the tags of an image.
        const bool elsewhere = finding.damage == Damage::layer_record_missing ||
                               finding.damage == Damage::image_config_missing ||
                               finding.damage == Damage::driver_folder_missing ||
                               finding.damage == Damage::owner_missing;
        const bool done = answered.contains({finding.damage, finding.subject}) ||
                          (elsewhere && planned.contains(finding.damage));
        if (!done) result.push_back("no answer to " + code_of(finding) + " of " + finding.subject.id);
    }
    return result;
}

}  // namespace drydock::test
