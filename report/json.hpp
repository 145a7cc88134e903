// The report for programs: "drydock.report.v1", whose keys and their order are a public contract. It is
// written finding by finding, so that memory does not grow with the damage, and it holds no time and no
// rate: two runs over the same store give the same bytes.
#pragma once

#include "model/run_report.hpp"

#include <ostream>

namespace drydock {

void write_json(const RunReport& report, std::ostream& out);

}  // namespace drydock
