// The commands' entry points, for the table in command.cpp.
#pragma once

#include "cli/command.hpp"

#include <vector>

namespace drydock {

[[nodiscard]] std::vector<OptionSpec> check_options();
[[nodiscard]] int run_check(const Arguments& arguments);

[[nodiscard]] std::vector<OptionSpec> repair_options();
[[nodiscard]] int run_repair(const Arguments& arguments);

[[nodiscard]] std::vector<OptionSpec> undo_options();
[[nodiscard]] int run_undo(const Arguments& arguments);

[[nodiscard]] std::vector<OptionSpec> show_options();
[[nodiscard]] int run_show(const Arguments& arguments);

[[nodiscard]] std::vector<OptionSpec> explain_options();
[[nodiscard]] int run_explain(const Arguments& arguments);

[[nodiscard]] std::vector<OptionSpec> no_options();
[[nodiscard]] int run_version(const Arguments& arguments);
[[nodiscard]] int run_help(const Arguments& arguments);

}  // namespace drydock
