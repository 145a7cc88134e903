// The report for a person with a broken host: the verdict first, then each kind of damage with whom it
// hurts before where it lies, at the end what to type next. No times and no rates: two runs over the same
// store give the same text.
#pragma once

#include "model/run_report.hpp"
#include "report/text_writer.hpp"

#include <ostream>

namespace drydock {

// The whole report at once.
void write_text(const RunReport& report, std::ostream& out, const TextStyle& style);

// The same in two parts, for a content pass that takes long: what the metadata pass found as soon as it
// ends, and later the verdict, whatever the early part did not show, and what to do.
void write_text_early(const RunReport& metadata, std::ostream& out, const TextStyle& style);
void write_text_late(
    const RunReport& report, const RunReport& metadata, std::ostream& out, const TextStyle& style
);

}  // namespace drydock
