// Puts faults into the table of changing system calls for as long as it lives: one at a time. Calls are
// counted from 1, in the order they are made. Without an order it only counts.
#pragma once

#include "platform/sys_write.hpp"

#include <cstddef>
#include <limits>

namespace drydock {

class WriteFaults {
public:
    // What a process that stop_after() or tear() ends leaves as its status.
    static constexpr int kStopped = 42;

    WriteFaults();
    ~WriteFaults();
    WriteFaults(const WriteFaults&) = delete;
    WriteFaults& operator=(const WriteFaults&) = delete;

    // The process ends at once when the nth call has been made. For a forked child.
    WriteFaults& stop_after(std::size_t nth);
    // It ends in the nth write(2), of which only the first half reaches the file.
    WriteFaults& tear(std::size_t nth);
    WriteFaults& fail(std::size_t nth, int error);
    WriteFaults& fail_from(std::size_t nth, int error);  // the disk is lost

    [[nodiscard]] std::size_t calls() const noexcept { return calls_; }

    [[nodiscard]] bool fired() const noexcept { return fired_; }

    // For the wrappers: 0, or the errno to fail this call with.
    int before_call();
    void after_call() const;
    // How much of a write is made: after before_call().
    std::size_t most(std::size_t size);

    [[nodiscard]] const SysWrite& real() const noexcept { return real_; }

private:
    static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

    SysWrite real_;
    std::size_t stop_ = kNever;
    std::size_t torn_ = kNever;
    std::size_t writes_ = 0;
    std::size_t first_ = kNever;
    std::size_t last_ = kNever;
    int error_ = 0;
    std::size_t calls_ = 0;
    bool fired_ = false;
};

}  // namespace drydock
