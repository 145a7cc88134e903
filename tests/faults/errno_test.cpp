// Every changing system call fails once, and the disk is lost from every one on. What throws leaves the old
// store, with a message; what does not has done its work.
#include "tests/faults/scene.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/write_faults.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace drydock {

namespace {

using Catch::Matchers::Equals;

constexpr int kErrors[] = {EIO, ENOSPC, EROFS, EMFILE};

bool can_run() {
    if (geteuid() != 0) skip("needs root to make device nodes and owners");
    return geteuid() == 0;
}

std::ptrdiff_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
}

// What a call that failed may leave: the message, and the store before any recovery.
struct Failed {
    std::optional<std::string> message;
    bool fired = false;
};

Failed run_with(const std::function<void(WriteFaults&)>& order, const std::function<void()>& action) {
    Failed failed;
    const std::ptrdiff_t descriptors = open_descriptors();
    {
        WriteFaults faults;
        order(faults);
        failed.message = failure_of(action);
        failed.fired = faults.fired();
    }
    CHECK(open_descriptors() == descriptors);
    return failed;
}

}  // namespace

TEST_CASE("A changing call that fails once: the transaction takes all back itself, or has done it") {
    const int error = GENERATE(from_range(std::begin(kErrors), std::end(kErrors)));
    if (!can_run()) return;
    const Scene scene({});
    for (std::size_t n = 1;; n += every()) {
        Root root(ImagePlace::in_place);
        scene.copy_to(root);
        const Failed failed =
            run_with([&](WriteFaults& faults) { faults.fail(n, error); }, [&] { scene.apply(root); });
        if (!failed.fired) break;
        INFO("call " << n << " failed with " << error << ": " << failed.message.value_or("no message"));
        CHECK(failed.message.value_or("it was done") != "");
        REQUIRE_THAT(scene.judge(root), Equals(failed.message ? "old" : "new"));
        REQUIRE_THAT(scene.settle(root), Equals(failed.message ? "old" : "new"));
    }
}

TEST_CASE("A changing call of undo that fails once: the store is the old one or the new one") {
    if (!can_run()) return;
    const Scene scene({});
    for (std::size_t n = 1;; n += every()) {
        const int error = kErrors[n % std::size(kErrors)];
        Root root(ImagePlace::in_place);
        scene.copy_to(root);
        scene.apply(root);
        const Failed failed =
            run_with([&](WriteFaults& faults) { faults.fail(n, error); }, [&] { scene.undo(root); });
        if (!failed.fired) break;
        INFO("call " << n << " failed with " << error << ": " << failed.message.value_or("no message"));
        CHECK(failed.message.value_or("it was done") != "");
        REQUIRE_THAT(scene.settle(root), Equals("old") || Equals(failed.message ? "new" : "old"));
    }
}

TEST_CASE("A changing call that a signal interrupts is made again") {
    if (!can_run()) return;
    const Scene scene({});
    for (std::size_t n = 1;; n += every()) {
        Root root(ImagePlace::in_place);
        scene.copy_to(root);
        const Failed failed =
            run_with([&](WriteFaults& faults) { faults.fail(n, EINTR); }, [&] { scene.apply(root); });
        if (!failed.fired) break;
        INFO("call " << n);
        REQUIRE(failed.message.value_or("") == "");
        REQUIRE(scene.settle(root) == "new");
    }
}

TEST_CASE("A disk that is lost in the middle and comes back holds the old store or the new one") {
    const ImagePlace place = GENERATE(ImagePlace::in_place, ImagePlace::link);
    const bool undo = place == ImagePlace::link;
    if (!can_run()) return;
    const Scene scene({.place = place});
    for (std::size_t n = 1;; n += every()) {
        Root root(place);
        scene.copy_to(root);
        if (undo) scene.apply(root);
        const Failed failed = run_with(
            [&](WriteFaults& faults) { faults.fail_from(n, EIO); },
            [&] { undo ? scene.undo(root) : scene.apply(root); }
        );
        if (!failed.fired) break;
        INFO("from call " << n << " on: " << failed.message.value_or("no message"));
        REQUIRE(failed.message.has_value());
        CHECK(*failed.message != "");
        const std::string state = scene.settle(root);
        REQUIRE_THAT(state, Equals("old") || Equals("new"));
    }
}

TEST_CASE("A failure, and a stop while what was done is taken back: the old store or the new one") {
    if (!can_run()) return;
    // Every n meets some m, and every m some n.
    constexpr std::size_t kStride = 41;
    const Scene scene({});
    std::size_t stops = 0;
    bool reached = true;
    for (std::size_t n = 1; reached; ++n) {
        for (std::size_t m = n + 1 + n % kStride;; m += kStride) {
            Root root(ImagePlace::in_place);
            scene.copy_to(root);
            const int status = run_in_child([&] {
                WriteFaults faults;
                faults.fail(n, ENOSPC).stop_after(m);
                if (!failure_of([&] { scene.apply(root); }) && !faults.fired()) ::_exit(1);
            });
            reached = status != 1;
            if (status != WriteFaults::kStopped) break;
            INFO("call " << n << " failed, stopped after " << m);
            const std::string state = scene.settle(root);
            REQUIRE_THAT(state, Equals("old") || Equals("new"));
            ++stops;
        }
    }
    CHECK(stops > 20);
}

}  // namespace drydock
