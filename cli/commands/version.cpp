// `version` and `help`.
#include "report/version.hpp"

#include "cli/commands/commands.hpp"
#include "cli/errors.hpp"
#include "cli/nearest.hpp"
#include "report/safe_text.hpp"

#include <iostream>

namespace drydock {

std::vector<OptionSpec> no_options() {
    return {};
}

int run_version(const Arguments&) {
    std::cout << "drydock " << version() << '\n';
    return 0;
}

int run_help(const Arguments& arguments) {
    if (!arguments.positional) {
        std::cout << help_of_all();
        return 0;
    }
    const CommandSpec* command = find_command(*arguments.positional);
    if (command == nullptr) {
        std::vector<std::string_view> names;
        for (const CommandSpec& known : all_commands()) {
            names.push_back(known.name);
        }
        throw UsageError(
            "unknown command " + terminal_text(*arguments.positional) +
            did_you_mean(*arguments.positional, names)
        );
    }
    std::cout << help_of(*command);
    return 0;
}

}  // namespace drydock
