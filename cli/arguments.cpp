// Words to Arguments by Boost.Program_options, which appears in this file only, and the help texts. Its
// messages are replaced by our own: one line, with the nearest name.
#include "cli/command.hpp"
#include "cli/errors.hpp"
#include "cli/nearest.hpp"
#include "report/safe_text.hpp"
#include "report/text_writer.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <sstream>

namespace drydock {

namespace {

namespace po = boost::program_options;

constexpr OptionSpec kHelp{"help", 'h', "", "print this help and stop", false};

std::vector<OptionSpec> options_of(const CommandSpec& command) {
    std::vector<OptionSpec> options = command.options();
    options.push_back(kHelp);
    return options;
}

po::options_description describe_options(const std::vector<OptionSpec>& specs) {
    po::options_description options;
    for (const OptionSpec& spec : specs) {
        std::string names(spec.name);
        if (spec.letter != 0) {
            names += std::string(",") + spec.letter;
        }
        if (spec.argument.empty()) {
            options.add_options()(names.c_str(), "");
        } else {
            options.add_options()(names.c_str(), po::value<std::vector<std::string>>()->composing(), "");
        }
    }
    return options;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::vector<std::string_view> long_names(const std::vector<OptionSpec>& specs) {
    std::vector<std::string_view> names;
    names.reserve(specs.size());
    for (const OptionSpec& spec : specs) {
        names.push_back(spec.name);
    }
    return names;
}

std::string unknown_option_text(const std::string& word, const std::vector<OptionSpec>& specs) {
    const std::string typed = word.substr(0, word.find('='));
    const std::size_t dashes = std::min(typed.find_first_not_of('-'), typed.size());
    const std::string_view meant =
        dashes == 2 ? nearest(std::string_view(typed).substr(dashes), long_names(specs)) : std::string_view{};
    return "unknown option " + terminal_text(typed) +
           (meant.empty() ? "; --help lists the options" : "; did you mean --" + std::string(meant) + "?");
}

std::vector<po::option>
parse_words(const std::vector<std::string>& words, const std::vector<OptionSpec>& specs) {
    const po::options_description options = describe_options(specs);
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    try {
        return po::command_line_parser(words).options(options).style(style).run().options;
    } catch (const po::unknown_option& error) {
        throw UsageError(unknown_option_text(error.get_option_name(), specs));
    } catch (const po::error& error) {
        throw UsageError(terminal_text(error.what()));
    }
}

void check_value(const OptionSpec& spec, const std::string& value) {
    const bool is_choice = spec.argument.find('|') != std::string_view::npos;
    const std::vector<std::string_view> choices = split(spec.argument, '|');
    if (value.empty()) {
        throw UsageError("--" + std::string(spec.name) + " needs a value: " + std::string(spec.argument));
    }
    if (is_choice && std::find(choices.begin(), choices.end(), value) == choices.end()) {
        throw UsageError(
            "--" + std::string(spec.name) + " takes " + std::string(spec.argument) + ", not " +
            terminal_text(value) + did_you_mean(value, choices)
        );
    }
}

void add_option(const po::option& found, const std::vector<OptionSpec>& specs, Arguments& arguments) {
    const auto spec = std::find_if(specs.begin(), specs.end(), [&found](const OptionSpec& candidate) {
        return candidate.name == found.string_key;
    });
    if (spec == specs.end()) {
        throw UsageError(unknown_option_text(found.original_tokens.front(), specs));
    }
    std::vector<std::string>& values = arguments.values[found.string_key];
    if (!values.empty() && !spec->repeated) {
        throw UsageError("--" + found.string_key + " is given twice");
    }
    for (const std::string& value : found.value) {
        check_value(*spec, value);
        values.push_back(value);
    }
}

std::string option_head(const OptionSpec& spec) {
    std::string head = spec.letter != 0 ? std::string("-") + spec.letter + ", --" : "    --";
    head += spec.name;
    return spec.argument.empty() ? head : head + ' ' + std::string(spec.argument);
}

}  // namespace

std::optional<std::string> Arguments::text(std::string_view option) const {
    const auto found = values.find(option);
    return found == values.end() || found->second.empty() ? std::nullopt
                                                          : std::optional(found->second.back());
}

std::vector<std::string> Arguments::list(std::string_view option) const {
    std::vector<std::string> items;
    const auto found = values.find(option);
    if (found != values.end()) {
        for (const std::string& value : found->second) {
            for (const std::string_view item : split(value, ',')) {
                if (!item.empty()) {
                    items.emplace_back(item);
                }
            }
        }
    }
    return items;
}

Arguments parse_arguments(const CommandSpec& command, const std::vector<std::string>& words) {
    Arguments arguments{command, {}, {}};
    if (std::any_of(words.begin(), std::find(words.begin(), words.end(), "--"), [](const std::string& word) {
            return word == "--help" || word == "-h";
        })) {
        arguments.values["help"];
        return arguments;
    }
    const std::vector<OptionSpec> specs = options_of(command);
    for (const po::option& found : parse_words(words, specs)) {
        if (!found.string_key.empty()) {
            add_option(found, specs, arguments);
            continue;
        }
        for (const std::string& word : found.value) {
            if (command.positional.empty() || arguments.positional) {
                throw UsageError("too many arguments: " + terminal_text(word));
            }
            arguments.positional = word;
        }
    }
    return arguments;
}

std::string help_of(const CommandSpec& command) {
    std::ostringstream out;
    TextWriter text(out, {});
    std::string usage = "Usage: drydock " + std::string(command.name) + " [OPTIONS]";
    if (!command.positional.empty()) {
        usage += ' ' + std::string(command.positional);
    }
    text.line(0, usage);
    text.blank();
    text.paragraph(0, 0, "To " + std::string(command.summary) + '.');
    text.blank();
    text.line(0, "Options:");
    for (const OptionSpec& spec : options_of(command)) {
        text.line(2, option_head(spec));
        text.paragraph(8, 8, spec.help);
    }
    return out.str();
}

std::string help_of_all() {
    std::ostringstream out;
    TextWriter text(out, {});
    text.line(0, "Usage: drydock COMMAND [OPTIONS] [ROOT]");
    text.blank();
    text.line(0, "Checks Docker image stores on disk, without Docker and without changing them.");
    text.blank();
    text.line(0, "Commands:");
    for (const CommandSpec& command : all_commands()) {
        std::string head(command.name);
        head.resize(std::max<std::size_t>(head.size() + 1, 10), ' ');
        text.line(2, head + std::string(command.summary));
    }
    text.blank();
    text.line(
        0, "ROOT is a Docker data root, /var/lib/docker when left out. `drydock COMMAND --help` has more."
    );
    text.blank();
    text.line(
        0, "Exit status, a sum: 0 no damage, 4 damage is left, 8 operational error or something could not"
    );
    text.line(0, "be judged, 16 usage, 32 cancelled.");
    return out.str();
}

}  // namespace drydock
