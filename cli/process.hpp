// What drydock asks of its own process: limits, signals, the terminal.
#pragma once

#include <atomic>
#include <cstddef>
#include <stop_token>
#include <thread>

namespace drydock {

// The soft limit of open files becomes the hard one: many threads hold a few folders each.
void raise_open_file_limit();

[[nodiscard]] bool is_terminal(int fd);
[[nodiscard]] std::size_t terminal_width(int fd);  // 40 to 160

// SIGINT and SIGTERM become a stop request; a second one ends the program at once, which loses nothing
// because a change that is interrupted is ended by the next run. Make it before any other thread, which
// inherit the blocked signals.
class StopOnSignal {
public:
    StopOnSignal();
    ~StopOnSignal();
    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;

    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

private:
    void wait();

    std::stop_source source_;
    std::atomic<bool> done_ = false;
    std::thread waiter_;
};

}  // namespace drydock
