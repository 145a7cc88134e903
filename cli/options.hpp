// The options that several commands share, and their meaning as values.
#pragma once

#include "cli/command.hpp"
#include "report/text_writer.hpp"

#include <optional>
#include <string>
#include <vector>

namespace drydock {

enum class Format : unsigned char { text, json, dot };
enum class When : unsigned char { automatic, always, never };

struct OutputOptions {
    Format format = Format::text;
    std::optional<std::string> file;
    When progress = When::automatic;
    When color = When::automatic;
    bool quiet = false;
    bool verbose = false;
};

inline constexpr unsigned kMostJobs = 256;  // more threads than any disk answers at once

// --root, --driver, --jobs
[[nodiscard]] std::vector<OptionSpec> store_options();
// --format, --output, --progress, --color, --quiet, --verbose
[[nodiscard]] std::vector<OptionSpec> output_options();
// The same for a command that can draw a graph: --format dot
[[nodiscard]] std::vector<OptionSpec> output_options_with_dot();

[[nodiscard]] OutputOptions read_output_options(const Arguments& arguments);
// 1 to kMostJobs; as many as there are processors where nothing is said. Throws UsageError.
[[nodiscard]] unsigned read_jobs(const Arguments& arguments);

// Colour and width for where the result goes.
[[nodiscard]] TextStyle text_style(const OutputOptions& options);
[[nodiscard]] bool wants_progress(const OutputOptions& options);

}  // namespace drydock
