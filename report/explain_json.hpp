// "drydock.explain.v1": the damage table, or one row of it, for programs.
#pragma once

#include "model/damage.hpp"

#include <ostream>
#include <span>

namespace drydock {

void write_explain_json(std::span<const DamageKind> kinds, std::ostream& out);

}  // namespace drydock
