// From "all is staged" to "all is done", and back: see work.hpp.
#include "platform/os_error.hpp"
#include "repair/staging.hpp"
#include "repair/work.hpp"

#include <algorithm>
#include <ranges>
#include <set>

namespace drydock {

namespace {

std::string first_name(const std::string& path) {
    return path.substr(0, path.find('/'));
}

}  // namespace

void Work::set_record(std::vector<RecordedStep> steps, std::vector<std::string> keeps) {
    journal_.prepared->steps = std::move(steps);
    journal_.prepared->keeps = std::move(keeps);
}

void Work::set_takes_back(std::vector<std::uint32_t> indices) {
    journal_.prepared->takes_back = std::move(indices);
}

void Work::finish_trees() {
    for (const Tree& tree : trees_) {
        finish_clone(tops_.folder(tree.image).read(), tree_folder(tree));
    }
}

// Order: trees first, so that their moves have the lowest numbers.
void Work::add_tree_moves(const Tree& tree) {
    std::vector<JournalMove>& moves = journal_.prepared->moves;
    std::map<std::string, std::uint32_t> by_entry;  // "" is the tree itself
    for (JournalChange& change : tree_changes_[tree.image]) {
        const std::string inside = change.path.substr(tree.image.size() + 1);
        const std::string entry = tree.whole ? std::string() : first_name(inside);
        const auto [found, added] = by_entry.try_emplace(entry, static_cast<std::uint32_t>(moves.size()));
        change.move = found->second;
        if (added) {
            JournalMove move;
            move.path = entry.empty() ? tree.image : tree.image + "/" + entry;
            move.home = tree.home;
            move.stored = entry.empty() ? tree.stored : tree.stored + "/" + entry;
            move.old_inode = inode_at(tops_, move.path);
            move.new_inode = inode_at(tops_, stored_path(homes(), move));
            move.tree = entry != inside;
            move.left = move.tree ? std::string() : change.left;
            note_time(parent_path(move.path));
            moves.push_back(std::move(move));
        }
        if (moves[change.move].tree) journal_.prepared->changes.push_back(change);
    }
}

void Work::prepare() {
    finish_trees();
    std::vector<JournalMove> others = std::move(journal_.prepared->moves);
    journal_.prepared->moves.clear();
    for (const Tree& tree : trees_) {
        add_tree_moves(tree);
    }
    std::vector<JournalMove>& moves = journal_.prepared->moves;
    std::ranges::move(others, std::back_inserter(moves));
    for (const auto& [folder, time] : times_) {
        journal_.prepared->times.push_back(time);
    }
    // Order: what is staged is on the disk before the record that names it.
    for (const std::string& home : homes()) {
        if (is_own(home)) tops_.folder(home).sync_file_system();
    }
    file_->append(write_journal_record(*journal_.prepared));
}

std::optional<std::string> Work::verify_staged(const Verification& verification) const {
    if (!verification.staged) return std::nullopt;
    for (const Tree& tree : trees_) {
        if (auto reason = verification.staged(tree.image, tree_folder(tree).read())) return reason;
    }
    return std::nullopt;
}

void Work::commit() {
    file_->append(write_journal_record(JournalState::committed));
    journal_.state = JournalState::committed;
}

bool Work::trees_drifted() const {
    const std::vector<JournalMove>& moves = journal_.prepared->moves;
    for (std::uint32_t i = 0; i < moves.size(); ++i) {
        if (!moves[i].tree || side_of(tops_, homes(), moves[i]) != Side::before) continue;
        std::vector<std::string> changed;
        for (const JournalChange& change : journal_.prepared->changes) {
            if (change.move == i) changed.push_back(change.path.substr(moves[i].path.size() + 1));
        }
        // A folder of ours at the top of a store on a mount of its own.
        changed.emplace_back(kHiddenFolder);
        const WritableDir staged = tops_.folder(stored_path(homes(), moves[i]));
        if (find_drift(tops_.folder(moves[i].path).read(), staged.read(), changed)) return true;
    }
    return false;
}

void Work::carry_out() {
    if (trees_drifted()) {
        throw RefusedError("the store was changed by something else while the repair was being prepared");
    }
    for (const JournalMove& move : journal_.prepared->moves) {
        bring_to(Side::after, tops_, homes(), move);
    }
    restore_times(tops_, journal_.prepared->times);
    sync_store();
}

void Work::finish() {
    file_->append(write_journal_record(JournalState::done));
    journal_.state = JournalState::done;
}

void Work::sync_store() const {
    std::set<std::uint64_t> synced;
    for (const Tops::Top& top : tops_.all()) {
        if (synced.insert(top.dir.stat().device).second) WritableDir::of(top.dir).sync_file_system();
    }
}

void Work::move_back() {
    std::vector<JournalMove>& moves = journal_.prepared->moves;
    for (const JournalMove& move : std::views::reverse(moves)) {
        bring_to(Side::before, tops_, homes(), move);
    }
    restore_times(tops_, journal_.prepared->times);
    sync_store();
}

void Work::revert() {
    if (!journal_.begin || !file_) return;
    // A record that could not be synced may be on the disk all the same.
    file_->cut_torn();
    if (journal_.state == JournalState::committed) {
        file_->append(write_journal_record(JournalState::reverting));
        journal_.state = JournalState::reverting;
    }
    if (journal_.state == JournalState::reverting) {
        move_back();
        // Order: what was staged goes only when recovery no longer looks for it.
        file_->append(write_journal_record(JournalState::forgetting));
        journal_.state = JournalState::forgetting;
    }
    remove_homes();
}

void Work::remove_homes() {
    for (const std::string& home : homes()) {
        const std::string hidden = parent_path(home);
        if (!is_own(home) || home == homes().front() || inode_at(tops_, hidden) == 0) continue;
        const WritableDir folder = tops_.folder(hidden);
        remove_tree(folder, id_);
        if (folder.read().empty()) {
            const Spot spot = tops_.spot(hidden);
            spot.folder.remove_dir(spot.name);
        }
    }
    restore_times(tops_, journal_.begin->times);
    const WritableDir drydock = tops_.folder(std::string(kDrydockFolder));
    const WritableDir home = drydock.open(id_);
    for (const DirEntry& entry : home.read().list()) {
        if (entry.name != kJournalName) remove_tree(home, entry.name);
    }
    // Order: the journal last, as long as there is anything that it names.
    home.sync();
    remove_tree(drydock, id_);
    drydock.sync();
}

Work::Work(const Tops& tops, const StoredJournal& stored)
    : tops_(tops), id_(stored.id), journal_(stored.journal) {
    if (!stored.damaged.empty()) {
        throw RefusedError(
            "the journal of transaction " + id_ + " is damaged (" + stored.damaged + "): nothing was touched"
        );
    }
    if (journal_.begin) {
        const WritableDir home = tops_.folder(homes().front());
        file_ = JournalFile::reopen(home, journal_.whole_bytes);
    }
}

bool Work::any(Side side) const {
    if (!journal_.prepared) return false;
    return std::ranges::any_of(journal_.prepared->moves, [&](const JournalMove& move) {
        return side_of(tops_, homes(), move) == side;
    });
}

TransactionState Work::recover() {
    if (!journal_.begin) {
        // Nothing but its folder was made.
        remove_tree(tops_.folder(std::string(kDrydockFolder)), id_);
        return TransactionState::rolled_back;
    }
    if (!journal_.state && any(Side::after)) {
        throw RefusedError("the journal of transaction " + id_ + " has lost its end: nothing was touched");
    }
    if (journal_.state == JournalState::committed && !any(Side::neither) && !trees_drifted()) {
        carry_out();
        finish();
    }
    if (journal_.state == JournalState::forgetting) {
        remove_homes();
        return TransactionState::none;
    }
    if (journal_.state == JournalState::done) return TransactionState::committed;
    revert();
    return TransactionState::rolled_back;
}

void Work::remove() {
    if (journal_.state != JournalState::forgetting) {
        file_->append(write_journal_record(JournalState::forgetting));
        journal_.state = JournalState::forgetting;
    }
    remove_homes();
}

void Work::note_taken_back(const std::vector<std::uint32_t>& indices) {
    file_->append(write_taken_back(indices));
}

}  // namespace drydock
