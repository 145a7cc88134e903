// One short sentence about what can be done with a finding: the words behind `repair.summary`. The same
// in text and JSON; a witness appears as the bytes it is and is escaped by whoever prints the sentence.
#pragma once

#include "model/finding.hpp"

#include <string>

namespace drydock {

[[nodiscard]] std::string repair_summary(const Finding& finding);

}  // namespace drydock
