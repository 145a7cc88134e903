// From a finished check to a changed store, in steps that the command takes one after the other: plan,
// check again under the locks, apply with the staged and the finished store verified, tell what is left.
#pragma once

#include "cli/check_run.hpp"
#include "model/plan.hpp"
#include "repair/transaction.hpp"

#include <stop_token>
#include <string>
#include <vector>

namespace drydock {

class RepairRun {
public:
    // Takes a check that came to its end. Refers to its arguments.
    RepairRun(const ReadDir& root, CheckRun check, const CheckOptions& options, std::stop_token stop);

    // What is to be done about the findings that were asked for. Throws OsError where the store cannot be
    // read for it.
    [[nodiscard]] Plan make_plan(const RepairPolicy& policy) const;

    // Under the locks: throws OperationalError unless a new metadata check gives the same findings and the
    // same plan.
    void check_again(const Plan& plan, const RepairPolicy& policy);

    // Under the locks, after check_again. What is left is then in report().
    Outcome apply(Transactions& transactions, const Plan& plan, Transactions::Method method);

    // With only what was asked for.
    [[nodiscard]] RunReport report() const { return report_of(check_, options_.selection); }

private:
    [[nodiscard]] CheckedStore check_now(std::size_t store, const StoreReading& reading) const;
    [[nodiscard]] StoreReading reading_with(const Plan& plan) const;
    // Refers to its arguments.
    [[nodiscard]] Verification verification(const Plan& plan, std::vector<CheckedStore>& after) const;

    const ReadDir& root_;
    CheckRun check_;
    const CheckOptions& options_;
    std::stop_token stop_;
};

// The folders of every store that can be changed.
[[nodiscard]] std::vector<StoreTops> tops_of(const std::vector<StoreLocation>& stores);

}  // namespace drydock
