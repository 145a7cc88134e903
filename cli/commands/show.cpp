// `show`: what lies in the stores, without judging it.
#include "report/show.hpp"

#include "cli/commands/commands.hpp"
#include "cli/errors.hpp"
#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "cli/process.hpp"
#include "cli/root.hpp"
#include "report/safe_text.hpp"

#include <iostream>

namespace drydock {

std::vector<OptionSpec> show_options() {
    std::vector<OptionSpec> options = store_options();
    const std::vector<OptionSpec> output = output_options();
    options.insert(options.end(), output.begin(), output.end());
    return options;
}

int run_show(const Arguments& arguments) {
    const OutputOptions options = read_output_options(arguments);
    const unsigned jobs = read_jobs(arguments);
    const std::string root_path = choose_root(arguments);
    const ReadDir root = open_root(root_path);
    OutputFile output(options.file, root_path);
    const StopOnSignal signals;

    const RootSurvey survey = find_stores(arguments, root);
    std::vector<Inventory> stores;
    bool anything_unknown = false;
    for (const StoreLocation& location : survey.stores) {
        if (location.kind != StoreKind::overlay2) {
            std::cerr << "drydock show: the " << terminal_text(location.driver)
                      << " store cannot be read by this version\n";
            anything_unknown = true;
            continue;
        }
        stores.push_back(scan_store(open_store(root, location), location, jobs, signals.token()));
    }
    if (options.format == Format::json) {
        write_show_json(root_path, stores, output.stream());
    } else if (survey.stores.empty()) {
        output.stream() << "nothing to show: " << terminal_text(nothing_to_check(survey, root_path)) << '\n';
    } else {
        write_show_text(stores, output.stream(), text_style(options));
    }
    output.commit();
    if (signals.token().stop_requested()) {
        return kExitCancelled;
    }
    return anything_unknown ? kExitOperational : 0;
}

}  // namespace drydock
