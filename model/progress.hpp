// How far the content pass is, for whoever prints it. Written by workers, read by the printer.
#pragma once

#include <atomic>
#include <cstdint>

namespace drydock {

struct ProgressCounters {
    std::atomic<std::uint64_t> bytes_done{0};
    std::atomic<std::uint64_t> bytes_total{0};  // by the layers' `size`: an estimate
    std::atomic<std::uint64_t> layers_done{0};
    std::atomic<std::uint64_t> layers_total{0};
};

}  // namespace drydock
