// The parts that text.cpp puts together; private to the text report.
#pragma once

#include "model/run_report.hpp"
#include "report/text_writer.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace drydock {

// "overlay2 store", "vfs store in 165536.165536".
[[nodiscard]] std::string store_name(const StoreReport& store);

// Damage of a layer's files: many findings of one layer are one event and are shown as one.
[[nodiscard]] bool is_layer_content(Damage damage);

// "layer of demo/web:1 (sha256:ab12cd34ef56)", "container web (9f2c01ab34cd)": a name where one is known.
// `index` is that of the finding.
[[nodiscard]] std::string subject_text(const StoreReport& store, std::size_t index);

// "demo/web:1, demo/api:2 (2 images); container web"
[[nodiscard]] std::string victims_text(const StoreReport& store, const Victims& victims, std::size_t most);

// "DAMAGED - 2 causes hurt 3 images and 1 container"
[[nodiscard]] std::string verdict_text(const StoreReport& store, const RunReport& report);

// The findings of a store whose index is in `shown`, grouped by kind, the gravest first.
void write_findings(const StoreReport& store, const std::vector<std::size_t>& shown, TextWriter& text);

// Concrete commands; nothing where there is nothing to do.
void write_what_next(const RunReport& report, TextWriter& text);

}  // namespace drydock
