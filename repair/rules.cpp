#include "repair/rules.hpp"

#include <array>
#include <stdexcept>

namespace drydock {

namespace {

constexpr auto kKinds = static_cast<std::size_t>(Damage::count);

std::array<Rule, kKinds> join_rules() {
    std::array<Rule, kKinds> result{};
    for (const auto rows : {
             layer_rules(),
             cache_id_rules(),
             image_rules(),
             driver_rules(),
             content_rules(),
             container_rules(),
             leftover_rules(),
             store_rules(),
         }) {
        for (const RuleRow& row : rows) {
            Rule& rule = result.at(static_cast<std::size_t>(row.damage));
            if (rule != nullptr) throw std::logic_error("two repair rules for one damage");
            rule = row.rule;
        }
    }
    return result;
}

}  // namespace

Rule rule_for(Damage damage) {
    static const std::array<Rule, kKinds> rules = join_rules();
    const Rule rule = rules.at(static_cast<std::size_t>(damage));
    if (rule == nullptr) {
        throw std::logic_error("no repair rule for " + std::string(describe(damage).code));
    }
    return rule;
}

void leave_harmless(Planning& planning, const Finding& finding) {
    planning.refuse(finding, "left as it is: it does no harm");
}

}  // namespace drydock
