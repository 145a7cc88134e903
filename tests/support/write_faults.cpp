#include "tests/support/write_faults.hpp"

#include <cerrno>
#include <stdexcept>

namespace drydock {

namespace {

WriteFaults* active = nullptr;

template <auto kEntry>
struct Wrapper;

template <class Result, class... Arguments, Result (*SysWrite::*kEntry)(Arguments...)>
struct Wrapper<kEntry> {
    static Result call(Arguments... arguments) {
        if (const int error = active->before_call(); error != 0) {
            errno = error;
            return -1;
        }
        const Result result = (active->real().*kEntry)(arguments...);
        active->after_call();
        return result;
    }
};

ssize_t tearing_write(int fd, const void* bytes, std::size_t size) {
    if (const int error = active->before_call(); error != 0) {
        errno = error;
        return -1;
    }
    const ssize_t result = active->real().write(fd, bytes, active->most(size));
    active->after_call();
    return result;
}

}  // namespace

WriteFaults::WriteFaults() : real_(sys_write) {
    if (active != nullptr) throw std::logic_error("two sets of faults at once");
    active = this;
    sys_write = {
        .create_at = Wrapper<&SysWrite::create_at>::call,
        .open_append_at = Wrapper<&SysWrite::open_append_at>::call,
        .write = tearing_write,
        .truncate_fd = Wrapper<&SysWrite::truncate_fd>::call,
        .sync_fd = Wrapper<&SysWrite::sync_fd>::call,
        .sync_file_system = Wrapper<&SysWrite::sync_file_system>::call,
        .make_dir_at = Wrapper<&SysWrite::make_dir_at>::call,
        .rename_at = Wrapper<&SysWrite::rename_at>::call,
        .link_at = Wrapper<&SysWrite::link_at>::call,
        .symlink_at = Wrapper<&SysWrite::symlink_at>::call,
        .make_device_at = Wrapper<&SysWrite::make_device_at>::call,
        .unlink_at = Wrapper<&SysWrite::unlink_at>::call,
        .change_mode_fd = Wrapper<&SysWrite::change_mode_fd>::call,
        .change_owner_at = Wrapper<&SysWrite::change_owner_at>::call,
        .set_times_at = Wrapper<&SysWrite::set_times_at>::call,
        .set_xattr_fd = Wrapper<&SysWrite::set_xattr_fd>::call,
    };
}

WriteFaults::~WriteFaults() {
    sys_write = real_;
    active = nullptr;
}

WriteFaults& WriteFaults::stop_after(std::size_t nth) {
    stop_ = nth;
    return *this;
}

WriteFaults& WriteFaults::tear(std::size_t nth) {
    torn_ = nth;
    return *this;
}

WriteFaults& WriteFaults::fail(std::size_t nth, int error) {
    first_ = nth;
    last_ = nth;
    error_ = error;
    return *this;
}

WriteFaults& WriteFaults::fail_from(std::size_t nth, int error) {
    fail(nth, error);
    last_ = kNever;
    return *this;
}

int WriteFaults::before_call() {
    ++calls_;
    if (calls_ < first_ || calls_ > last_) return 0;
    fired_ = true;
    return error_;
}

void WriteFaults::after_call() const {
    // No destructor, no flush, and none of a sanitizer's last checks: as if the power went.
    if (calls_ == stop_) ::_exit(kStopped);
}

std::size_t WriteFaults::most(std::size_t size) {
    if (++writes_ != torn_) return size;
    stop_ = calls_;
    return size / 2;
}

}  // namespace drydock
