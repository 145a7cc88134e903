#include "platform/parallel.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <latch>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace drydock {

TEST_CASE("Every item is worked on exactly once", "[platform]") {
    for (const unsigned jobs : {0U, 1U, 2U, 7U, 100U}) {
        for (const std::size_t count : {0U, 1U, 5U, 1000U}) {
            CAPTURE(jobs, count);
            std::vector<std::atomic<int>> seen(count);
            std::atomic<unsigned> highest = 0;
            parallel_for(count, jobs, {}, [&](std::size_t index, unsigned worker) {
                ++seen[index];
                for (unsigned known = highest;
                     worker > known && !highest.compare_exchange_weak(known, worker);) {
                }
            });
            for (const std::atomic<int>& times : seen) {
                REQUIRE(times == 1);
            }
            CHECK(highest < std::max(jobs, 1U));
            CHECK(highest < std::max<std::size_t>(count, 1));
        }
    }
}

TEST_CASE("One job runs in the caller, in order", "[platform]") {
    std::vector<std::size_t> order;
    parallel_for(4, 1, {}, [&, caller = std::this_thread::get_id()](std::size_t index, unsigned worker) {
        CHECK(std::this_thread::get_id() == caller);
        CHECK(worker == 0);
        order.push_back(index);
    });
    CHECK(order == std::vector<std::size_t>{0, 1, 2, 3});
}

TEST_CASE("Several jobs are at work at the same time, each under its own number", "[platform]") {
    std::latch all(3);
    std::mutex mutex;
    std::set<unsigned> workers;
    parallel_for(3, 3, {}, [&](std::size_t, unsigned worker) {
        all.arrive_and_wait();  // passed only when three are here
        const std::lock_guard lock(mutex);
        workers.insert(worker);
    });
    CHECK(workers == std::set<unsigned>{0, 1, 2});
}

TEST_CASE("An exception stops the work and reaches the caller", "[platform]") {
    for (const unsigned jobs : {1U, 4U}) {
        CAPTURE(jobs);
        std::atomic<std::size_t> started = 0;
        CHECK_THROWS_WITH(
            parallel_for(
                1'000'000,
                jobs,
                {},
                [&](std::size_t index, unsigned) {
                    ++started;
                    if (index == 3) throw std::runtime_error("item 3");
                }
            ),
            "item 3"
        );
        CHECK(started < 1'000'000);
    }
}

TEST_CASE("A requested stop starts no more items", "[platform]") {
    std::stop_source source;
    std::size_t started = 0;
    parallel_for(100, 1, source.get_token(), [&](std::size_t index, unsigned) {
        ++started;
        if (index == 4) source.request_stop();
    });
    CHECK(started == 5);
    parallel_for(100, 4, source.get_token(), [&](std::size_t, unsigned) { FAIL("started after the stop"); });
}

}  // namespace drydock
