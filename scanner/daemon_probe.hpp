// Is a daemon at work on this root? dockerd keeps its bolt databases locked as long as it lives. The
// managed containerd's own database alone is no daemon of ours.
#pragma once

#include "platform/dir.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace drydock {

struct LiveDaemon {
    std::string locked;  // the database that is locked, from ROOT
    std::optional<std::int64_t> pid;
    // Seconds since the epoch; nullopt where nobody tells: then nothing can be called older than it.
    std::optional<std::int64_t> start;
};

// `root` is that of one store: ROOT or ROOT/<uid>.<gid>. What cannot be opened is no sign of a daemon.
[[nodiscard]] std::optional<LiveDaemon> find_live_daemon(const ReadDir& root);

// Whether what a finding names at `path` (from ROOT), the folder it lies in, or the nearest thing above
// that is still there changed since `start`.
[[nodiscard]] bool changed_since(const ReadDir& root, const std::string& path, std::int64_t start);

}  // namespace drydock
