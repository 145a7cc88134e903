// Puts faults into the table of system calls for as long as it lives: one at a time, before threads
// start. Without an order it only counts. Calls are counted from 1, in the order they are made.
#pragma once

#include "platform/sys.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace drydock {

enum class SysCall : std::uint8_t {
    open_beneath,
    open_at,
    stat_at,
    stat_fd,
    read,
    read_at,
    get_dents,
    read_link_at,
    list_xattr_fd,
    get_xattr_fd,
    list_xattr_path,
    get_xattr_path,
};

class FaultPlan {
public:
    FaultPlan();
    ~FaultPlan();
    FaultPlan(const FaultPlan&) = delete;
    FaultPlan& operator=(const FaultPlan&) = delete;

    // The orders below then speak of this call only.
    FaultPlan& only(SysCall call);
    FaultPlan& fail(std::size_t nth, int error);
    FaultPlan& fail_from(std::size_t nth, int error);
    FaultPlan& interrupt(std::size_t nth);       // EINTR, once
    FaultPlan& read_at_most(std::size_t bytes);  // each read(2) and pread(2)

    [[nodiscard]] std::size_t calls() const;  // of those that the orders speak of
    [[nodiscard]] std::size_t calls(SysCall call) const;

    [[nodiscard]] bool fired() const noexcept { return fired_; }

    // For the wrappers: 0, or the errno to fail this call with.
    int next(SysCall call);

    [[nodiscard]] const Sys& real() const noexcept { return real_; }

    [[nodiscard]] std::size_t most() const noexcept { return most_; }

private:
    static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t kCalls = static_cast<std::size_t>(SysCall::get_xattr_path) + 1;

    Sys real_;
    std::optional<SysCall> only_;
    std::size_t first_ = kNever;
    std::size_t last_ = kNever;
    int error_ = 0;
    std::size_t most_ = kNever;
    std::atomic<std::size_t> total_ = 0;
    std::array<std::atomic<std::size_t>, kCalls> counts_{};
    std::atomic<bool> fired_ = false;
};

}  // namespace drydock
