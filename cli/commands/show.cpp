// `show`: what lies in the stores, without judging it.
#include "report/show.hpp"

#include "cli/check_store.hpp"
#include "cli/commands/commands.hpp"
#include "cli/errors.hpp"
#include "cli/kept_transactions.hpp"
#include "cli/live_root.hpp"
#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "cli/process.hpp"
#include "cli/root.hpp"
#include "cli/show_seeds.hpp"
#include "report/safe_text.hpp"

#include <iostream>

namespace drydock {

namespace {

void require_known(const ShowWanted& wanted, const std::set<std::string>& known) {
    const auto require = [&](const std::vector<std::string>& typed, const char* what) {
        for (const std::string& item : typed) {
            if (!known.contains(item)) {
                throw OperationalError(
                    std::string("no ") + what + ' ' + terminal_text(item) +
                    " is known here; `drydock show` lists what is"
                );
            }
        }
    };
    require(wanted.images, "image");
    require(wanted.layers, "layer");
    require(wanted.containers, "container");
    require(wanted.directories, "driver directory");
}

// All that write_show_* refer to.
struct Shown {
    CheckedStore store;
    std::map<std::string, std::uint64_t> written;
    ShowSeeds seeds;
};

void write(
    const std::vector<Shown>& shown,
    const ShowWanted& wanted,
    const std::string& root,
    const OutputOptions& options,
    std::ostream& out
) {
    std::vector<ShownStore> stores;
    stores.reserve(shown.size());
    for (const Shown& one : shown) {
        stores.push_back(
            {*one.store.inventory, one.store.report, one.written, wanted.empty() ? nullptr : &one.seeds}
        );
    }
    switch (options.format) {
    case Format::json:
        write_show_json(root, stores, out);
        break;
    case Format::dot:
        write_show_dot(stores, out);
        break;
    case Format::text:
        write_show_text(stores, out, text_style(options));
        break;
    }
}

}  // namespace

std::vector<OptionSpec> show_options() {
    std::vector<OptionSpec> options = store_options();
    const std::vector<OptionSpec> own = {
        {"image", 0, "REF", "only this image (a name or an id), its layers and containers", true},
        {"layer", 0, "ID", "only this layer (a chain id or a driver directory) and who uses it", true},
        {"container", 0, "NAME", "only this container (a name or an id), and where what it wrote lies", true},
        {"directory",
         0,
         "NAME",
         "only this driver directory (its name, a path with overlay2/ in it, or the lowerdir=, upperdir= and "
         "workdir= of a mount), and whose it is",
         true},
    };
    for (const std::vector<OptionSpec>& more : {own, output_options_with_dot()}) {
        options.insert(options.end(), more.begin(), more.end());
    }
    return options;
}

int run_show(const Arguments& arguments) {
    const OutputOptions options = read_output_options(arguments);
    const unsigned jobs = read_jobs(arguments);
    const ShowWanted wanted = read_show_wanted(arguments);
    const std::string root_path = choose_root(arguments);
    const ReadDir root = open_root(root_path);
    OutputFile output(options.file, root_path);
    const StopOnSignal signals;

    const RootSurvey survey = find_stores(arguments, root);
    for (const auto& [path, daemon] : find_live_daemons(root, survey.stores)) {
        std::cerr << "drydock: warning: " << describe_live(path, daemon) << '\n';
    }
    const KeptTransactions kept = find_kept(root);
    for (const std::string& line : describe_kept(kept, root, survey.stores)) {
        std::cerr << "drydock: " << terminal_text(line) << '\n';
    }
    const StoreReading reading{.jobs = jobs, .set_aside = set_aside_of(kept)};
    std::vector<Shown> shown;
    bool anything_unknown = false;
    std::set<std::string> known;
    for (const StoreLocation& location : survey.stores) {
        if (location.kind != StoreKind::overlay2) {
            std::cerr << "drydock show: the " << terminal_text(location.driver)
                      << " store cannot be read by this version\n";
            anything_unknown = true;
            continue;
        }
        Shown one{check_store_metadata(root, location, reading, signals.token()), {}, {}};
        one.written = measure_containers(one.store, jobs, signals.token());
        one.seeds = find_show_seeds(wanted, *one.store.inventory, known);
        shown.push_back(std::move(one));
    }
    require_known(wanted, known);
    if (survey.stores.empty() && options.format == Format::text) {
        output.stream() << "nothing to show: " << terminal_text(nothing_to_check(survey, root_path)) << '\n';
    } else {
        write(shown, wanted, root_path, options, output.stream());
    }
    output.commit();
    if (signals.token().stop_requested()) {
        return kExitCancelled;
    }
    return anything_unknown ? kExitOperational : 0;
}

}  // namespace drydock
