#include "repair/work_run.hpp"

#include "platform/os_error.hpp"

#include <algorithm>
#include <exception>
#include <set>

namespace drydock {

namespace {

void revert_after(Work& work, const std::exception& failure) {
    try {
        work.revert();
    } catch (const std::exception& second) {
        throw RefusedError(
            std::string(failure.what()) + "; what had been done could not be taken back now (" +
            second.what() + "): the next `drydock repair` ends transaction " + work.id()
        );
    }
}

// Moves and changes, without the moves of trees, whose changes are counted.
std::size_t count_reversible(const JournalPrepared& prepared) {
    const auto trees = std::ranges::count_if(prepared.moves, &JournalMove::tree);
    return prepared.moves.size() + prepared.changes.size() - static_cast<std::size_t>(trees);
}

}  // namespace

std::vector<std::string>
images_of(const std::vector<StoreTops>& stores, const std::vector<std::string>& paths) {
    std::vector<std::string> images;
    for (const StoreTops& store : stores) {
        const bool any =
            std::ranges::any_of(paths, [&](const std::string& path) { return lies_in(path, store.image); });
        if (any) images.push_back(store.image);
    }
    return images;
}

Outcome run_work(Work& work, const Verification& verification, const std::function<void()>& stage) {
    Outcome outcome{.id = work.id(), .state = TransactionState::rolled_back, .reason = {}};
    try {
        stage();
        work.prepare();
        std::optional<std::string> reason = work.verify_staged(verification);
        if (!reason) {
            // Order: from this record on a crash leads to the new store, before it to the old one.
            work.commit();
            work.carry_out();
            if (verification.result) reason = verification.result();
        }
        if (!reason) {
            work.finish();
            outcome.state = TransactionState::committed;
            return outcome;
        }
        outcome.reason = *reason;
    } catch (const std::exception& failure) {
        revert_after(work, failure);
        throw;
    }
    work.revert();
    return outcome;
}

void end_undo(const ReadDir& root, const Tops& tops, Work& undo) {
    const Journal& journal = undo.journal();
    const std::string& id = journal.begin->undoes;
    if (id.empty()) return;
    const std::optional<ReadDir> drydock = find_drydock_folder(root);
    const StoredJournal stored = drydock ? read_journal(*drydock, id) : StoredJournal{};
    if (stored.journal.prepared) {
        Work other(tops, stored);
        std::set<std::uint32_t> all(stored.journal.taken_back.begin(), stored.journal.taken_back.end());
        all.insert(journal.prepared->takes_back.begin(), journal.prepared->takes_back.end());
        if (all.size() == count_reversible(*stored.journal.prepared)) {
            other.remove();
        } else if (all.size() != stored.journal.taken_back.size()) {
            other.note_taken_back(journal.prepared->takes_back);
        }
    }
    undo.remove();
}

}  // namespace drydock
