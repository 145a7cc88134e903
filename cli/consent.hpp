// Does the user want it? -n, -y, -p, or a question on a terminal.
#pragma once

#include "cli/command.hpp"

#include <vector>

namespace drydock {

enum class Consent : unsigned char {
    never,       // -n: only show
    given,       // -y or -p
    to_be_asked  // on the terminal
};

// --dry-run, --yes
[[nodiscard]] std::vector<OptionSpec> consent_options();

// Throws UsageError where several exclude each other.
[[nodiscard]] Consent read_consent(const Arguments& arguments);

// Throws UsageError where none is given and there is no terminal to ask on.
void require_way_to_ask(Consent consent);

// Asks on the terminal; anything but "y" or "yes" is no.
[[nodiscard]] bool ask_consent();

}  // namespace drydock
