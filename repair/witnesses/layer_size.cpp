#include "repair/witnesses/layer_size.hpp"

#include "platform/os_error.hpp"

#include <cerrno>
#include <set>
#include <utility>
#include <vector>

namespace drydock {

namespace {

// The kernel takes paths below 4096 bytes; a name has at most 255.
constexpr std::size_t kLongPath = 2048;
// Folders that are held open on the way to the deepest: 512 KiB of path.
constexpr std::size_t kMaxBases = 256;

class Sum {
public:
    explicit Sum(const std::stop_token& stop) : stop_(stop) {}

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
                if (!stat) continue;
                if (stat->type() != FileType::directory) {
                    add(*stat);
                } else if (path.size() < kLongPath) {
                    open.push_back(path + "/" + entry.name);
                } else {
                    walk(dir, entry.name, bases + 1);
                }
            }
        }
    }

    [[nodiscard]] std::int64_t bytes() const noexcept { return bytes_; }

private:
    void add(const FileStat& stat) {
        if (stat.links > 1 && !seen_.insert({stat.device, stat.inode}).second) return;
        bytes_ += stat.size;
    }

    const std::stop_token& stop_;
    std::int64_t bytes_ = 0;
    std::set<std::pair<std::uint64_t, std::uint64_t>> seen_;
};

}  // namespace

std::optional<std::int64_t>
sum_layer_size(const ReadDir& base, const std::string& name, const std::stop_token& stop) {
    if (!base.find(name)) return std::nullopt;
    Sum sum(stop);
    sum.walk(base, name);
    return sum.bytes();
}

}  // namespace drydock
