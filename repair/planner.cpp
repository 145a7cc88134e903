#include "repair/planner.hpp"

#include "repair/rules.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace drydock {

namespace {

template <class Row>
auto order_of(const Row& row) {
    return std::tuple(
        std::string_view(row.store),
        std::string_view(row.driver),
        to_text(row.subject.kind),
        std::string_view(row.subject.id),
        describe(row.damage).code,
        std::string_view(row.path)
    );
}

void sort_rows(Plan& plan) {
    const auto by_order = [](const auto& a, const auto& b) { return order_of(a) < order_of(b); };
    std::ranges::stable_sort(plan.steps, by_order);
    std::ranges::stable_sort(plan.refused, by_order);
}

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
    std::ranges::move(from, std::back_inserter(to));
}

void sort_losses(std::vector<ImageLoss>& losses) {
    std::ranges::sort(losses, {}, &ImageLoss::image);
}

}  // namespace

Plan make_plan(const PlannedStore& store, const RepairPolicy& policy) {
    Planning planning(store, policy);
    for (const Finding& finding : store.report.findings) {
        if (const std::string& why = planning.guard().why_nothing(); !why.empty()) {
            planning.refuse(finding, why);
        } else if (auto reason = planning.guard().why_not(finding)) {
            planning.refuse(finding, std::move(*reason));
        } else {
            rule_for(finding.damage)(planning, finding);
        }
    }
    Plan plan = planning.finish();
    sort_rows(plan);
    return plan;
}

Plan join_plans(std::vector<Plan> plans) {
    Plan result;
    for (Plan& plan : plans) {
        append(result.steps, plan.steps);
        append(result.refused, plan.refused);
        append(result.changes, plan.changes);
        append(result.repull, plan.repull);
        append(result.lost, plan.lost);
        append(result.hidden, plan.hidden);
        append(result.keeps, plan.keeps);
    }
    sort_rows(result);
    sort_losses(result.repull);
    sort_losses(result.lost);
    std::ranges::sort(result.hidden, {}, &HiddenContainer::id);
    std::ranges::sort(result.keeps);
    result.keeps.erase(std::unique(result.keeps.begin(), result.keeps.end()), result.keeps.end());
    return result;
}

}  // namespace drydock
