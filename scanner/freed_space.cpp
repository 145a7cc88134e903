#include "scanner/freed_space.hpp"

#include "platform/os_error.hpp"
#include "platform/shared_extents.hpp"
#include "scanner/look.hpp"

#include <map>
#include <utility>

namespace drydock {

namespace {

constexpr std::uint64_t kBlock = 512;  // the unit of FileStat::blocks
// The kernel takes paths below 4096 bytes; a name has at most 255.
constexpr std::size_t kLongPath = 2048;
// Folders that are held open on the way to the deepest, per thread: 512 KiB of path.
constexpr std::size_t kMaxBases = 256;

// An inode with several names, and how many of them were seen.
struct Linked {
    std::uint64_t seen = 0;
    std::uint64_t links = 0;
    std::uint64_t bytes = 0;
};

class Measure {
public:
    explicit Measure(const std::stop_token& stop) : stop_(stop) {}

    // Adds `relative` below `base` with all in it.
    void add(const ReadDir& base, const std::string& relative) {
        const std::size_t slash = relative.rfind('/');
        const auto parent =
            slash == std::string::npos ? base.find(".") : base.find(relative.substr(0, slash));
        const std::string name = slash == std::string::npos ? relative : relative.substr(slash + 1);
        const auto stat = parent ? parent->find_stat(name) : std::nullopt;
        if (!stat || stat->device != parent->stat().device) return;
        device_ = stat->device;
        sharing_ = may_share_extents(*parent);
        add_inode(*parent, name, *stat);
        if (stat->type() == FileType::directory) walk(base, relative);
    }

    [[nodiscard]] std::uint64_t bytes() const {
        std::uint64_t total = bytes_;
        for (const auto& [inode, linked] : linked_) {
            if (linked.seen >= linked.links) total += linked.bytes;
        }
        return total;
    }

private:
    // Folders are opened by their path from `base`, so that depth costs few descriptors; what lies deeper
    // than such a path may say is walked from a folder on the way.
    void walk(const ReadDir& base, const std::string& top, std::size_t bases = 1) {
        if (bases > kMaxBases) throw OsError(ENAMETOOLONG, "open", top);
        std::vector<std::string> open{top};
        while (!open.empty() && !stop_.stop_requested()) {
            const std::string path = std::move(open.back());
            open.pop_back();
            const ReadDir dir = base.open(path);
            for (const DirEntry& entry : dir.list()) {
                const auto stat = dir.find_stat(entry.name);
                if (!stat || stat->device != device_) continue;
                add_inode(dir, entry.name, *stat);
                if (stat->type() != FileType::directory) continue;
                if (path.size() < kLongPath) {
                    open.push_back(path + "/" + entry.name);
                } else {
                    walk(dir, entry.name, bases + 1);
                }
            }
        }
    }

    void add_inode(const ReadDir& dir, const std::string& name, const FileStat& stat) {
        const FileType type = stat.type();
        if (type != FileType::directory && stat.links > 1) {
            Linked& linked = linked_[{stat.device, stat.inode}];
            if (linked.seen++ == 0) linked = {1, stat.links, own_bytes(dir, name, stat)};
        } else {
            bytes_ += own_bytes(dir, name, stat);
        }
    }

    [[nodiscard]] std::uint64_t
    own_bytes(const ReadDir& dir, const std::string& name, const FileStat& stat) const {
        const std::uint64_t all = static_cast<std::uint64_t>(stat.blocks) * kBlock;
        if (!sharing_ || all == 0 || stat.type() != FileType::regular) return all;
        const std::uint64_t shared = shared_bytes(dir.open_file(name, FileType::regular));
        return all > shared ? all - shared : 0;
    }

    const std::stop_token& stop_;
    std::uint64_t device_ = 0;
    bool sharing_ = false;
    std::uint64_t bytes_ = 0;
    std::map<std::pair<std::uint64_t, std::uint64_t>, Linked> linked_;
};

// The open folder that a path from ROOT lies in, and the rest of the path.
std::pair<const ReadDir*, std::string>
find_base(const StoreFolders& folders, const Inventory& inventory, const std::string& path) {
    const std::string containers = join_path(inventory.store_path, "containers");
    const std::pair<const std::string&, const std::optional<ReadDir>&> tops[] = {
        {inventory.image_root, folders.image},
        {inventory.driver_root, folders.driver},
        {containers, folders.containers},
    };
    for (const auto& [top, dir] : tops) {
        if (path.size() > top.size() && path.starts_with(top) && path[top.size()] == '/') {
            return {dir ? &*dir : nullptr, path.substr(top.size() + 1)};
        }
    }
    const bool below = inventory.store_path != ".";
    return {&folders.root, below ? path.substr(inventory.store_path.size() + 1) : path};
}

}  // namespace

std::optional<std::uint64_t> measure_freed_space(
    const StoreFolders& folders,
    const Inventory& inventory,
    const std::vector<std::string>& paths,
    const std::stop_token& stop
) {
    Measure measure(stop);
    const int error = error_of([&] {
        for (const std::string& path : paths) {
            const auto [base, relative] = find_base(folders, inventory, path);
            if (base != nullptr) measure.add(*base, relative);
        }
    });
    if (error != 0 || stop.stop_requested()) return std::nullopt;
    return measure.bytes();
}

}  // namespace drydock
