#include "cli/repair_run.hpp"

#include "cli/errors.hpp"
#include "cli/remaining.hpp"
#include "repair/consequences.hpp"
#include "repair/planner.hpp"
#include "repair/witnesses/clues.hpp"
#include "scanner/folders.hpp"

#include <algorithm>

namespace drydock {

namespace {

// Of one store, for the findings in `report`.
Plan plan_store(
    const CheckedStore& store,
    const StoreReport& report,
    Level level,
    const RepairPolicy& policy,
    const std::stop_token& stop
) {
    const Clues clues = gather_clues(*store.folders, *store.graph, report, stop);
    return make_plan(
        {.graph = *store.graph,
         .report = report,
         .all = store.report.findings,
         .level = level,
         .clues = clues,
         .kept = store.inventory->set_aside.directories},
        policy
    );
}

}  // namespace

RepairRun::RepairRun(const ReadDir& root, CheckRun check, const CheckOptions& options, std::stop_token stop)
    : root_(root), check_(std::move(check)), options_(options), stop_(std::move(stop)) {}

Plan RepairRun::make_plan(const RepairPolicy& policy) const {
    const RunReport asked_for = report();
    std::vector<Plan> plans;
    for (std::size_t i = 0; i < check_.stores.size(); ++i) {
        const CheckedStore& store = check_.stores[i];
        if (store.graph) {
            plans.push_back(plan_store(store, asked_for.stores[i], options_.level, policy, stop_));
        }
    }
    return join_plans(std::move(plans));
}

CheckedStore RepairRun::check_now(std::size_t store, const StoreReading& reading) const {
    return check_store_metadata(root_, check_.survey.stores[store], reading, stop_);
}

StoreReading RepairRun::reading_with(const Plan& plan) const {
    StoreReading reading{.jobs = options_.jobs, .set_aside = {}};
    for (const CheckedStore& store : check_.stores) {
        if (store.inventory) reading.set_aside = store.inventory->set_aside;
    }
    std::vector<std::string>& names = reading.set_aside.directories;
    names.insert(names.end(), plan.keeps.begin(), plan.keeps.end());
    std::sort(names.begin(), names.end());
    return reading;
}

void RepairRun::check_again(const Plan& plan, const RepairPolicy& policy) {
    const StoreReading reading = reading_with({});
    for (std::size_t i = 0; i < check_.stores.size(); ++i) {
        if (!check_.stores[i].graph) continue;
        CheckedStore now = check_now(i, reading);
        if (!same_findings(check_.metadata[i], now.report)) {
            throw OperationalError("the store changed meanwhile: run again");
        }
        // The same findings, joined with what lies there now.
        now.report = std::move(check_.stores[i].report);
        check_.stores[i] = std::move(now);
    }
    if (stop_.stop_requested()) throw OperationalError("stopped before anything was changed");
    if (!same_plan(plan, make_plan(policy))) throw OperationalError("the store changed meanwhile: run again");
}

Verification RepairRun::verification(const Plan& plan, std::vector<CheckedStore>& after) const {
    const StoreReading reading = reading_with(plan);
    Verification verification;
    verification.staged = [this, reading, &plan](
                              const std::string& image, const ReadDir& staged
                          ) -> std::optional<std::string> {
        for (std::size_t i = 0; i < check_.stores.size(); ++i) {
            const StoreLocation& location = check_.survey.stores[i];
            if (!check_.stores[i].graph || paths_of(location).image != image) continue;
            StoreFolders folders = open_store(root_, location);
            folders.image = staged.duplicate();
            const CheckedStore store = check_folders_metadata(std::move(folders), location, reading, {});
            // Of the staged part only: the other folders are not what they will be.
            StoreReport report = store.report;
            std::erase_if(report.findings, [&](const Finding& finding) {
                return !finding.path.starts_with(image) || is_about_removed(plan, finding);
            });
            if (auto reason = find_new_damage(check_.metadata[i], report, plan)) return reason;
        }
        return std::nullopt;
    };
    verification.result = [this, reading, &plan, &after]() -> std::optional<std::string> {
        after.clear();
        for (std::size_t i = 0; i < check_.stores.size(); ++i) {
            // No stop: what was begun is carried to an end.
            after.push_back(check_store_metadata(root_, check_.survey.stores[i], reading, {}));
            if (auto reason = find_new_damage(check_.metadata[i], after.back().report, plan)) return reason;
        }
        return std::nullopt;
    };
    return verification;
}

Outcome RepairRun::apply(Transactions& transactions, const Plan& plan, Transactions::Method method) {
    std::vector<CheckedStore> after;
    transactions.preflight(plan, method);
    Outcome outcome = transactions.apply("repair", plan, verification(plan, after), method);
    if (outcome.state != TransactionState::committed) return outcome;
    for (std::size_t i = 0; i < check_.stores.size(); ++i) {
        if (!after[i].graph) continue;
        const StoreReport metadata = after[i].report;
        carry_content_over({check_.metadata[i], check_.stores[i].report, after[i]}, plan);
        check_.stores[i] = std::move(after[i]);
        check_.metadata[i] = metadata;
    }
    return outcome;
}

std::vector<StoreTops> tops_of(const std::vector<StoreLocation>& stores) {
    std::vector<StoreTops> tops;
    for (const StoreLocation& store : stores) {
        if (store.kind != StoreKind::overlay2) continue;
        StorePaths paths = paths_of(store);
        tops.push_back({std::move(paths.image), std::move(paths.driver), std::move(paths.containers)});
    }
    return tops;
}

}  // namespace drydock
