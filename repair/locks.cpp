// A starting dockerd reads all of layerdb first and tries volumes/metadata.db then, for a second. So that
// lock comes first; after it nobody who starts gets as far as writing, and who started before it is seen
// by what the process has open.
#include "repair/locks.hpp"

#include "platform/file_lock.hpp"
#include "platform/open.hpp"
#include "platform/processes.hpp"
#include "platform/writable_dir.hpp"
#include "scanner/daemon_probe.hpp"
#include "scanner/daemon_process.hpp"
#include "scanner/look.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

namespace drydock {

namespace {

constexpr const char* kStop = "stop it first: systemctl stop docker.socket docker";
constexpr const char* kVolumes = "volumes";
constexpr const char* kMetadata = "metadata.db";
// dockerd gives up waiting for a database after about a second.
constexpr std::chrono::milliseconds kLongestWait{3000};
constexpr std::chrono::milliseconds kWaitStep{20};

// The folder of a store's data root: ROOT or ROOT/<uid>.<gid>. Each once.
std::vector<ReadDir> roots_of(const ReadDir& root, const std::vector<StoreLocation>& stores) {
    std::vector<ReadDir> roots;
    roots.push_back(root.duplicate());
    std::set<std::string> seen{"."};
    for (const StoreLocation& store : stores) {
        if (!seen.insert(store.path).second) continue;
        if (auto below = root.find_following(store.path, root.stat().uid)) roots.push_back(std::move(*below));
    }
    return roots;
}

void require_no_process(const std::vector<ReadDir>& roots) {
    for (const ReadDir& root : roots) {
        if (const auto process = find_daemon_process(root)) {
            throw StoreBusy(
                "a daemon is at work on " + root.path() + " (dockerd, process " +
                std::to_string(process->pid) + ", " + process->why + "); " + kStop
            );
        }
    }
}

// "165536.165536": the root of a daemon with remapped ids, whose parent a drydock may be at work on.
bool is_userns_root(const std::string& path) {
    const std::string name = path.substr(path.rfind('/') + 1);
    const std::size_t dot = name.find('.');
    const auto digits = [](std::string_view text) {
        return !text.empty() &&
               std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    return dot != std::string::npos && digits(std::string_view(name).substr(0, dot)) &&
           digits(std::string_view(name).substr(dot + 1));
}

std::vector<std::string> databases_in(const ReadDir& folder) {
    std::vector<std::string> names;
    for (const DirEntry& entry : folder.list()) {
        if (entry.name.ends_with(".db")) names.push_back(entry.name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

// volumes/metadata.db that is only there to be locked.
struct MadeDatabase {
    WritableDir folder;
    FileStat before;  // of the folder
    FileIdentity file;
};

FileIdentity identity_of(const FileStat& stat) {
    return {.device = stat.device, .inode = stat.inode};
}

}  // namespace

struct StoreLocks::State {
    std::vector<ReadDir> folders;
    std::vector<MadeDatabase> made;
    std::vector<ReadFile> files;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State();

    void lock_folder(ReadDir folder) {
        if (!try_lock(folder)) throw StoreBusy("another drydock is at work on " + folder.path());
        folders.push_back(std::move(folder));
    }

    void lock_file(const ReadDir& folder, const std::string& name) {
        ReadFile file = folder.open_file(name);
        if (!try_lock(file)) {
            const auto user = find_user({identity_of(file.stat())});
            throw StoreBusy(
                "somebody else has " + path_in(folder, name) + " locked" +
                (user ? " (process " + std::to_string(*user) + ")" : std::string()) +
                ", as a daemon at work has it; " + kStop
            );
        }
        files.push_back(std::move(file));
    }

    void lock_volumes(const ReadDir& root) {
        const auto folder = root.find_following(kVolumes, root.stat().uid);
        if (!folder) return;
        const auto there = folder->find_stat(kMetadata);
        if (there && there->type() != FileType::regular) return;  // no daemon opens it
        if (!there) {
            const FileStat before = folder->stat();
            WritableDir writable = WritableDir::of(*folder);
            (void)writable.make_append_file(kMetadata, 0600);
            const FileStat file = writable.read().find_stat(kMetadata).value_or(FileStat{});
            made.push_back({std::move(writable), before, identity_of(file)});
        }
        lock_file(*folder, kMetadata);
    }

    void lock_others(const ReadDir& root) {
        if (const auto network = root.find("network/files")) {
            for (const std::string& name : databases_in(*network))
                lock_regular(*network, name);
        }
        if (const auto buildkit = root.find_following("buildkit", root.stat().uid)) {
            for (const std::string& name : databases_in(*buildkit))
                lock_regular(*buildkit, name);
        }
    }

    void lock_regular(const ReadDir& folder, const std::string& name) {
        const auto stat = folder.find_stat(name);
        if (stat && stat->type() == FileType::regular) lock_file(folder, name);
    }
};

// A daemon that read the store as it was may wait for one of the databases: it gives up soon, and must not
// get the lock before that. What cannot be removed is an empty file, of which dockerd makes its own.
StoreLocks::State::~State() {
    std::vector<FileIdentity> held;
    held.reserve(files.size());
    for (const ReadFile& file : files) {
        held.push_back(identity_of(file.stat()));
    }
    for (auto waited = std::chrono::milliseconds(0);
         !held.empty() && waited < kLongestWait && find_user(held);
         waited += kWaitStep) {
        std::this_thread::sleep_for(kWaitStep);
    }
    for (const MadeDatabase& database : made) {
        (void)error_of([&] {
            const auto now = database.folder.read().find_stat(kMetadata);
            if (!now || now->size != 0 || identity_of(*now) != database.file) return;
            database.folder.remove_file(kMetadata);
            database.folder.set_own_mtime({database.before.mtime, database.before.mtime_nanoseconds});
        });
    }
}

void require_no_daemon(const ReadDir& root, const std::vector<StoreLocation>& stores) {
    const std::vector<ReadDir> roots = roots_of(root, stores);
    for (const ReadDir& one : roots) {
        if (const auto daemon = find_live_daemon(one)) {
            throw StoreBusy(
                "a daemon is at work on " + one.path() + " (" +
                (daemon->pid ? process_name(*daemon->pid) + ", process " + std::to_string(*daemon->pid) +
                                   ", holds " + daemon->locked
                             : daemon->locked + " is locked") +
                "); " + kStop
            );
        }
    }
    require_no_process(roots);
}

StoreLocks::StoreLocks(const ReadDir& root, const std::vector<StoreLocation>& stores, LockScope scope)
    : state_(std::make_unique<State>()) {
    const std::vector<ReadDir> roots = roots_of(root, stores);
    if (is_userns_root(root.path())) {
        state_->lock_folder(ReadDir::open_path(root.path() + "/.."));
    }
    for (const ReadDir& one : roots)
        state_->lock_folder(one.duplicate());
    if (scope == LockScope::drydocks) return;
    for (const ReadDir& one : roots)
        state_->lock_volumes(one);
    for (const ReadDir& one : roots)
        state_->lock_others(one);
    require_no_process(roots);
}

StoreLocks::~StoreLocks() = default;

}  // namespace drydock
