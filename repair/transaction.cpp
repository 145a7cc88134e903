#include "repair/transaction.hpp"

#include "repair/work_run.hpp"

namespace drydock {

namespace {

std::vector<RecordedStep> record_of(const Plan& plan) {
    std::vector<RecordedStep> steps;
    steps.reserve(plan.steps.size());
    for (const PlanStep& step : plan.steps) {
        steps.push_back(
            {.action = std::string(to_text(step.action)),
             .code = std::string(describe(step.damage).code),
             .path = step.path}
        );
    }
    return steps;
}

std::vector<std::string> paths_of(const Plan& plan) {
    std::vector<std::string> paths;
    paths.reserve(plan.changes.size());
    for (const Change& change : plan.changes) {
        paths.push_back(change.path);
    }
    return paths;
}

}  // namespace

Transactions::Transactions(const ReadDir& root, std::vector<StoreTops> stores)
    : root_(root), stores_(std::move(stores)) {}

Outcome Transactions::apply(
    const std::string& command, const Plan& plan, const Verification& verification, Method method
) {
    if (plan.empty()) return {};
    const Tops tops(root_, stores_);
    Work work(tops, command);
    const std::vector<std::string> paths = paths_of(plan);
    return run_work(work, verification, [&] {
        work.begin(method == Method::clone ? images_of(stores_, paths) : std::vector<std::string>(), paths);
        for (const Change& change : plan.changes) {
            work.stage(change.path, change.put ? Edit(*change.put) : Edit());
        }
        work.set_record(record_of(plan), plan.keeps);
    });
}

std::vector<Outcome> Transactions::recover() {
    std::vector<Outcome> outcomes;
    for (const StoredJournal& stored : read_journals(root_)) {
        const bool ended = stored.damaged.empty() && stored.journal.state == JournalState::done &&
                           stored.journal.begin->undoes.empty();
        if (ended) continue;
        const Tops tops(root_, stores_);
        Work work(tops, stored);
        const TransactionState state = work.recover();
        if (state == TransactionState::committed) end_undo(root_, tops, work);
        if (state != TransactionState::none) {
            outcomes.push_back({.id = stored.id, .state = state, .reason = {}});
        }
    }
    return outcomes;
}

void Transactions::forget(const std::string& id) {
    for (const StoredJournal& stored : read_journals(root_)) {
        if (stored.id != id) continue;
        const Tops tops(root_, stores_);
        Work work(tops, stored);
        // Of one that is under way the old objects may be needed to take it back.
        const std::optional<JournalState> state = stored.journal.state;
        if (state != JournalState::done && state != JournalState::forgetting) {
            throw RefusedError("transaction " + id + " was interrupted: the next `drydock repair` ends it");
        }
        work.remove();
        return;
    }
    throw RefusedError("there is no transaction " + id);
}

std::vector<RecordedTransaction> list_transactions(const ReadDir& root) {
    std::vector<RecordedTransaction> result;
    for (const StoredJournal& stored : read_journals(root)) {
        RecordedTransaction transaction;
        transaction.id = stored.id;
        transaction.damaged = stored.damaged;
        const Journal& journal = stored.journal;
        if (journal.begin) transaction.command = journal.begin->command;
        if (journal.prepared) {
            transaction.steps = journal.prepared->steps;
            transaction.keeps = journal.prepared->keeps;
        }
        const bool ended = journal.state == JournalState::done && journal.begin->undoes.empty();
        transaction.state = ended ? TransactionState::committed : TransactionState::interrupted;
        result.push_back(std::move(transaction));
    }
    return result;
}

}  // namespace drydock
