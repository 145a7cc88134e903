// See process.hpp. Signals are taken by a thread that waits for them, not by a handler, so that the stop
// request may run callbacks and wake sleepers.
#include "cli/process.hpp"

#include "cli/errors.hpp"

#include <pthread.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigset_t and sigtimedwait are POSIX
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace drydock {

namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM};

// Those that nobody told us to ignore (nohup, a shell's background job).
sigset_t wanted_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : kSignals) {
        struct sigaction action{};
        if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler != SIG_IGN) {
            sigaddset(&set, signal);
        }
    }
    return set;
}

}  // namespace

void raise_open_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        // Refused: the old limit holds, and what could not be opened will be reported as such.
        static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
    }
}

bool is_terminal(int fd) {
    return isatty(fd) == 1;
}

std::size_t terminal_width(int fd) {
    constexpr std::size_t kUsual = 80;
    constexpr std::size_t kLeast = 40;
    constexpr std::size_t kMost = 160;
    winsize size{};
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        return kUsual;
    }
    return std::clamp(std::size_t{size.ws_col}, kLeast, kMost);
}

StopOnSignal::StopOnSignal() {
    // SIGTERM is blocked in any case: the destructor wakes the waiter with it.
    sigset_t set = wanted_signals();
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    waiter_ = std::thread([this] { wait(); });
}

StopOnSignal::~StopOnSignal() {
    done_ = true;
    // The signal is blocked everywhere and waited for there.
    pthread_kill(waiter_.native_handle(), SIGTERM);  // NOLINT(bugprone-bad-signal-to-kill-thread): see above
    waiter_.join();
}

void StopOnSignal::wait() {
    sigset_t set = wanted_signals();
    sigaddset(&set, SIGTERM);
    for (;;) {
        int signal = 0;
        sigwait(&set, &signal);
        if (done_) {
            return;
        }
        if (!source_.request_stop()) {
            _exit(kExitCancelled);
        }
    }
}

}  // namespace drydock
