// One line on stderr that tells how far the content pass is: bytes and layers done, rate, time left. It
// only samples counters that the pass keeps anyway, never slows the pass down, and leaves nothing behind.
// Rates and times stand here and never in a report.
#pragma once

#include "model/progress.hpp"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <ostream>
#include <stop_token>
#include <string>
#include <thread>

namespace drydock {

// "content: 412 MB of 1.3 GB, 12 of 40 layers, 380 MB/s, 3 s left", cut to `width` columns.
[[nodiscard]] std::string progress_line(const ProgressCounters& counters, double seconds, std::size_t width);

// "2 s", "3 min", "1 h 20 min"; "less than a second".
[[nodiscard]] std::string format_duration(double seconds);

class Progress {
public:
    // Begins to print to `out`, at most five times a second. Both references must outlive this object.
    Progress(std::ostream& out, const ProgressCounters& counters, std::size_t width);

    ~Progress() { finish(); }

    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // Stops the printer and erases the line; from here on others may write to `out`.
    void finish();

private:
    void run(const std::stop_token& stop);

    std::ostream& out_;
    const ProgressCounters& counters_;
    std::size_t width_;
    std::size_t shown_ = 0;  // columns to erase
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread printer_;  // last: it uses the others
};

}  // namespace drydock
