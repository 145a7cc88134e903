// Carries out the damage of a recipe. Each step does what its verb says to one object and puts the times
// of that object and of its folder back: what breaks stores in the field (power cuts, bit rot, copies)
// does not date its traces, and a recipe plants one damage, not three.
#pragma once

#include "tests/support/places.hpp"
#include "tests/support/recipe.hpp"

#include <string>

namespace drydock {

// Resolves every place of the recipe (also those of its expectations) first, so that `places` can be
// saved afterwards. Throws NoSuchPlace before anything is changed, std::runtime_error for a step that
// fails.
void apply_damage(const std::string& root, const Recipe& recipe, Places& places);

// A copy with all attributes, hard links and devices. Throws std::runtime_error.
void copy_tree(const std::string& from, const std::string& to);

}  // namespace drydock
