// A process that does what only transactions do ends after its nth changing system call, for every n. After
// the next recovery the store is exactly the old one or exactly the new one, and another recovery has nothing
// to do.
#include "tests/faults/scene.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/write_faults.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <algorithm>

namespace drydock {

namespace {

using Catch::Matchers::Equals;

const Setting kSettings[] = {
    {PlanKind::image_only, ImagePlace::in_place},
    {PlanKind::mixed, ImagePlace::in_place},
    {PlanKind::mixed, ImagePlace::link},
    {PlanKind::mixed, ImagePlace::own_mount},
    {PlanKind::mixed, ImagePlace::in_place, Transactions::Method::single_moves},
};

bool can_run(const Setting& setting) {
    if (geteuid() != 0) {
        skip("needs root to make device nodes and owners");
        return false;
    }
    if (!can_make(setting.place)) {
        skip("needs a mount namespace");
        return false;
    }
    return true;
}

enum class Operation : std::uint8_t { apply, undo };

// Brings the store to where the operation begins.
void begin(const Scene& scene, Root& root, Operation operation) {
    scene.copy_to(root);
    if (operation == Operation::undo) scene.apply(root);
}

void run(const Scene& scene, const Root& root, Operation operation) {
    if (operation == Operation::apply) {
        scene.apply(root);
    } else {
        scene.undo(root);
    }
}

const char* target_of(Operation operation) {
    return operation == Operation::apply ? "new" : "old";
}

// The states that followed, by n: first one, then the other, and never back.
void check_one_switch(const std::vector<std::string>& states, Operation operation) {
    const std::string target = target_of(operation);
    REQUIRE_FALSE(states.empty());
    CHECK(states.front() != target);
    if (every() == 1) CHECK(states.back() == target);  // else the last calls may not have been stopped at
    CHECK(std::is_partitioned(states.begin(), states.end(), [&](const std::string& state) {
        return state != target;
    }));
}

}  // namespace

TEST_CASE("Stopped after any changing call, a transaction and its undo leave the old store or the new one") {
    const Setting setting = GENERATE(from_range(std::begin(kSettings), std::end(kSettings)));
    const Operation operation = GENERATE(Operation::apply, Operation::undo);
    if (!can_run(setting)) return;
    const Scene scene(setting);
    INFO(describe(setting));
    std::vector<std::string> states;
    for (std::size_t n = 1;; n += every()) {
        Root root(setting.place);
        begin(scene, root, operation);
        const int status = run_in_child([&] {
            WriteFaults faults;
            faults.stop_after(n);
            run(scene, root, operation);
        });
        if (status == 0) break;
        INFO("call " << n);
        REQUIRE(status == WriteFaults::kStopped);
        states.push_back(scene.settle(root));
        REQUIRE_THAT(states.back(), Equals("old") || Equals("new"));
    }
    check_one_switch(states, operation);
}

TEST_CASE("A write of which only half reached the disk leaves the old store or the new one") {
    const Operation operation = GENERATE(Operation::apply, Operation::undo);
    const Setting setting = kSettings[1];
    if (!can_run(setting)) return;
    const Scene scene(setting);
    INFO(describe(setting));
    std::vector<std::string> states;
    for (std::size_t n = 1;; n += every()) {
        Root root(setting.place);
        begin(scene, root, operation);
        const int status = run_in_child([&] {
            WriteFaults faults;
            faults.tear(n);
            run(scene, root, operation);
        });
        if (status == 0) break;
        INFO("write " << n);
        REQUIRE(status == WriteFaults::kStopped);
        states.push_back(scene.settle(root));
        REQUIRE_THAT(states.back(), Equals("old") || Equals("new"));
    }
    check_one_switch(states, operation);
}

TEST_CASE("A recovery that is stopped itself is ended by the next one") {
    const Setting setting = GENERATE(kSettings[1], kSettings[3], kSettings[4]);
    const Operation operation = GENERATE(Operation::apply, Operation::undo);
    if (!can_run(setting)) return;
    // Every n meets some m, and every m some n.
    constexpr std::size_t kStride = 41;
    const Scene scene(setting);
    INFO(describe(setting));
    std::size_t recoveries = 0;
    bool stopped = true;
    for (std::size_t n = 1; stopped; n += every()) {
        for (std::size_t m = 1 + n % kStride;; m += kStride) {
            Root root(setting.place);
            begin(scene, root, operation);
            const int status = run_in_child([&] {
                WriteFaults faults;
                faults.stop_after(n);
                run(scene, root, operation);
            });
            stopped = status == WriteFaults::kStopped;
            if (!stopped) break;
            const int again = run_in_child([&] {
                WriteFaults faults;
                faults.stop_after(m);
                scene.recover(root);
            });
            if (again == 0) break;
            INFO("call " << n << ", of the recovery " << m);
            REQUIRE(again == WriteFaults::kStopped);
            const std::string state = scene.settle(root);
            REQUIRE_THAT(state, Equals("old") || Equals("new"));
            ++recoveries;
        }
    }
    CHECK(recoveries > 0);
}

TEST_CASE("Forgetting that is stopped is ended by the next recovery and leaves the store alone") {
    const Setting setting = GENERATE(from_range(std::begin(kSettings), std::end(kSettings)));
    if (!can_run(setting)) return;
    const Scene scene(setting);
    INFO(describe(setting));
    std::size_t calls = 0;
    for (std::size_t n = 1;; n += every()) {
        Root root(setting.place);
        begin(scene, root, Operation::undo);
        const int status = run_in_child([&] {
            WriteFaults faults;
            faults.stop_after(n);
            scene.forget(root);
        });
        if (status == 0) break;
        INFO("call " << n);
        REQUIRE(status == WriteFaults::kStopped);
        REQUIRE(scene.settle(root, Scene::Forgotten::perhaps) == "new");
        ++calls;
    }
    CHECK(calls > 10 / every());
}

}  // namespace drydock
