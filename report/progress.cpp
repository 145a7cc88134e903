// See progress.hpp. The line is rewritten with a carriage return and spaces, which every terminal and
// every log viewer knows.
#include "report/progress.hpp"

#include "report/words.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace drydock {

namespace {

constexpr std::chrono::milliseconds kInterval{200};
constexpr double kTooShortToTell = 1.0;  // seconds; a rate from less than that says nothing

}  // namespace

std::string format_duration(double seconds) {
    if (seconds < 1) {
        return "less than a second";
    }
    constexpr double kMostSeconds = 1e9;  // thirty years: a total of zero bytes a second
    const auto whole = static_cast<std::uint64_t>(std::llround(std::min(seconds, kMostSeconds)));
    if (whole < 100) {
        return std::to_string(whole) + " s";
    }
    const std::uint64_t minutes = (whole + 30) / 60;
    if (minutes < 100) {
        return std::to_string(minutes) + " min";
    }
    return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

std::string progress_line(const ProgressCounters& counters, double seconds, std::size_t width) {
    const std::uint64_t done = counters.bytes_done;
    // The total is an estimate from the records; what is done may exceed it.
    const std::uint64_t total = std::max<std::uint64_t>(counters.bytes_total, done);
    std::string line = "content: " + format_bytes(done) + " of " + format_bytes(total) + ", " +
                       std::to_string(counters.layers_done) + " of " +
                       count_of(counters.layers_total, "layer");
    if (seconds >= kTooShortToTell && done > 0) {
        const double rate = static_cast<double>(done) / seconds;
        line += ", " + format_bytes(static_cast<std::uint64_t>(rate)) + "/s, " +
                format_duration(static_cast<double>(total - done) / rate) + " left";
    }
    return line.substr(0, width);
}

Progress::Progress(std::ostream& out, const ProgressCounters& counters, std::size_t width)
    : out_(out),
      counters_(counters),
      width_(width),
      printer_([this](const std::stop_token& stop) { run(stop); }) {}

void Progress::run(const std::stop_token& stop) {
    const auto begin = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, stop, kInterval, [&stop] { return stop.stop_requested(); })) {
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
        const std::string line = progress_line(counters_, elapsed.count(), width_);
        const std::size_t pad = shown_ > line.size() ? shown_ - line.size() : 0;
        out_ << '\r' << line << std::string(pad, ' ') << std::flush;
        shown_ = line.size();
    }
}

void Progress::finish() {
    if (!printer_.joinable()) {
        return;
    }
    printer_.request_stop();
    printer_.join();
    if (shown_ > 0) {
        out_ << '\r' << std::string(shown_, ' ') << '\r' << std::flush;
    }
}

}  // namespace drydock
