// The parts that the JSON reports have in common; private to them.
#pragma once

#include "model/run_report.hpp"
#include "report/json_stream.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace drydock {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json json_strings(const std::vector<std::string>& items);

// schema to findings.
void write_json_begin(const RunReport& report, int exit_code, JsonObjectStream& json);
// The array `key` of all findings of `stores`.
void write_json_findings(
    std::string_view key, const std::vector<StoreReport>& stores, JsonObjectStream& json
);

// `by_code` and `by_severity`.
[[nodiscard]] Json count_json(const std::vector<StoreReport>& stores);
[[nodiscard]] Json losses_json(const std::vector<ImageLoss>& losses);

}  // namespace drydock
