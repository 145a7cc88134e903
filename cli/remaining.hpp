// What is left after a change: the findings of a new metadata check, and those of the content pass before
// the change that it did not heal. The content is not read twice.
#pragma once

#include "cli/check_store.hpp"
#include "model/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace drydock {

// One store at three times. All unfiltered.
struct StoreHistory {
    const StoreReport& metadata;  // after the metadata pass
    const StoreReport& full;      // after the content pass
    CheckedStore& now;            // a metadata check since
};

// Makes `now.report` what a check at the level of `full` would find.
void carry_content_over(const StoreHistory& history, const Plan& plan);

// What a store has that it did not have and that does not follow from the plan: nullopt, or a line that names
// the first. What nobody needs any more may come to light (an orphan whose last owner was set aside).
[[nodiscard]] std::optional<std::string>
find_new_damage(const StoreReport& before, const StoreReport& after, const Plan& plan);

// Whether two metadata checks saw the same.
[[nodiscard]] bool same_findings(const StoreReport& a, const StoreReport& b);

[[nodiscard]] bool same_plan(const Plan& a, const Plan& b);

}  // namespace drydock
