#include "cli/consent.hpp"

#include "cli/errors.hpp"
#include "cli/process.hpp"

#include <unistd.h>

#include <iostream>
#include <string>

namespace drydock {

std::vector<OptionSpec> consent_options() {
    return {
        {"dry-run", 'n', "", "show what would be done and stop; nothing below ROOT is written"},
        {"yes", 'y', "", "do it without asking"},
    };
}

Consent read_consent(const Arguments& arguments) {
    const bool yes = arguments.has("yes");
    const bool unattended = arguments.has("unattended");
    if (arguments.has("dry-run") && yes) {
        throw UsageError("--dry-run and --yes exclude each other");
    }
    if (yes && unattended) {
        throw UsageError("--yes and --unattended exclude each other");
    }
    if (arguments.has("dry-run")) {
        return Consent::never;
    }
    if (yes || unattended) {
        return Consent::given;
    }
    return Consent::to_be_asked;
}

void require_way_to_ask(Consent consent) {
    if (consent == Consent::to_be_asked && !is_terminal(STDIN_FILENO)) {
        throw UsageError("there is no terminal to ask on: say --dry-run (-n) to see what would be done, or "
                         "--yes (-y) to do it");
    }
}

bool ask_consent() {
    std::cout.flush();
    std::cerr << "Do you want to go on? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace drydock
