// The progress line. Only what it says and that it leaves nothing behind; never how fast it comes.
#include "report/progress.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace drydock;

namespace {

void fill(ProgressCounters& counters) {
    counters.bytes_done = 400'000'000;
    counters.bytes_total = 1'300'000'000;
    counters.layers_done = 12;
    counters.layers_total = 40;
}

}  // namespace

TEST_CASE("The line tells bytes, layers, rate and time left") {
    ProgressCounters counters;
    fill(counters);
    CHECK(
        progress_line(counters, 2, 100) == "content: 400 MB of 1.3 GB, 12 of 40 layers, 200 MB/s, 5 s left"
    );
    CHECK(progress_line(counters, 0.5, 100) == "content: 400 MB of 1.3 GB, 12 of 40 layers");
    CHECK(progress_line(counters, 2, 20).size() == 20);
}

TEST_CASE("A total that was estimated too small never gives a time below zero") {
    ProgressCounters counters;
    counters.bytes_done = 500;
    counters.bytes_total = 100;
    CHECK(
        progress_line(counters, 10, 100) ==
        "content: 500 B of 500 B, 0 of 0 layers, 50 B/s, less than a second left"
    );
}

TEST_CASE("Durations are rounded to what a person wants to know") {
    CHECK(format_duration(0.2) == "less than a second");
    CHECK(format_duration(7.4) == "7 s");
    CHECK(format_duration(99) == "99 s");
    CHECK(format_duration(100) == "2 min");
    CHECK(format_duration(4800) == "80 min");
    CHECK(format_duration(7260) == "2 h 1 min");
    CHECK(format_duration(1e30) == "277777 h 47 min");
}

TEST_CASE("Whatever was printed is erased at the end") {
    ProgressCounters counters;
    fill(counters);
    std::ostringstream out;
    {
        Progress progress(out, counters, 79);
    }
    const std::string text = out.str();
    CHECK((text.empty() || text.ends_with('\r')));
}
