#include "cli/check_run.hpp"

#include "cli/errors.hpp"
#include "cli/kept_transactions.hpp"
#include "cli/process.hpp"
#include "cli/root.hpp"
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

// `always`: also where it is over before the line is read.
void announce_content(const Stores& stores, const RunReport& frame, bool always) {
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
              << "/s. To do without: drydock " << frame.command << " --level metadata "
              << terminal_text(frame.root) << '\n';
}

// False when it was stopped before its end.
bool read_content(Stores& stores, const CheckOptions& options, const std::stop_token& stop) {
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

// Where a daemon is alive, what was found is looked for again.
void read_again(
    CheckRun& run, const ReadDir& root, const CheckOptions& options, const std::stop_token& stop
) {
    for (std::size_t i = 0; i < run.stores.size(); ++i) {
        CheckedStore& first = run.stores[i];
        const auto daemon = run.daemons.find(run.survey.stores[i].path);
        if (daemon == run.daemons.end() || !first.graph || first.report.findings.empty()) {
            continue;
        }
        wait_before_second_reading(stop);
        const StoreReading reading{.jobs = options.jobs, .set_aside = first.inventory->set_aside};
        CheckedStore second = check_store_metadata(root, run.survey.stores[i], reading, stop);
        if (second.graph && options.level == Level::content && has_content_to_check(second)) {
            ProgressCounters uncounted;
            (void)check_store_content(second, options.jobs, stop, uncounted);  // a stop is seen by the caller
        }
        confirm_findings(first, second, daemon->second, root);
    }
}

bool any_finding(const RunReport& report) {
    return std::any_of(report.stores.begin(), report.stores.end(), [](const StoreReport& store) {
        return !store.findings.empty();
    });
}

bool wants_content(const CheckOptions& options, const std::stop_token& stop) {
    return options.level == Level::content && !stop.stop_requested();
}

}  // namespace

std::vector<OptionSpec> check_run_options() {
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

CheckOptions read_check_options(const Arguments& arguments) {
    CheckOptions options;
    options.level =
        arguments.text("level").value_or("content") == "metadata" ? Level::metadata : Level::content;
    options.jobs = read_jobs(arguments);
    options.selection = read_selection(arguments);
    options.output = read_output_options(arguments);
    options.style = text_style(options.output);
    return options;
}

CheckRun check_metadata(
    const Arguments& arguments, const ReadDir& root, const CheckOptions& options, const std::stop_token& stop
) {
    CheckRun run;
    run.survey = find_stores(arguments, root);
    const KeptTransactions kept = find_kept(root);
    const StoreReading reading{.jobs = options.jobs, .set_aside = set_aside_of(kept)};
    for (const StoreLocation& location : run.survey.stores) {
        run.stores.push_back(check_store_metadata(root, location, reading, stop));
        run.metadata.push_back(run.stores.back().report);
    }
    require_known(options.selection, run.stores);
    run.frame.command = arguments.command.name;
    run.frame.root = root.path();
    run.frame.level = options.level;
    run.frame.notices = notices_of(run.survey, root.path(), options.selection);
    for (std::string& line : describe_kept(kept, root, run.survey.stores)) {
        run.frame.notices.push_back(std::move(line));
    }
    run.daemons = find_live_daemons(root, run.survey.stores);
    for (const auto& [path, daemon] : run.daemons) {
        run.frame.notices.push_back(describe_live(path, daemon));
        if (options.output.format == Format::json) {
            std::cerr << "drydock: warning: " << describe_live(path, daemon) << '\n';
        }
    }
    run.frame.complete = !stop.stop_requested();
    return run;
}

std::optional<RunReport> write_early(const CheckRun& run, const CheckOptions& options, OutputFile& output) {
    const bool for_people = options.output.format == Format::text && !options.output.quiet;
    const bool waits = options.level == Level::content && run.frame.complete &&
                       std::any_of(run.stores.begin(), run.stores.end(), has_content_to_check);
    if (!for_people || !waits) {
        return std::nullopt;
    }
    std::optional<RunReport> early;
    RunReport metadata = report_of(run, options.selection);
    const bool any = any_finding(metadata);
    if (any && output.is_stdout() && run.daemons.empty()) {
        early = std::move(metadata);
        write_text_early(*early, output.stream(), options.style);
        output.stream().flush();
    }
    announce_content(run.stores, run.frame, any);
    return early;
}

void check_content(
    CheckRun& run, const ReadDir& root, const CheckOptions& options, const std::stop_token& stop
) {
    if (wants_content(options, stop)) {
        run.frame.complete = read_content(run.stores, options, stop);
    }
    read_again(run, root, options, stop);
    run.frame.complete = run.frame.complete && !stop.stop_requested();
}

RunReport report_of(const CheckRun& run, const Selection& selection) {
    RunReport report = run.frame;
    static const Inventory nothing;
    for (const CheckedStore& store : run.stores) {
        report.stores.push_back(store.report);
        const SelectedThings things(selection, store.inventory ? *store.inventory : nothing);
        apply_selection(selection, things, report.stores.back());
    }
    return report;
}

void write_report(
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

}  // namespace drydock
