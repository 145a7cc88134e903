// The table, and the way from words to a running command.
#include "cli/command.hpp"

#include "cli/commands/commands.hpp"
#include "cli/errors.hpp"
#include "cli/nearest.hpp"
#include "report/safe_text.hpp"
#include "report/version.hpp"

#include <algorithm>
#include <array>
#include <iostream>

namespace drydock {

namespace {

constexpr std::array kCommands = {
    CommandSpec{
        "check",
        "scan every store below a Docker data root and report what is damaged",
        "[ROOT]",
        check_options,
        run_check,
    },
    CommandSpec{
        "repair",
        "bring a store back to consistency by proof, in one transaction that can be undone",
        "[ROOT]",
        repair_options,
        run_repair,
    },
    CommandSpec{
        "undo",
        "take back what a repair did, or list and forget what it set aside",
        "[ROOT]",
        undo_options,
        run_undo,
    },
    CommandSpec{
        "show",
        "list images, layers, containers and driver directories, and who uses what",
        "[ROOT]",
        show_options,
        run_show,
    },
    CommandSpec{
        "explain",
        "tell what a damage code means, what causes it and what to do",
        "[CODE]",
        explain_options,
        run_explain,
    },
    CommandSpec{"version", "print the version", "", no_options, run_version},
    CommandSpec{"help", "print this list, or the help of one command", "[COMMAND]", no_options, run_help},
};

constexpr std::array<std::string_view, 6> kToCome = {
    "migrate",
    "diagnose",
    "prestart",
    "scrub",
    "bundle",
    "manual",
};

std::vector<std::string_view> command_names() {
    std::vector<std::string_view> names(kToCome.begin(), kToCome.end());
    for (const CommandSpec& command : kCommands) {
        names.push_back(command.name);
    }
    return names;
}

bool is_to_come(std::string_view name) {
    return std::find(kToCome.begin(), kToCome.end(), name) != kToCome.end();
}

[[noreturn]] void fail_unknown_command(const std::string& name) {
    if (is_to_come(name)) {
        throw UsageError(
            "not in this version (" + std::string(version()) + "): check, repair, undo, show and explain are"
        );
    }
    const bool option = name.starts_with('-');
    const std::string meant =
        did_you_mean(name, option ? std::vector<std::string_view>{"--help", "--version"} : command_names());
    throw UsageError(
        (option ? "unknown option " : "unknown command ") + terminal_text(name) +
        (meant.empty() ? "; `drydock help` lists the commands" : meant)
    );
}

}  // namespace

std::span<const CommandSpec> all_commands() {
    return kCommands;
}

std::string message_prefix(const std::vector<std::string>& words) {
    const bool named =
        !words.empty() && (find_command(words.front()) != nullptr || is_to_come(words.front()));
    return named ? "drydock " + words.front() + ": " : "drydock: ";
}

const CommandSpec* find_command(std::string_view name) {
    const auto found = std::find_if(kCommands.begin(), kCommands.end(), [name](const CommandSpec& command) {
        return command.name == name;
    });
    return found == kCommands.end() ? nullptr : &*found;
}

int run_command_line(const std::vector<std::string>& words) {
    if (words.empty()) {
        throw UsageError("no command given; `drydock help` lists them");
    }
    const std::string& name = words.front();
    if (name == "--help" || name == "-h") {
        std::cout << help_of_all();
        return 0;
    }
    const CommandSpec* command = find_command(name == "--version" ? "version" : name);
    if (command == nullptr) {
        fail_unknown_command(name);
    }
    const Arguments arguments = parse_arguments(*command, {words.begin() + 1, words.end()});
    if (arguments.has("help")) {
        std::cout << help_of(*command);
        return 0;
    }
    return command->run(arguments);
}

}  // namespace drydock
