// One transaction under way: staged, prepared, committed, carried out. For repair/ only; the order of the
// calls is that of the members, and the journal makes it hold across crashes (tests/faults).
#pragma once

#include "repair/journal_file.hpp"
#include "repair/moves.hpp"
#include "repair/tops.hpp"
#include "repair/transaction.hpp"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace drydock {

// What a tree keeps of an object that another transaction had set aside: a further name of it.
struct StoredObject {
    std::string path;  // from ROOT
};

// monostate: nothing is to be there any more.
using Edit = std::variant<std::monostate, NewObject, StoredObject>;

class Work {
public:
    Work(const Tops& tops, std::string command);
    // One that takes another back: moves may use what that one had set aside.
    Work(const Tops& tops, std::string command, const Journal& undoes);

    // Makes the transaction's folders and begins its journal. `trees` are the image folders of which `paths`
    // lie in one; every path that will be edited is among `paths`.
    void begin(const std::vector<std::string>& images, const std::vector<std::string>& paths);

    // Whether a path lies in an image folder that was cloned.
    [[nodiscard]] bool in_tree(const std::string& path) const { return tree_of(path) != nullptr; }

    // A change of the store, staged. Those inside an image folder are made in its clone.
    void stage(const std::string& path, const Edit& edit);
    // A move that another transaction had made, the other way round. `stored` is from ROOT.
    void stage_reverse(const std::string& path, const std::string& stored);
    void set_record(std::vector<RecordedStep> steps, std::vector<std::string> keeps);
    void set_takes_back(std::vector<std::uint32_t> indices);

    // Syncs what is staged and writes down what is going to be done. Before it nothing in the store changed.
    void prepare();
    // Why it must not be carried out; nullopt where nothing speaks against it. After prepare().
    [[nodiscard]] std::optional<std::string> verify_staged(const Verification& verification) const;
    void commit();
    // Makes all moves, and what is made is on the disk. Throws with some of them made.
    void carry_out();
    void finish();
    // Undoes what of all this happened, and removes what was staged.
    void revert();

    [[nodiscard]] const std::string& id() const noexcept { return id_; }

    // Goes on with a transaction that is on the disk.
    Work(const Tops& tops, const StoredJournal& stored);
    // What recovery has to do with it: the state it is in afterwards.
    TransactionState recover();
    // Removes all that it had set aside, and itself.
    void remove();
    // After an `undo --partial`.
    void note_taken_back(const std::vector<std::uint32_t>& indices);

    [[nodiscard]] const Journal& journal() const noexcept { return journal_; }

private:
    struct Tree {
        std::string image;   // "image/overlay2"
        std::string stored;  // in its home: "tree-0"
        std::uint32_t home = 0;
        bool whole = false;  // exchanged as one; else entry by entry
    };

    [[nodiscard]] const std::vector<std::string>& homes() const { return journal_.begin->homes; }

    // Of this transaction, and not of one that it takes back.
    [[nodiscard]] bool is_own(const std::string& home) const { return last_name(home) == id_; }

    [[nodiscard]] std::string home_for(const std::string& path) const;
    [[nodiscard]] std::uint32_t home_index(const std::string& home) const;
    void make_homes();
    void make_tree(const std::string& image);
    [[nodiscard]] WritableDir tree_folder(const Tree& tree) const;
    [[nodiscard]] const Tree* tree_of(const std::string& path) const;
    void edit_tree(const Tree& tree, const std::string& path, const Edit& edit);
    void make_in_tree(
        const WritableDir& folder, const std::string& name, const std::string& path, const Edit& edit
    );
    void finish_trees();
    void add_tree_moves(const Tree& tree);
    void note_time(const std::string& folder);
    [[nodiscard]] bool trees_drifted() const;
    void sync_store() const;
    void move_back();
    void remove_homes();
    [[nodiscard]] bool any(Side side) const;

    const Tops& tops_;
    std::string id_;
    Journal journal_;
    std::optional<JournalFile> file_;
    std::vector<Tree> trees_;
    std::map<std::string, std::vector<JournalChange>> tree_changes_;  // by image
    std::map<std::string, JournalTime> times_;
    std::uint32_t next_object_ = 0;
};

}  // namespace drydock
