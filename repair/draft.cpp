#include "repair/draft.hpp"

#include <algorithm>
#include <tuple>

namespace drydock {

namespace {

using Paths = std::set<std::string, std::less<>>;

// The topmost of `folders` that is `path` or that `path` lies in.
std::optional<std::string> cover_of(std::string_view path, const Paths& folders) {
    for (std::size_t end = 0; end != std::string_view::npos;) {
        end = path.find('/', end + 1);
        const auto found = folders.find(path.substr(0, end));
        if (found != folders.end()) return *found;
    }
    return std::nullopt;
}

// Whether one of `paths` lies below `folder`.
template <class Sorted>
bool any_below(const Sorted& paths, const std::string& folder) {
    const auto found = paths.lower_bound(folder + "/");
    if constexpr (requires { found->first; }) {
        return found != paths.end() && found->first.starts_with(folder + "/");
    } else {
        return found != paths.end() && found->starts_with(folder + "/");
    }
}

class Settlement {
public:
    Settlement(Draft draft, const StoreReport& report) : draft_(std::move(draft)), report_(report) {}

    Plan run() {
        find_asides();
        redirect_covered();
        gather_missing_folders();
        refuse_contradictions();
        convert_refusals();
        make_changes();
        make_steps();
        plan_.keeps.assign(draft_.keeps.begin(), draft_.keeps.end());
        return std::move(plan_);
    }

private:
    void find_asides() {
        for (const DraftStep& step : draft_.steps) {
            if (step.action != PlanAction::write) asides_.insert(step.path);
        }
        for (const std::string& path : asides_) {
            const auto top = cover_of(path, asides_);
            if (top == path) tops_.insert(path);
        }
    }

    // What was to be written vanishes into what is set aside.
    void redirect_covered() {
        std::map<std::string, PlanAction> actions;
        for (DraftStep& step : draft_.steps) {
            const auto top = cover_of(step.path, tops_);
            if (!top) continue;
            if (step.action == PlanAction::write) {
                step.action = PlanAction::set_aside;
                step.put.reset();
                step.witness.reset();
            }
            step.path = *top;
            const auto [at, fresh] = actions.emplace(*top, step.action);
            if (step.action == PlanAction::set_aside) at->second = PlanAction::set_aside;
        }
        for (DraftStep& step : draft_.steps) {
            if (const auto found = actions.find(step.path); found != actions.end()) {
                step.action = found->second;
            }
        }
    }

    // A file in a folder that is not there is made with the folder.
    void gather_missing_folders() {
        for (const auto& [folder, mode] : draft_.missing_folders) {
            NewObject made{.kind = NewObject::Kind::folder, .mode = mode};
            std::map<std::string, NewObject> entries;
            for (DraftStep& step : draft_.steps) {
                if (!step.put || !step.path.starts_with(folder + "/")) continue;
                const std::string name = step.path.substr(folder.size() + 1);
                const auto [at, fresh] = entries.emplace(name, *step.put);
                if (!fresh && at->second != *step.put) continue;  // keeps its path: told below
                step.path = folder;
            }
            made.entries.assign(entries.begin(), entries.end());
            for (DraftStep& step : draft_.steps) {
                if (step.put && step.path == folder) step.put = made;
            }
        }
    }

    void refuse_contradictions() {
        std::map<std::string, NewObject> wanted;
        Paths torn;
        for (const DraftStep& step : draft_.steps) {
            if (!step.put) continue;
            const auto [at, fresh] = wanted.emplace(step.path, *step.put);
            if (!fresh && at->second != *step.put) torn.insert(step.path);
        }
        for (const auto& [path, object] : wanted) {
            if (any_below(wanted, path) || any_below(tops_, path)) torn.insert(path);
        }
        std::erase_if(draft_.steps, [&](const DraftStep& step) {
            if (!step.put || !cover_of(step.path, torn)) return false;
            draft_.refused.push_back({step.cause, "two findings ask for different things at " + step.path});
            return true;
        });
    }

    // Nothing stays of a finding whose record goes for another reason.
    void convert_refusals() {
        std::erase_if(draft_.refused, [&](const DraftRefusal& refusal) {
            const Finding& finding = *refusal.cause;
            if (finding.verdict == Verdict::undetermined) return false;
            const auto gone = draft_.gone.find(finding.subject);
            const auto top =
                gone != draft_.gone.end() ? cover_of(gone->second, tops_) : cover_of(finding.path, tops_);
            if (!top) return false;
            draft_.steps.push_back({
                .cause = refusal.cause,
                .subject = finding.subject,
                .path = *top,
                .action = PlanAction::set_aside,
            });
            return true;
        });
    }

    void make_changes() {
        std::map<std::string, std::optional<NewObject>> changes;
        for (DraftStep& step : draft_.steps) {
            changes.emplace(step.path, step.put);
        }
        // What is set aside goes last: until then all that leads to it is still right.
        for (const bool puts : {true, false}) {
            for (const auto& [path, object] : changes) {
                if (object.has_value() == puts) plan_.changes.push_back({.path = path, .put = object});
            }
        }
    }

    void make_steps() {
        std::set<std::tuple<std::string, std::string, Subject, std::string, PlanAction>> seen;
        for (DraftStep& step : draft_.steps) {
            const DamageKind& kind = describe(step.cause->damage);
            if (!seen.emplace(kind.code, step.path, step.subject, step.loss.value_or(""), step.action)
                     .second) {
                continue;
            }
            plan_.steps.push_back({
                .store = report_.path,
                .driver = report_.driver,
                .action = step.action,
                .damage = step.cause->damage,
                .subject = std::move(step.subject),
                .path = std::move(step.path),
                .repair = step.action == PlanAction::write       ? RepairClass::rebuild
                          : step.action == PlanAction::set_aside ? RepairClass::quarantine
                                                                 : RepairClass::reclaim,
                .witness = std::move(step.witness),
                .loss = std::move(step.loss),
                .frees = step.frees,
            });
        }
        for (DraftRefusal& refusal : draft_.refused) {
            plan_.refused.push_back({
                .store = report_.path,
                .driver = report_.driver,
                .damage = refusal.cause->damage,
                .subject = refusal.cause->subject,
                .path = refusal.cause->path,
                .reason = std::move(refusal.reason),
            });
        }
    }

    Draft draft_;
    const StoreReport& report_;
    Paths asides_;  // all
    Paths tops_;    // those that lie in no other
    Plan plan_;
};

}  // namespace

Plan settle_draft(Draft draft, const StoreReport& report) {
    return Settlement(std::move(draft), report).run();
}

}  // namespace drydock
