// `undo`: takes back what a repair did, on the store as it is now; lists and forgets transactions.
#include "cli/commands/commands.hpp"
#include "cli/consent.hpp"
#include "cli/errors.hpp"
#include "cli/kept_transactions.hpp"
#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "cli/process.hpp"
#include "cli/recovery.hpp"
#include "cli/repair_run.hpp"
#include "cli/root.hpp"
#include "repair/locks.hpp"
#include "report/safe_text.hpp"
#include "report/transactions.hpp"

#include <algorithm>
#include <iostream>
#include <ranges>

namespace drydock {

namespace {

constexpr int kPart = 4;

struct UndoRun {
    const ReadDir& root;
    std::vector<StoreLocation> places;
    OutputOptions options;
    TextStyle style;
    Consent consent;
    std::string id;      // --id
    std::string forget;  // --forget: an id or "all"
    bool partial;
};

KeptTransactions read_kept(const ReadDir& root) {
    KeptTransactions kept = find_kept(root);
    if (!kept.unreadable.empty()) {
        throw OperationalError(terminal_text(kept.unreadable));
    }
    return kept;
}

// The one that was typed, or the last.
const RecordedTransaction& choose(const KeptTransactions& kept, const std::string& id) {
    for (const RecordedTransaction& kept_one : std::views::reverse(kept.all)) {
        const bool ended = kept_one.state == TransactionState::committed && kept_one.damaged.empty();
        if (id.empty() ? ended : kept_one.id == id) return kept_one;
    }
    throw OperationalError(
        id.empty() ? std::string("there is nothing to take back")
                   : "there is no transaction " + terminal_text(id) + "; `drydock undo --list` shows them"
    );
}

// Shows, and asks if need be.
bool goes_on(
    const UndoRun& run,
    const std::vector<RecordedTransaction>& transactions,
    UndoIntent intent,
    OutputFile& output
) {
    const bool text = run.options.format == Format::text;
    if (text || run.consent == Consent::to_be_asked) {
        std::ostream& out = text ? output.stream() : std::cerr;
        write_undo_plan_text(transactions, intent, out, run.style);
        out.flush();
    }
    return run.consent == Consent::given || (run.consent == Consent::to_be_asked && ask_consent());
}

void write(const UndoRun& run, const UndoReport& report, OutputFile& output) {
    if (run.options.format == Format::json) {
        write_undo_json(report, output.stream());
    } else {
        write_undo_text(report, output.stream(), run.style);
    }
    output.commit();
}

int list(const UndoRun& run, OutputFile& output) {
    const KeptTransactions kept = read_kept(run.root);
    if (run.options.format == Format::json) {
        write_transactions_json(run.root.path(), kept.all, output.stream());
    } else {
        write_transactions_text(kept.all, output.stream(), run.style);
    }
    output.commit();
    return 0;
}

int forget(const UndoRun& run, OutputFile& output) {
    const KeptTransactions kept = read_kept(run.root);
    std::vector<RecordedTransaction> chosen = kept.all;
    if (run.forget != "all") chosen = {choose(kept, run.forget)};
    for (const RecordedTransaction& transaction : chosen) {
        if (transaction.state == TransactionState::interrupted) {
            throw OperationalError(
                "transaction " + transaction.id + " was interrupted: the next `drydock repair` ends it"
            );
        }
    }
    UndoReport report{.root = run.root.path()};
    if (!chosen.empty() && goes_on(run, chosen, UndoIntent::forget, output)) {
        // No daemon ever looks at what was set aside.
        const StoreLocks locks(run.root, run.places, LockScope::drydocks);
        Transactions transactions(run.root, tops_of(run.places));
        for (const RecordedTransaction& transaction : chosen) {
            transactions.forget(transaction.id);
            report.forgotten.push_back(transaction.id);
        }
    }
    write(run, report, output);
    return report.exit_code;
}

int undo(const UndoRun& run, OutputFile& output) {
    if (run.consent != Consent::never) {
        require_no_daemon(run.root, run.places);
        end_interrupted(run.root, run.places);
    }
    const KeptTransactions kept = read_kept(run.root);
    const RecordedTransaction& chosen = choose(kept, run.id);
    UndoReport report{.root = run.root.path()};
    report.transaction = chosen.id;
    if (goes_on(run, {chosen}, UndoIntent::take_back, output)) {
        const StoreLocks locks(run.root, run.places);
        Transactions transactions(run.root, tops_of(run.places));
        const auto partial = run.partial ? Transactions::Partial::allow : Transactions::Partial::refuse;
        const UndoOutcome outcome = transactions.undo(chosen.id, partial, {});
        report.state = outcome.outcome.state;
        for (const UndoConflict& conflict : outcome.conflicts) {
            report.conflicts.push_back({.path = conflict.path, .reason = conflict.reason});
        }
        const bool done = report.state == TransactionState::committed;
        report.exit_code = !done ? kExitOperational : (report.conflicts.empty() ? 0 : kPart);
    }
    write(run, report, output);
    return report.exit_code;
}

}  // namespace

std::vector<OptionSpec> undo_options() {
    std::vector<OptionSpec> options = {
        {"root", 0, "ROOT", "the data root, the same as the argument ROOT; /var/lib/docker when left out"},
        {"id", 0, "T", "take back this transaction; the last one when left out"},
        {"list", 0, "", "only list the transactions that can be taken back"},
        {"forget",
         0,
         "T",
         "free what this transaction (or each of them: all) had set aside; it cannot be undone then"},
        {"partial", 0, "", "take back what did not change since, where some of it did"},
    };
    for (const std::vector<OptionSpec>& more : {consent_options(), output_options()}) {
        options.insert(options.end(), more.begin(), more.end());
    }
    return options;
}

int run_undo(const Arguments& arguments) {
    const int modes = static_cast<int>(arguments.has("list")) + static_cast<int>(arguments.has("forget")) +
                      static_cast<int>(arguments.has("id"));
    if (modes > 1) {
        throw UsageError("--list, --forget and --id exclude each other");
    }
    const OutputOptions output_options = read_output_options(arguments);
    const Consent consent = arguments.has("list") ? Consent::never : read_consent(arguments);
    const std::string root_path = choose_root(arguments);
    const ReadDir root = open_root(root_path);
    OutputFile output(output_options.file, root_path);
    const StopOnSignal signals;
    const UndoRun run{
        .root = root,
        .places = find_stores(arguments, root).stores,
        .options = output_options,
        .style = text_style(output_options),
        .consent = consent,
        .id = arguments.text("id").value_or(""),
        .forget = arguments.text("forget").value_or(""),
        .partial = arguments.has("partial"),
    };
    require_way_to_ask(consent);
    if (arguments.has("list")) return list(run, output);
    return arguments.has("forget") ? forget(run, output) : undo(run, output);
}

}  // namespace drydock
