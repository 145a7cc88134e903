// Parse, dispatch, one catch, exit status. Everything else is a command.
#include "cli/command.hpp"
#include "cli/errors.hpp"
#include "cli/process.hpp"
#include "report/safe_text.hpp"

#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace {

// A write error shows only when the last bytes leave the program.
int flushed(int status) {
    std::cout.flush();
    if (!std::cout) {
        throw drydock::OperationalError("cannot write to stdout");
    }
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    drydock::raise_open_file_limit();
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    try {
        return flushed(drydock::run_command_line(words));
    } catch (const std::exception& error) {
        // Our own are made of safe text already; others may quote a name of the store.
        const bool own = dynamic_cast<const drydock::UsageError*>(&error) != nullptr ||
                         dynamic_cast<const drydock::OperationalError*>(&error) != nullptr;
        std::cerr << drydock::message_prefix(words)
                  << (own ? error.what() : drydock::terminal_text(error.what())) << '\n';
        return dynamic_cast<const drydock::UsageError*>(&error) != nullptr ? drydock::kExitUsage
                                                                           : drydock::kExitOperational;
    }
}
