// Taking a transaction back: on a clone of the store as it is now, so that what was done since stays.
#include "repair/staging.hpp"
#include "repair/work_run.hpp"

#include <ranges>
#include <set>

namespace drydock {

namespace {

// What of a transaction can be taken back, object by object.
class Reversal {
public:
    Reversal(const Tops& tops, const Journal& journal) : tops_(tops), journal_(journal) {
        const auto& moves = journal.prepared->moves;
        const auto& changes = journal.prepared->changes;
        taken_back_.insert(journal.taken_back.begin(), journal.taken_back.end());
        for (std::uint32_t i = 0; i < moves.size(); ++i) {
            if (!moves[i].tree) judge_move(i);
        }
        for (std::uint32_t i = 0; i < changes.size(); ++i) {
            judge_change(i);
        }
    }

    [[nodiscard]] const std::vector<UndoConflict>& conflicts() const noexcept { return conflicts_; }

    // Numbers of moves, then of changes counted on behind them.
    [[nodiscard]] const std::vector<std::uint32_t>& possible() const noexcept { return possible_; }

    [[nodiscard]] std::vector<std::string> paths() const {
        std::vector<std::string> result;
        result.reserve(possible_.size());
        for (const std::uint32_t index : possible_) {
            result.push_back(is_move(index) ? move(index).path : change(index).path);
        }
        return result;
    }

    void stage(Work& work) const {
        for (const std::uint32_t index : possible_) {
            const std::string& path = is_move(index) ? move(index).path : change(index).path;
            const std::string stored =
                is_move(index) ? stored_path(journal_.begin->homes, move(index)) : stored_of(change(index));
            if (!work.in_tree(path)) {
                work.stage_reverse(path, stored);
            } else {
                work.stage(path, inode_at(tops_, stored) != 0 ? Edit(StoredObject{stored}) : Edit());
            }
        }
        work.set_takes_back(possible_);
    }

private:
    [[nodiscard]] std::uint32_t move_count() const {
        return static_cast<std::uint32_t>(journal_.prepared->moves.size());
    }

    [[nodiscard]] bool is_move(std::uint32_t index) const { return index < move_count(); }

    [[nodiscard]] const JournalMove& move(std::uint32_t index) const {
        return journal_.prepared->moves[index];
    }

    [[nodiscard]] const JournalChange& change(std::uint32_t index) const {
        return journal_.prepared->changes[index - move_count()];
    }

    // Where the old object of a change lies: in the tree that was exchanged.
    [[nodiscard]] std::string stored_of(const JournalChange& change) const {
        const JournalMove& tree = journal_.prepared->moves[change.move];
        return stored_path(journal_.begin->homes, tree) + change.path.substr(tree.path.size());
    }

    [[nodiscard]] std::string fingerprint_of(const std::string& path) const {
        if (inode_at(tops_, path) == 0) return {};
        const Spot spot = tops_.spot(path);
        return fingerprint(spot.folder.read(), spot.name);
    }

    void add(std::uint32_t index, const std::string& path, const std::string& left) {
        if (taken_back_.contains(index)) return;
        const std::string now = fingerprint_of(path);
        if (now == left) {
            possible_.push_back(index);
        } else {
            conflicts_.push_back(
                {.path = path,
                 .reason = left.empty()  ? "something is there again"
                           : now.empty() ? "it is no longer there"
                                         : "it was changed since"}
            );
        }
    }

    void judge_move(std::uint32_t index) { add(index, move(index).path, move(index).left); }

    void judge_change(std::uint32_t i) {
        const std::uint32_t index = move_count() + i;
        const std::string& path = change(index).path;
        if (!taken_back_.contains(index) && inode_at(tops_, parent_path(path)) == 0) {
            conflicts_.push_back({.path = path, .reason = "the folder that it was in is gone"});
            return;
        }
        add(index, path, change(index).left);
    }

    const Tops& tops_;
    const Journal& journal_;
    std::set<std::uint32_t> taken_back_;
    std::vector<std::uint32_t> possible_;
    std::vector<UndoConflict> conflicts_;
};

const StoredJournal& choose(const std::vector<StoredJournal>& journals, const std::string& id) {
    for (const StoredJournal& stored : std::views::reverse(journals)) {
        const bool ended = stored.damaged.empty() && stored.journal.state == JournalState::done;
        if (id.empty() ? ended : stored.id == id) return stored;
    }
    throw RefusedError(id.empty() ? "there is nothing to take back" : "there is no transaction " + id);
}

}  // namespace

UndoOutcome Transactions::undo(const std::string& id, Partial partial, const Verification& verification) {
    const std::vector<StoredJournal> journals = read_journals(root_);
    const StoredJournal& stored = choose(journals, id);
    const Tops tops(root_, stores_);
    (void)Work(tops, stored);  // refuses a damaged journal
    if (stored.journal.state != JournalState::done || !stored.journal.begin->undoes.empty()) {
        throw RefusedError(
            "transaction " + stored.id + " did not come to its end: there is nothing to take back"
        );
    }
    const Reversal reversal(tops, stored.journal);
    UndoOutcome result;
    result.conflicts = reversal.conflicts();
    const bool refused = !result.conflicts.empty() && partial == Partial::refuse;
    if (refused || reversal.possible().empty()) return result;
    Work work(tops, "undo", stored.journal);
    result.outcome = run_work(work, verification, [&] {
        work.begin(images_of(stores_, reversal.paths()), {});
        reversal.stage(work);
    });
    if (result.outcome.state == TransactionState::committed) end_undo(root_, tops, work);
    return result;
}

}  // namespace drydock
