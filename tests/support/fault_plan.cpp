#include "tests/support/fault_plan.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

namespace drydock {

namespace {

FaultPlan* active = nullptr;

template <SysCall kCall, auto kEntry>
struct Wrapper;

template <SysCall kCall, class Result, class... Arguments, Result (*Sys::*kEntry)(Arguments...)>
struct Wrapper<kCall, kEntry> {
    static Result call(Arguments... arguments) {
        if (const int error = active->next(kCall); error != 0) {
            errno = error;
            return -1;
        }
        return (active->real().*kEntry)(arguments...);
    }
};

ssize_t short_read(int fd, void* buffer, std::size_t size) {
    return Wrapper<SysCall::read, &Sys::read>::call(fd, buffer, std::min(size, active->most()));
}

ssize_t short_read_at(int fd, void* buffer, std::size_t size, off_t offset) {
    return Wrapper<SysCall::read_at, &Sys::read_at>::call(fd, buffer, std::min(size, active->most()), offset);
}

}  // namespace

FaultPlan::FaultPlan() : real_(sys) {
    if (active != nullptr) throw std::logic_error("two fault plans at once");
    active = this;
    sys = {
        .open_beneath = Wrapper<SysCall::open_beneath, &Sys::open_beneath>::call,
        .open_at = Wrapper<SysCall::open_at, &Sys::open_at>::call,
        .stat_at = Wrapper<SysCall::stat_at, &Sys::stat_at>::call,
        .stat_fd = Wrapper<SysCall::stat_fd, &Sys::stat_fd>::call,
        .read = short_read,
        .read_at = short_read_at,
        .get_dents = Wrapper<SysCall::get_dents, &Sys::get_dents>::call,
        .read_link_at = Wrapper<SysCall::read_link_at, &Sys::read_link_at>::call,
        .list_xattr_fd = Wrapper<SysCall::list_xattr_fd, &Sys::list_xattr_fd>::call,
        .get_xattr_fd = Wrapper<SysCall::get_xattr_fd, &Sys::get_xattr_fd>::call,
        .list_xattr_path = Wrapper<SysCall::list_xattr_path, &Sys::list_xattr_path>::call,
        .get_xattr_path = Wrapper<SysCall::get_xattr_path, &Sys::get_xattr_path>::call,
    };
}

FaultPlan::~FaultPlan() {
    sys = real_;
    active = nullptr;
}

FaultPlan& FaultPlan::only(SysCall call) {
    only_ = call;
    return *this;
}

FaultPlan& FaultPlan::fail(std::size_t nth, int error) {
    first_ = nth;
    last_ = nth;
    error_ = error;
    return *this;
}

FaultPlan& FaultPlan::fail_from(std::size_t nth, int error) {
    first_ = nth;
    last_ = kNever;
    error_ = error;
    return *this;
}

FaultPlan& FaultPlan::interrupt(std::size_t nth) {
    return fail(nth, EINTR);
}

FaultPlan& FaultPlan::read_at_most(std::size_t bytes) {
    most_ = bytes;
    return *this;
}

std::size_t FaultPlan::calls() const {
    return total_;
}

std::size_t FaultPlan::calls(SysCall call) const {
    return counts_[static_cast<std::size_t>(call)];
}

int FaultPlan::next(SysCall call) {
    ++counts_[static_cast<std::size_t>(call)];
    if (only_ && *only_ != call) return 0;
    const std::size_t number = ++total_;
    if (number < first_ || number > last_) return 0;
    fired_ = true;
    return error_;
}

}  // namespace drydock
