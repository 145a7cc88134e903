// The only writer. It carries out a plan so that every crash leaves the old store or the new one, keeps
// what it replaced until that is forgotten, and ends what an earlier run had begun. Everything of its own
// lies in ROOT/drydock/<id>/, and in .drydock/ on other mounts (docs/architecture.md, "Transactions").
#pragma once

#include "model/plan.hpp"
#include "model/transactions.hpp"
#include "platform/dir.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace drydock {

// Where a store lies, from ROOT: "image/overlay2", "overlay2", "containers".
struct StoreTops {
    std::string image;
    std::string driver;
    std::string containers;
};

// Each returns why the store must not become, or stay, what it is now; nullopt where all is well.
struct Verification {
    // Before anything is switched. `image` is StoreTops::image, `staged` what would stand there.
    std::function<std::optional<std::string>(const std::string& image, const ReadDir& staged)> staged;
    // When all changes are made: on the store as it lies.
    std::function<std::optional<std::string>()> result;
};

struct Outcome {
    std::string id;  // "" where there was nothing to do
    TransactionState state = TransactionState::none;
    std::string reason;  // rolled back: why
};

// A change that `undo` cannot take back, because the object is not what the transaction had left.
struct UndoConflict {
    std::string path;
    std::string reason;
};

struct UndoOutcome {
    Outcome outcome;
    std::vector<UndoConflict> conflicts;  // without --partial: nothing was changed if there are any
};

// Thrown before the first change: nothing was touched.
class RefusedError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// All below are called under the locks of repair/locks.hpp. They throw OsError and RefusedError where
// nothing was changed, or all is back as it was; where neither could be reached the message says what is
// left, and the next command that may write goes on with it.
class Transactions {
public:
    // `root` is ROOT. Opens the folder of an earlier run; makes none.
    Transactions(const ReadDir& root, std::vector<StoreTops> stores);

    // Finishes or rolls back what was interrupted. The outcome of each, oldest first.
    std::vector<Outcome> recover();

    // Whether the image folders are cloned, changed there and exchanged as one, or each object is moved by
    // itself: for a full disk, and for plans that only take away what nobody uses.
    enum class Method : std::uint8_t { clone, single_moves };

    // What would keep the plan from being carried out here: room, mounts, immutable objects, rights. Throws
    // RefusedError. Changes nothing.
    void preflight(const Plan& plan, Method method = Method::clone);
    Outcome apply(
        const std::string& command,
        const Plan& plan,
        const Verification& verification,
        Method method = Method::clone
    );

    enum class Partial : std::uint8_t { refuse, allow };
    // "" is the last one that was not undone.
    UndoOutcome undo(const std::string& id, Partial partial, const Verification& verification);
    // Frees what a transaction had set aside; it can no longer be undone.
    void forget(const std::string& id);

private:
    const ReadDir& root_;
    std::vector<StoreTops> stores_;
};

// For commands that only read. Sorted by id; those that were undone or forgotten are not among them.
[[nodiscard]] std::vector<RecordedTransaction> list_transactions(const ReadDir& root);

}  // namespace drydock
