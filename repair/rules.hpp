// From each kind of damage to the function that answers it. Every rule answers every finding it is given, by
// a change or by a refusal with its reason.
#pragma once

#include "repair/planning.hpp"

#include <span>

namespace drydock {

using Rule = void (*)(Planning&, const Finding&);

struct RuleRow {
    Damage damage;
    Rule rule;
};

// By area.
[[nodiscard]] std::span<const RuleRow> layer_rules();
[[nodiscard]] std::span<const RuleRow> cache_id_rules();
[[nodiscard]] std::span<const RuleRow> image_rules();
[[nodiscard]] std::span<const RuleRow> driver_rules();
[[nodiscard]] std::span<const RuleRow> content_rules();
[[nodiscard]] std::span<const RuleRow> container_rules();
[[nodiscard]] std::span<const RuleRow> leftover_rules();
[[nodiscard]] std::span<const RuleRow> store_rules();

// Each kind of damage has one.
[[nodiscard]] Rule rule_for(Damage damage);

// Refuses, since what is there does no harm.
void leave_harmless(Planning& planning, const Finding& finding);

}  // namespace drydock
