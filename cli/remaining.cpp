#include "cli/remaining.hpp"

#include "repair/consequences.hpp"
#include "report/safe_text.hpp"
#include "validators/validate.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace drydock {

namespace {

using Key = std::tuple<Damage, Subject, std::string>;

Key key_of(const Finding& finding) {
    return {finding.damage, finding.subject, finding.path};
}

std::map<Key, const Finding*> by_key(const StoreReport& report) {
    std::map<Key, const Finding*> result;
    for (const Finding& finding : report.findings)
        result.emplace(key_of(finding), &finding);
    return result;
}

bool is_of(const StoreReport& store, const std::string& path, const std::string& driver) {
    return store.path == path && (driver.empty() || store.driver == driver);
}

bool lies_below(const std::string& path, const std::string& folder) {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

class Healed {
public:
    Healed(const StoreReport& store, const Plan& plan) {
        for (const PlanStep& step : plan.steps) {
            if (!is_of(store, step.store, step.driver)) continue;
            healed_.insert({step.damage, step.subject});
            if (step.action != PlanAction::write) gone_.push_back(step.path);
        }
        for (const PlanRefusal& refusal : plan.refused) {
            if (is_of(store, refusal.store, refusal.driver)) {
                refused_.insert({refusal.damage, refusal.subject, refusal.path});
            }
        }
    }

    [[nodiscard]] bool has(const Finding& finding) const {
        if (refused_.contains(key_of(finding))) return false;
        const bool gone = std::any_of(gone_.begin(), gone_.end(), [&](const std::string& folder) {
            return lies_below(finding.path, folder);
        });
        return gone || healed_.contains({finding.damage, finding.subject});
    }

private:
    std::set<std::pair<Damage, Subject>> healed_;
    std::set<Key> refused_;
    std::vector<std::string> gone_;
};

bool still_there(const Subject& subject, const Inventory& inventory) {
    if (subject.kind != SubjectKind::layer) return true;
    const auto chain = ChainId::from_text(subject.id);
    return !chain || inventory.find_layer(*chain) != nullptr;
}

auto row_of(const PlanStep& step) {
    return std::tie(step.store, step.driver, step.action, step.damage, step.subject, step.path, step.witness);
}

}  // namespace

void carry_content_over(const StoreHistory& history, const Plan& plan) {
    StoreReport& now = history.now.report;
    if (!history.now.graph) return;
    const auto metadata = by_key(history.metadata);
    const auto full = by_key(history.full);
    const Healed healed(history.full, plan);
    std::vector<Finding> left;
    for (const Finding& finding : now.findings) {
        const auto refined = full.find(key_of(finding));
        // The content had found something else behind it.
        if (metadata.contains(key_of(finding)) && refined == full.end()) continue;
        left.push_back(refined == full.end() ? finding : *refined->second);
    }
    std::set<Subject> subjects;
    for (const Finding& finding : history.full.findings) {
        if (metadata.contains(key_of(finding)) || healed.has(finding)) continue;
        if (!still_there(finding.subject, *history.now.inventory)) continue;
        subjects.insert(finding.subject);
        left.push_back(finding);
    }
    now.findings = std::move(left);
    now.unlisted = history.full.unlisted;
    std::erase_if(now.unlisted, [&](const UnlistedFindings& group) {
        return !subjects.contains(group.subject);
    });
    now.bytes_verified = history.full.bytes_verified;
    settle(*history.now.graph, now);
}

std::optional<std::string>
find_new_damage(const StoreReport& before, const StoreReport& after, const Plan& plan) {
    const auto known = by_key(before);
    for (const Finding& finding : after.findings) {
        const bool harmless = finding.effective_severity() == Severity::note ||
                              finding.effective_repair() == RepairClass::reclaim ||
                              is_consequence(plan, after, finding);
        if (!harmless && !known.contains(key_of(finding))) {
            return "the changed store would have " + std::string(describe(finding.damage).code) + " at " +
                   terminal_text(finding.path);
        }
    }
    return std::nullopt;
}

bool same_findings(const StoreReport& a, const StoreReport& b) {
    return std::equal(
        a.findings.begin(),
        a.findings.end(),
        b.findings.begin(),
        b.findings.end(),
        [](const Finding& x, const Finding& y) {
            return key_of(x) == key_of(y) && x.verdict == y.verdict &&
                   x.evidence.actual == y.evidence.actual && x.evidence.expected == y.evidence.expected;
        }
    );
}

bool same_plan(const Plan& a, const Plan& b) {
    const auto same_change = [](const Change& x, const Change& y) {
        return x.path == y.path && x.put == y.put;
    };
    const auto same_step = [](const PlanStep& x, const PlanStep& y) { return row_of(x) == row_of(y); };
    return std::equal(a.changes.begin(), a.changes.end(), b.changes.begin(), b.changes.end(), same_change) &&
           std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(), same_step);
}

}  // namespace drydock
