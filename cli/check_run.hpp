// The check of a whole root, for every command that begins with one: survey, metadata pass, content pass,
// what a daemon at work makes doubtful, and the selection. Nothing here can change anything below ROOT.
#pragma once

#include "cli/check_store.hpp"
#include "cli/live_root.hpp"
#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "cli/selection.hpp"
#include "model/run_report.hpp"
#include "scanner/scan.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace drydock {

struct CheckOptions {
    Level level = Level::content;
    unsigned jobs = 1;
    Selection selection;
    OutputOptions output;
    TextStyle style;
};

// --root, --driver, --jobs, --level, the selection and the output.
[[nodiscard]] std::vector<OptionSpec> check_run_options();
[[nodiscard]] CheckOptions read_check_options(const Arguments& arguments);

struct CheckRun {
    RootSurvey survey;
    std::vector<CheckedStore> stores;   // by index those of the survey
    std::vector<StoreReport> metadata;  // what the metadata pass alone had found
    LiveDaemons daemons;
    RunReport frame;  // of the report: all but the stores
};

// The metadata pass. Throws OperationalError for an image or layer that is selected and not known.
[[nodiscard]] CheckRun check_metadata(
    const Arguments& arguments, const ReadDir& root, const CheckOptions& options, const std::stop_token& stop
);

// What the metadata pass found, written at once if the content will keep people waiting; nullopt where
// nothing was written.
[[nodiscard]] std::optional<RunReport>
write_early(const CheckRun& run, const CheckOptions& options, OutputFile& output);

// The content pass, if it is asked for, and the second reading where a daemon is at work.
void check_content(
    CheckRun& run, const ReadDir& root, const CheckOptions& options, const std::stop_token& stop
);

// The report as far as it has come, with only what was asked for.
[[nodiscard]] RunReport report_of(const CheckRun& run, const Selection& selection);

// Writes the report for whom it is asked for.
void write_report(
    const RunReport& report,
    const std::optional<RunReport>& early,
    const CheckOptions& options,
    std::ostream& out
);

}  // namespace drydock
