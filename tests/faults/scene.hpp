// What the loops of this folder share: a small store, plans with every kind of change, the two states that
// the store may be in afterwards, and processes that end in the middle.
#pragma once

#include "repair/transaction.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tree_snapshot.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace drydock {

enum class PlanKind : std::uint8_t {
    image_only,  // switched in one step
    mixed,       // in image/overlay2, overlay2/ and containers/
};

// Where image/overlay2 is.
enum class ImagePlace : std::uint8_t {
    in_place,   // exchanged as one
    link,       // entry by entry
    own_mount,  // staged in .drydock/ at its own top
};

// A folder with one data root in it.
class Root {
public:
    explicit Root(ImagePlace place) : temp_(fast_folder()), place_(place) {}

    ~Root();
    Root(const Root&) = delete;
    Root& operator=(const Root&) = delete;

    [[nodiscard]] std::string path() const { return temp_.path("root"); }

    // Everything but what is drydock's.
    [[nodiscard]] TreeSnapshot snapshot() const;

    // After the store was copied there: makes image/overlay2 a mount if it is to be one.
    void arrange();

private:
    TempDir temp_;
    ImagePlace place_;
    bool mounted_ = false;
};

struct Setting {
    PlanKind plan = PlanKind::mixed;
    ImagePlace place = ImagePlace::in_place;
    Transactions::Method method = Transactions::Method::clone;
};

// For the messages of a test.
[[nodiscard]] std::string describe(const Setting& setting);

class Scene {
public:
    // Carries the plan out once, undisturbed: what it leaves is the new state.
    explicit Scene(const Setting& setting);

    [[nodiscard]] const Plan& plan() const noexcept { return plan_; }

    // A fresh copy of the old store in `root`.
    void copy_to(Root& root) const;

    // "old", "new", or what it differs from both in.
    [[nodiscard]] std::string judge(const Root& root) const;

    // Calls of the class, each on the root as it lies now.
    void apply(const Root& root) const;
    void undo(const Root& root) const;
    void forget(const Root& root) const;
    void recover(const Root& root) const;

    // What must hold after any crash or failure: recovers, judges, recovers again, which changes nothing;
    // the transactions listed are those of the state, and the new one can be taken back. Returns the state.
    // Where the transaction was being forgotten it may be gone, and nothing can be taken back.
    enum class Forgotten : std::uint8_t { no, perhaps };
    [[nodiscard]] std::string settle(const Root& root, Forgotten forgotten = Forgotten::no) const;

private:
    TempDir temp_;
    Setting setting_;
    Plan plan_;
    TreeSnapshot old_;
    TreeSnapshot new_;
    std::vector<std::string> written_;  // their mtimes are of the moment
};

// How many calls a loop goes on by: 1, or what DRYDOCK_FAULTS_EVERY says, for programs that are slow to fork.
[[nodiscard]] std::size_t every();

// Whether scenes with this place can be made here: a mount needs the right to have a mount namespace of one's
// own, which the process then has.
[[nodiscard]] bool can_make(ImagePlace place);

// The status of a process that ran `action`: 0, kStopped of WriteFaults, or 3 where it threw.
[[nodiscard]] int run_in_child(const std::function<void()>& action);

// What() of what `action` throws.
[[nodiscard]] std::optional<std::string> failure_of(const std::function<void()>& action);

}  // namespace drydock
