// `check`: reads like the data flow in docs/architecture.md. Nothing here, and nothing that is called
// from here, can change anything below ROOT.
#include "cli/check_store.hpp"
#include "cli/commands/commands.hpp"
#include "cli/errors.hpp"
#include "cli/live_root.hpp"
#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "cli/process.hpp"
#include "cli/root.hpp"
#include "cli/selection.hpp"
#include "report/json.hpp"
#include "report/progress.hpp"
#include "report/safe_text.hpp"
#include "report/text.hpp"
#include "report/words.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace drydock {

namespace {

// Only for the announcement of how long the content will take: a disk of the slower kind. The progress
// line measures.
constexpr std::uint64_t kNominalBytesPerSecond = 200'000'000;

struct CheckOptions {
    Level level = Level::content;
    unsigned jobs = 1;
    Selection selection;
    OutputOptions output;
    TextStyle style;
};

CheckOptions read_options(const Arguments& arguments) {
    CheckOptions options;
    options.level =
        arguments.text("level").value_or("content") == "metadata" ? Level::metadata : Level::content;
    options.jobs = read_jobs(arguments);
    options.selection = read_selection(arguments);
    options.output = read_output_options(arguments);
    options.style = text_style(options.output);
    return options;
}

using Stores = std::vector<CheckedStore>;

// A mistyped image must not look like a sound one.
void require_known(const Selection& selection, const Stores& stores) {
    std::set<std::string> known;
    bool all_checked = true;
    for (const CheckedStore& store : stores) {
        all_checked = all_checked && store.report.checked;
        if (store.inventory) {
            known.merge(std::set(SelectedThings(selection, *store.inventory).known()));
        }
    }
    const auto require = [&](const std::vector<std::string>& typed, const char* what) {
        for (const std::string& item : typed) {
            if (all_checked && !known.contains(item)) {
                throw OperationalError(
                    std::string("no ") + what + ' ' + terminal_text(item) +
                    " is known here, so nothing was checked for it; `drydock show` lists what is"
                );
            }
        }
    };
    require(selection.images, "image");
    require(selection.layers, "layer");
}

std::vector<std::string>
notices_of(const RootSurvey& survey, const std::string& root, const Selection& selection) {
    std::vector<std::string> notices;
    const bool any = std::any_of(survey.stores.begin(), survey.stores.end(), [](const StoreLocation& store) {
        return store.kind == StoreKind::overlay2;
    });
    const std::string why = nothing_to_check(survey, root);
    if (!why.empty()) {
        notices.push_back("nothing was checked: " + why);
    } else if (!any) {
        notices.emplace_back("nothing was checked: drydock cannot read the kind of store that is here");
    }
    if (!selection.empty()) {
        notices.push_back(describe_selection(selection));
    }
    return notices;
}

// The report as far as it has come, with only what was asked for.
RunReport report_on(const RunReport& frame, const Stores& stores, const Selection& selection) {
    RunReport report = frame;
    static const Inventory nothing;
    for (const CheckedStore& store : stores) {
        report.stores.push_back(store.report);
        const SelectedThings things(selection, store.inventory ? *store.inventory : nothing);
        apply_selection(selection, things, report.stores.back());
    }
    return report;
}

// `always`: also where it is over before the line is read.
void announce_content(const Stores& stores, const std::string& root, bool always) {
    std::uint64_t bytes = 0;
    std::uint64_t layers = 0;
    for (const CheckedStore& store : stores) {
        if (has_content_to_check(store)) {
            bytes += expected_content_bytes(store);
            layers += store.report.layers;
        }
    }
    const double seconds = static_cast<double>(bytes) / static_cast<double>(kNominalBytesPerSecond);
    if (layers == 0 || (seconds < 1 && !always)) {
        return;
    }
    std::cerr << "Now the content: " << count_of(layers, "layer") << ", " << format_bytes(bytes) << ", "
              << format_duration(seconds) << " at " << format_bytes(kNominalBytesPerSecond)
              << "/s. To do without: drydock check --level metadata " << terminal_text(root) << '\n';
}

// False when it was stopped before its end.
bool check_content(Stores& stores, const CheckOptions& options, const std::stop_token& stop) {
    for (CheckedStore& store : stores) {
        if (!has_content_to_check(store)) {
            continue;
        }
        ProgressCounters counters;
        counters.bytes_total = expected_content_bytes(store);
        std::optional<Progress> progress;
        if (wants_progress(options.output)) {
            progress.emplace(std::cerr, counters, terminal_width(STDERR_FILENO) - 1);
        }
        if (!check_store_content(store, options.jobs, stop, counters)) {
            return false;
        }
    }
    return true;
}

struct Live {
    const LiveDaemons& daemons;
    const std::vector<StoreLocation>& locations;  // of the stores, by index
    const ReadDir& root;
};

// Where a daemon is alive, what was found is looked for again.
void read_again(Stores& stores, const Live& live, const CheckOptions& options, const std::stop_token& stop) {
    for (std::size_t i = 0; i < stores.size(); ++i) {
        const auto daemon = live.daemons.find(live.locations[i].path);
        if (daemon == live.daemons.end() || !stores[i].graph || stores[i].report.findings.empty()) {
            continue;
        }
        wait_before_second_reading(stop);
        CheckedStore second = check_store_metadata(live.root, live.locations[i], options.jobs, stop);
        if (second.graph && options.level == Level::content && has_content_to_check(second)) {
            ProgressCounters uncounted;
            (void)check_store_content(second, options.jobs, stop, uncounted);  // a stop is seen by the caller
        }
        confirm_findings(stores[i], second, daemon->second, live.root);
    }
}

void write_result(
    const RunReport& report,
    const std::optional<RunReport>& early,
    const CheckOptions& options,
    std::ostream& out
) {
    if (options.output.format == Format::json) {
        write_json(report, out);
    } else if (early) {
        write_text_late(report, *early, out, options.style);
    } else {
        write_text(report, out, options.style);
    }
}

}  // namespace

