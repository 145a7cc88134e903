#include "scanner/daemon_probe.hpp"

#include "platform/lock_probe.hpp"
#include "platform/os_error.hpp"

#include <array>

namespace drydock {

namespace {

struct Database {
    const char* folder;
    const char* file;
};

constexpr std::array kDatabases{
    Database{"volumes", "metadata.db"},
    Database{"buildkit", "snapshots.db"},
    Database{"buildkit", "metadata_v2.db"},
    Database{"buildkit", "cache.db"},
    Database{"buildkit", "containerdmeta.db"},
    Database{"network/files", "local-kv.db"},
};

std::optional<FileStat> stat_below(const ReadDir& root, const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (path.empty()) return root.stat();
    if (slash == std::string::npos) return root.find_stat(path);
    const auto folder = root.find(path.substr(0, slash));
    return folder ? folder->find_stat(path.substr(slash + 1)) : std::nullopt;
}

}  // namespace

std::optional<LiveDaemon> find_live_daemon(const ReadDir& root) {
    for (const Database& database : kDatabases) {
        try {
            const auto folder = root.find(database.folder);
            if (!folder || !folder->find_stat(database.file)) continue;
            const ReadFile file = folder->open_file(database.file);
            if (probe_lock(file) != LockState::held) continue;
            LiveDaemon daemon;
            daemon.locked = std::string(database.folder) + "/" + database.file;
            if (const auto holder = find_lock_holder(file.stat())) {
                daemon.pid = holder->pid;
                daemon.start = holder->start;
            }
            return daemon;
        } catch (const OsError&) {
            continue;
        }
    }
    return std::nullopt;
}

bool changed_since(const ReadDir& root, const std::string& path, std::int64_t start) {
    // A second of slack: the start is computed from ticks.
    const auto later = [&](const FileStat& stat) {
        return stat.ctime >= start - 1 || stat.mtime >= start - 1;
    };
    try {
        std::string at = path;
        for (int looked = 0; looked < 2;) {
            if (const auto stat = stat_below(root, at)) {
                // What lies behind a link cannot be looked at from here.
                if (later(*stat) || (stat->type() == FileType::symlink && at != path)) return true;
                ++looked;
            }
            if (at.empty()) break;
            const std::size_t slash = at.rfind('/');
            at = slash == std::string::npos ? std::string() : at.substr(0, slash);
        }
        return false;
    } catch (const OsError&) {
        return true;  // could not look: not known to be old
    }
}

}  // namespace drydock
