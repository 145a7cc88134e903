// The commands of drydock as data: what help prints, what the parser accepts and what runs come from the
// same table, so they cannot disagree.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace drydock {

struct OptionSpec {
    std::string_view name;      // long, without dashes; never abbreviated
    char letter = 0;            // 0: no short form
    std::string_view argument;  // "" for a switch; "a|b|c" is the list of accepted values
    std::string_view help;
    bool repeated = false;  // may be given again; each value may be a list with commas
};

struct CommandSpec;

// What was typed after the command, checked against its options.
struct Arguments {
    const CommandSpec& command;
    std::map<std::string, std::vector<std::string>, std::less<>> values;
    std::optional<std::string> positional;

    [[nodiscard]] bool has(std::string_view option) const { return values.contains(option); }

    [[nodiscard]] std::optional<std::string> text(std::string_view option) const;
    // Of a repeated option: all its values, split at commas.
    [[nodiscard]] std::vector<std::string> list(std::string_view option) const;
};

struct CommandSpec {
    std::string_view name;
    std::string_view summary;
    std::string_view positional;  // "[ROOT]", "[CODE]", or "" where none is taken
    std::vector<OptionSpec> (*options)();
    int (*run)(const Arguments& arguments);
};

[[nodiscard]] std::span<const CommandSpec> all_commands();
[[nodiscard]] const CommandSpec* find_command(std::string_view name);

// What begins every line on stderr about this command line: "drydock check: ", or "drydock: ".
[[nodiscard]] std::string message_prefix(const std::vector<std::string>& words);

// Throws UsageError. `--help` among the words stops all other complaints.
[[nodiscard]] Arguments parse_arguments(const CommandSpec& command, const std::vector<std::string>& words);

[[nodiscard]] std::string help_of(const CommandSpec& command);
[[nodiscard]] std::string help_of_all();

// Finds the command, parses, runs; the exit status. Throws what the command throws.
[[nodiscard]] int run_command_line(const std::vector<std::string>& words);

}  // namespace drydock
