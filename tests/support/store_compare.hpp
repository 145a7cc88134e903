// Compares a built store with one that a real daemon made from the same images: the records byte for
// byte where nothing is random, and the content trees attribute by attribute. It is what keeps
// store_builder.cpp honest.
#pragma once

#include <string>
#include <vector>

namespace drydock {

// One line for each difference; empty where `real` holds all that `built` does.
[[nodiscard]] std::vector<std::string> compare_stores(const std::string& built, const std::string& real);

}  // namespace drydock