std::vector<OptionSpec> check_options() {
    std::vector<OptionSpec> options = store_options();
    options.push_back(
        {"level",
         0,
         "metadata|content",
         "metadata: records only, quick; content: every byte and attribute of every "
         "layer too (what is done when left out)"}
    );
    for (const std::vector<OptionSpec>& more : {selection_options(), output_options()}) {
        options.insert(options.end(), more.begin(), more.end());
    }
    return options;
}

int run_check(const Arguments& arguments) {
    const CheckOptions options = read_options(arguments);
    const std::string root_path = choose_root(arguments);
    const ReadDir root = open_root(root_path);
    OutputFile output(options.output.file, root_path);
    const StopOnSignal signals;
    const std::stop_token stop = signals.token();

    const RootSurvey survey = find_stores(arguments, root);
    Stores stores;
    for (const StoreLocation& location : survey.stores) {
        stores.push_back(check_store_metadata(root, location, options.jobs, stop));
    }
    require_known(options.selection, stores);
    RunReport frame;
    frame.command = "check";
    frame.root = root_path;
    frame.level = options.level;
    frame.notices = notices_of(survey, root_path, options.selection);
    const LiveDaemons daemons = find_live_daemons(root, survey.stores);
    for (const auto& [path, daemon] : daemons) {
        frame.notices.push_back(describe_live(path, daemon));
        if (options.output.format == Format::json) {
            std::cerr << "drydock: warning: " << describe_live(path, daemon) << '\n';
        }
    }

    const bool content = options.level == Level::content && !stop.stop_requested();
    const bool for_people = options.output.format == Format::text && !options.output.quiet;
    std::optional<RunReport> early;
    if (content && for_people && std::any_of(stores.begin(), stores.end(), has_content_to_check)) {
        RunReport metadata = report_on(frame, stores, options.selection);
        const bool any =
            std::any_of(metadata.stores.begin(), metadata.stores.end(), [](const StoreReport& store) {
                return !store.findings.empty();
            });
        if (any && output.is_stdout() && daemons.empty()) {
            early = std::move(metadata);
            write_text_early(*early, output.stream(), options.style);
            output.stream().flush();
        }
        announce_content(stores, root_path, any);
    }
    if (content) {
        frame.complete = check_content(stores, options, stop);
    }
    read_again(stores, {.daemons = daemons, .locations = survey.stores, .root = root}, options, stop);
    frame.complete = frame.complete && !stop.stop_requested();

    const RunReport report = report_on(frame, stores, options.selection);
    write_result(report, early, options, output.stream());
    output.commit();
    return exit_code(report);
}

}  // namespace drydock
