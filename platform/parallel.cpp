// The caller is worker 0, so that the work gets done even where no thread can be started. Workers take
// the next index from one counter; nothing else is shared but the first exception.
#include "platform/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace drydock {

namespace {

// What the workers of one call share.
class Work {
public:
    Work(
        std::size_t count,
        const std::stop_token& stop,
        const std::function<void(std::size_t index, unsigned worker)>& fn
    )
        : count_(count), stop_(stop), fn_(fn) {}

    void run(unsigned worker) {
        while (!stop_.stop_requested() && !failed_.load(std::memory_order_relaxed)) {
            const std::size_t index = next_.fetch_add(1, std::memory_order_relaxed);
            if (index >= count_) return;
            try {
                fn_(index, worker);
            } catch (...) {
                keep_first(std::current_exception());
                return;
            }
        }
    }

    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    void keep_first(std::exception_ptr failure) {
        const std::lock_guard lock(mutex_);
        if (!failure_) {
            failure_ = std::move(failure);
        }
        failed_.store(true, std::memory_order_relaxed);
    }

    std::size_t count_;
    const std::stop_token& stop_;
    const std::function<void(std::size_t index, unsigned worker)>& fn_;
    std::atomic<std::size_t> next_ = 0;
    std::atomic<bool> failed_ = false;
    std::mutex mutex_;
    std::exception_ptr failure_;
};

}  // namespace

void parallel_for(
    std::size_t count,
    unsigned jobs,
    const std::stop_token& stop,
    const std::function<void(std::size_t index, unsigned worker)>& fn
) {
    const auto workers = static_cast<unsigned>(std::min<std::size_t>(std::max(jobs, 1U), count));
    Work work(count, stop, fn);
    {
        std::vector<std::jthread> threads;
        threads.reserve(workers);
        for (unsigned worker = 1; worker < workers; ++worker) {
            try {
                threads.emplace_back([&work, worker] { work.run(worker); });
            } catch (const std::system_error&) {
                break;  // no more threads to be had: those that started and the caller do all of it
            }
        }
        work.run(0);
    }
    work.rethrow();
}

}  // namespace drydock
