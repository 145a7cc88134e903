// `check`: reads like the data flow in docs/architecture.md. Nothing here, and nothing that is called
// from here, can change anything below ROOT.
#include "cli/check_run.hpp"
#include "cli/commands/commands.hpp"
#include "cli/process.hpp"
#include "cli/root.hpp"

namespace drydock {

std::vector<OptionSpec> check_options() {
    return check_run_options();
}

int run_check(const Arguments& arguments) {
    const CheckOptions options = read_check_options(arguments);
    const std::string root_path = choose_root(arguments);
    const ReadDir root = open_root(root_path);
    OutputFile output(options.output.file, root_path);
    const StopOnSignal signals;
    const std::stop_token stop = signals.token();

    CheckRun run = check_metadata(arguments, root, options, stop);
    const std::optional<RunReport> early = write_early(run, options, output);
    check_content(run, root, options, stop);

    const RunReport report = report_of(run, options.selection);
    write_report(report, early, options, output.stream());
    output.commit();
    return exit_code(report);
}

}  // namespace drydock
