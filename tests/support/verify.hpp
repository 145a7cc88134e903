// Compares the JSON report of a check with what a recipe expects: code, subject, path, class, victims and
// verdict of every finding, severity and peers where the recipe names them; nothing more and nothing
// less. Words (titles, details, summaries) are free.
#pragma once

#include "tests/support/places.hpp"
#include "tests/support/recipe.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace drydock {

// One line for each expected finding, as JSON with the places resolved.
[[nodiscard]] std::vector<std::string>
describe_expected(const Recipe& recipe, const std::string& level, Places& places);

// What differs, for people; "" where the report is exactly what the recipe expects. The level is that
// of the report.
[[nodiscard]] std::string verify_report(const Recipe& recipe, std::string_view report, Places& places);

}  // namespace drydock
