// A repair for people: what comes back, what is set aside, what must be pulled again, what stays and why;
// and in the end what became of it.
#pragma once

#include "model/repair_report.hpp"
#include "report/text_writer.hpp"

#include <ostream>

namespace drydock {

void write_plan_text(const RepairReport& report, std::ostream& out, const TextStyle& style);

void write_outcome_text(const RepairReport& report, std::ostream& out, const TextStyle& style);

}  // namespace drydock
