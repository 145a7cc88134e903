// `repair`: check, plan, show the plan, ask, apply it as one transaction, check again.
#include "cli/check_run.hpp"
#include "cli/commands/commands.hpp"
#include "cli/consent.hpp"
#include "cli/errors.hpp"
#include "cli/kept_transactions.hpp"
#include "cli/process.hpp"
#include "cli/recovery.hpp"
#include "cli/repair_run.hpp"
#include "cli/root.hpp"
#include "model/repair_report.hpp"
#include "repair/locks.hpp"
#include "report/plan_json.hpp"
#include "report/plan_text.hpp"
#include "report/safe_text.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <set>

namespace drydock {

namespace {

constexpr std::array<std::string_view, 3> kOwners = {"containers", "layerdb", "buildkit"};

struct RepairOptions {
    CheckOptions check;
    RepairPolicy policy;
    Consent consent = Consent::never;
    bool forget = false;
};

RepairPolicy read_policy(const Arguments& arguments) {
    RepairPolicy policy;
    policy.unattended = arguments.has("unattended");
    policy.reclaim = arguments.has("reclaim");
    policy.evict_damaged = arguments.has("evict-damaged");
    policy.accept_empty_driver = arguments.has("accept-empty-driver");
    policy.accept_database_loss = arguments.has("accept-database-loss");
    policy.accept_missing_owners = arguments.list("accept-missing-owner");
    for (const std::string& owner : policy.accept_missing_owners) {
        if (std::find(kOwners.begin(), kOwners.end(), owner) == kOwners.end()) {
            throw UsageError(
                "--accept-missing-owner takes containers, layerdb or buildkit, not " + terminal_text(owner)
            );
        }
    }
    return policy;
}

RepairOptions read_options(const Arguments& arguments) {
    RepairOptions options;
    options.check = read_check_options(arguments);
    options.policy = read_policy(arguments);
    options.forget = arguments.has("forget");
    if (arguments.has("donor")) {
        throw UsageError("--donor is not in this version: pull again, or `migrate --import`");
    }
    if (options.forget && !options.policy.reclaim) {
        throw UsageError("--forget frees what --reclaim takes: say both");
    }
    options.consent = read_consent(arguments);
    return options;
}

// The part of a plan that takes what belongs to nobody.
Plan removals_of(const Plan& plan) {
    Plan result;
    std::set<std::string> paths;
    for (const PlanStep& step : plan.steps) {
        if (step.action != PlanAction::remove) continue;
        paths.insert(step.path);
        result.steps.push_back(step);
    }
    for (const Change& change : plan.changes) {
        if (paths.contains(change.path)) result.changes.push_back(change);
    }
    return result;
}

std::string_view unchanged(const RepairReport& report) {
    return report.forgotten.empty() ? "nothing was changed" : "nothing else was changed";
}

void note(const Outcome& outcome, RepairReport& report) {
    if (outcome.state == TransactionState::rolled_back) {
        report.check.notices.push_back(std::string(unchanged(report)) + ": " + outcome.reason);
    }
    if (outcome.state == TransactionState::none) return;
    report.transaction = outcome.id;
    report.state = outcome.state;
}

void apply(RepairRun& run, Transactions& transactions, const Plan& plan, RepairReport& report) {
    if (plan.empty()) return;
    const Outcome outcome = run.apply(transactions, plan, Transactions::Method::clone);
    note(outcome, report);
    if (outcome.state == TransactionState::committed) report.remaining = run.report().stores;
}

// What is left of the plan when a part of it is done for good: that it is done must be told, whatever
// becomes of the rest.
void apply_rest(
    RepairRun& run, Transactions& transactions, const RepairOptions& options, RepairReport& report
) {
    RepairPolicy rest = options.policy;
    rest.reclaim = false;
    try {
        apply(run, transactions, run.make_plan(rest), report);
    } catch (const RefusedError& refusal) {
        note({.id = "", .state = TransactionState::rolled_back, .reason = refusal.what()}, report);
    }
}

// Under the locks. What is reclaimed and forgotten goes first, so that its space is there for the rest.
void carry_out(
    RepairRun& run, Transactions& transactions, const RepairOptions& options, RepairReport& report
) {
    const Plan first = options.forget ? removals_of(report.plan) : Plan{};
    if (first.empty()) {
        apply(run, transactions, report.plan, report);
        return;
    }
    const Outcome outcome = run.apply(transactions, first, Transactions::Method::single_moves);
    note(outcome, report);
    if (outcome.state != TransactionState::committed) return;
    transactions.forget(outcome.id);
    report.forgotten = outcome.id;
    report.remaining = run.report().stores;
    apply_rest(run, transactions, options, report);
}

bool wants_text(const RepairOptions& options) {
    return options.check.output.format == Format::text;
}

void show_plan(const RepairReport& report, const RepairOptions& options, OutputFile& output) {
    if (wants_text(options)) {
        write_plan_text(report, output.stream(), options.check.style);
        output.stream().flush();
    } else if (options.consent == Consent::to_be_asked) {
        write_plan_text(report, std::cerr, options.check.style);
    }
}

void write_result(const RepairReport& report, const RepairOptions& options, OutputFile& output) {
    if (wants_text(options)) {
        write_outcome_text(report, output.stream(), options.check.style);
    } else {
        write_json(report, output.stream());
    }
    output.commit();
}

bool has_consent(const RepairOptions& options) {
    return options.consent == Consent::given || (options.consent == Consent::to_be_asked && ask_consent());
}

}  // namespace

std::vector<OptionSpec> repair_options() {
    std::vector<OptionSpec> options = consent_options();
    const std::vector<OptionSpec> own = {
        {"unattended",
         'p',
         "",
         "do without asking what is proven, and set aside records of which dockerd shows nothing today"},
        {"reclaim", 0, "", "take away what is proven to belong to nobody, too"},
        {"forget", 0, "", "with --reclaim: free its space at once; this part cannot be undone"},
        {"evict-damaged",
         0,
         "",
         "set aside layers whose content is damaged and cannot be healed, so that a pull fetches them again"},
        {"accept-empty-driver",
         0,
         "",
         "the driver's folder is empty and not just not mounted: all layers are lost"},
        {"accept-missing-owner",
         0,
         "LIST",
         "containers, layerdb, buildkit: what is absent is gone for good, and owns nothing",
         true},
        {"accept-database-loss",
         0,
         "",
         "set aside damaged databases of volumes and networks: what only they know is lost"},
        {"donor", 0, "PATH", "reserved: take right bytes from PATH"},
    };
    for (const std::vector<OptionSpec>& more : {own, check_run_options()}) {
        options.insert(options.end(), more.begin(), more.end());
    }
    return options;
}

int run_repair(const Arguments& arguments) {
    const RepairOptions options = read_options(arguments);
    const std::string root_path = choose_root(arguments);
    const ReadDir root = open_root(root_path);
    OutputFile output(options.check.output.file, root_path);
    const StopOnSignal signals;
    const std::stop_token stop = signals.token();
    (void)find_stores(arguments, root);  // says what is wrong with ROOT before anything else
    require_way_to_ask(options.consent);
    // A change is kept apart from all that is at work here, whatever --driver says.
    const std::vector<StoreLocation> places = survey_root(root).stores;
    if (options.consent != Consent::never) {
        require_no_daemon(root, places);
        end_interrupted(root, places);
    }

    CheckRun check = check_metadata(arguments, root, options.check, stop);
    const std::optional<RunReport> early = write_early(check, options.check, output);
    check_content(check, root, options.check, stop);
    RepairRun run(root, std::move(check), options.check, stop);
    RepairReport report{.check = run.report(), .plan = {}, .transaction = {}};
    report.check.is_part = true;
    if (wants_text(options)) write_report(report.check, early, options.check, output.stream());
    if (!report.check.complete) {
        write_result(report, options, output);
        return exit_code(report);
    }
    report.plan = run.make_plan(options.policy);
    show_plan(report, options, output);
    if (!report.plan.empty() && has_consent(options)) {
        const StoreLocks locks(root, places);
        run.check_again(report.plan, options.policy);
        Transactions transactions(root, tops_of(places));
        carry_out(run, transactions, options, report);
    }
    write_result(report, options, output);
    return exit_code(report);
}

}  // namespace drydock
