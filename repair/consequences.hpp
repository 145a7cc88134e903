// What a plan says will be found once it is carried out: the price of setting something aside, and no new
// damage. All else that was not there before is a reason not to go on.
#pragma once

#include "model/plan.hpp"

namespace drydock {

// `after` is a report of the store as the plan leaves it, `finding` one of it.
[[nodiscard]] bool is_consequence(const Plan& plan, const StoreReport& after, const Finding& finding);

// Whether the finding is about a container whose folder the plan sets aside: of a store in which the rest of
// the plan is made already, it says nothing.
[[nodiscard]] bool is_about_removed(const Plan& plan, const Finding& finding);

}  // namespace drydock
