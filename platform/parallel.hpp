// parallel_for: the only way drydock uses threads. Phases are serial, the items of one phase are not.
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

namespace drydock {

// Calls fn(index, worker) once for each index below `count`, in ascending order of start, from `jobs`
// threads (worker is 0 .. jobs-1; with jobs == 1 it runs in the caller). A requested stop lets items
// under way end and starts no more; the first exception does the same and is thrown again here.
// Results are joined by the caller in item order, so that `jobs` never shows in the output.
void parallel_for(
    std::size_t count,
    unsigned jobs,
    const std::stop_token& stop,
    const std::function<void(std::size_t index, unsigned worker)>& fn
);

}  // namespace drydock
