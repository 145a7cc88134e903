// The report of a repair for programs: that of a check with `plan`, `transaction` and `remaining`.
#pragma once

#include "model/repair_report.hpp"

#include <ostream>

namespace drydock {

void write_json(const RepairReport& report, std::ostream& out);

}  // namespace drydock
