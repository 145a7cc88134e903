// See options.hpp. `--color auto` and `--progress auto` ask the stream that they are about.
#include "cli/options.hpp"

#include "cli/errors.hpp"
#include "cli/process.hpp"
#include "report/safe_text.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <thread>

namespace drydock {

namespace {

When read_when(const Arguments& arguments, std::string_view option) {
    const std::string value = arguments.text(option).value_or("auto");
    return value == "always" ? When::always : (value == "never" ? When::never : When::automatic);
}

// https://no-color.org: present and not empty, whatever its value.
bool color_refused() {
    const char* refusal = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return (refusal != nullptr && *refusal != 0) ||
           (terminal != nullptr && std::string_view(terminal) == "dumb");
}

}  // namespace

std::vector<OptionSpec> store_options() {
    return {
        {"root", 0, "ROOT", "the data root, the same as the argument ROOT; /var/lib/docker when left out"},
        {"driver", 0, "NAME", "only the store of this storage driver"},
        {"jobs", 0, "N", "how many threads read, 1 to 256; as many as there are processors when left out"},
    };
}

std::vector<OptionSpec> output_options() {
    return {
        {"format", 0, "text|json", "for people, or one JSON document"},
        {"output", 0, "FILE", "write the result to FILE, whole or not at all; FILE may not lie below ROOT"},
        {"progress", 0, "auto|always|never", "a progress line on stderr; auto: if that is a terminal"},
        {"color",
         0,
         "auto|always|never",
         "colours in the text; auto: if stdout is a terminal, and not with NO_COLOR"},
        {"quiet", 0, "", "only the verdicts, no progress"},
        {"verbose", 0, "", "everything that is known: all files, notes, full ids, causes and symptoms"},
    };
}

std::vector<OptionSpec> output_options_with_dot() {
    std::vector<OptionSpec> options = output_options();
    options.front().argument = "text|json|dot";
    options.front().help = "for people, one JSON document, or a graph for Graphviz";
    return options;
}

OutputOptions read_output_options(const Arguments& arguments) {
    OutputOptions options;
    const std::string format = arguments.text("format").value_or("text");
    options.format = format == "json" ? Format::json : (format == "dot" ? Format::dot : Format::text);
    options.file = arguments.text("output");
    options.progress = read_when(arguments, "progress");
    options.color = read_when(arguments, "color");
    options.quiet = arguments.has("quiet");
    options.verbose = arguments.has("verbose");
    if (options.quiet && options.verbose) {
        throw UsageError("--quiet and --verbose exclude each other");
    }
    return options;
}

unsigned read_jobs(const Arguments& arguments) {
    const std::optional<std::string> text = arguments.text("jobs");
    if (!text) {
        return std::clamp(std::thread::hardware_concurrency(), 1U, kMostJobs);
    }
    unsigned jobs = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), jobs);
    if (error != std::errc() || end != text->data() + text->size() || jobs < 1 || jobs > kMostJobs) {
        throw UsageError("--jobs takes a number from 1 to 256, not " + terminal_text(*text));
    }
    return jobs;
}

TextStyle text_style(const OutputOptions& options) {
    const bool terminal = !options.file && is_terminal(STDOUT_FILENO);
    TextStyle style;
    style.color =
        options.color == When::always || (options.color == When::automatic && terminal && !color_refused());
    style.width = terminal ? terminal_width(STDOUT_FILENO) : style.width;
    style.verbose = options.verbose;
    style.quiet = options.quiet;
    return style;
}

bool wants_progress(const OutputOptions& options) {
    return options.progress == When::always ||
           (options.progress == When::automatic && !options.quiet && is_terminal(STDERR_FILENO));
}

}  // namespace drydock
