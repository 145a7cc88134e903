// What `explain` shows: the words of the damage table laid out for a terminal or as Markdown, the list
// of codes, and the codes nearest to a mistyped one. Adds no statement about damage of its own. The
// output depends on the table only: docs/damage is compared with it byte for byte.
#pragma once

#include "model/damage.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace drydock {

// For a terminal: at most 80 columns wide, ends with a newline.
[[nodiscard]] std::string explain_damage(const DamageKind& kind);

// All codes with severity and title, grouped by subject kind, aligned.
[[nodiscard]] std::string explain_list();

// The page docs/damage/<code>.md.
[[nodiscard]] std::string explain_markdown(const DamageKind& kind);

// Up to three codes that `typo` may have meant, the nearest first; none where all are far from it.
[[nodiscard]] std::vector<std::string_view> nearest_codes(std::string_view typo);

}  // namespace drydock
