// What would keep a plan from being carried out, found before anything is changed.
#include "platform/free_space.hpp"
#include "platform/inode_flags.hpp"
#include "platform/mount_id.hpp"
#include "platform/os_error.hpp"
#include "repair/work_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <set>

namespace drydock {

namespace {

// A folder has a block of its own, a name in it some bytes, a record of the journal less than this.
constexpr std::uint64_t kFolderBytes = 4096;
constexpr std::uint64_t kNameBytes = 64;
constexpr std::uint64_t kRecordBytes = 512;
// For the journal itself and what a file system takes for its own trees.
constexpr std::uint64_t kSpareBytes = std::uint64_t{256} << 10U;
constexpr unsigned kMaxDepth = 64;

struct Need {
    std::uint64_t bytes = kSpareBytes;
    std::uint64_t inodes = 16;
};

// Of a clone by hard links.
void add_clone(const ReadDir& folder, Need& need, unsigned depth) {
    if (depth > kMaxDepth) throw RefusedError(folder.path() + " is deeper than any store");
    need.bytes += kFolderBytes;
    ++need.inodes;
    for (const DirEntry& entry : folder.list()) {
        need.bytes += kNameBytes;
        if (entry.type == FileType::directory) add_clone(folder.open(entry.name), need, depth + 1);
    }
}

void add_object(const NewObject& object, Need& need) {
    need.bytes += (object.text.size() + kFolderBytes) / kFolderBytes * kFolderBytes;
    ++need.inodes;
    for (const auto& [name, entry] : object.entries) {
        add_object(entry, need);
    }
}

void require_room(const Tops& tops, const std::vector<std::string>& images, const Plan& plan) {
    Need need;
    for (const std::string& image : images) {
        add_clone(tops.folder(image).read(), need, 0);
        // Mount records are copied: three files of a block each.
        const std::optional<ReadDir> mounts = tops.folder(image).read().find("layerdb/mounts");
        if (!mounts) continue;
        const std::size_t files = mounts->list().size() * 3;
        need.bytes += files * kFolderBytes;
        need.inodes += files;
    }
    for (const Change& change : plan.changes) {
        need.bytes += kRecordBytes;
        if (change.put) add_object(*change.put, need);
    }
    for (const Tops::Top& top : tops.all()) {
        const FreeSpace free = free_space(top.dir);
        if (free.bytes < need.bytes || free.inodes < need.inodes) {
            throw RefusedError(
                top.dir.path() + " is full: the repair needs " + std::to_string(need.bytes / 1024) +
                " KiB and " + std::to_string(need.inodes) + " inodes there, " +
                std::to_string(free.bytes / 1024) + " KiB and " + std::to_string(free.inodes) +
                " are free; `drydock repair --reclaim --forget` makes room of what belongs to nobody"
            );
        }
    }
}

void require_writable(const Tops& tops) {
    for (const Tops::Top& top : tops.all()) {
        if (free_space(top.dir).read_only) {
            throw RefusedError(top.dir.path() + " is mounted read-only: nothing can be changed there");
        }
    }
    const std::uint32_t owner = tops.root().stat().uid;
    if (owner != ::geteuid()) {
        throw RefusedError(
            tops.root().path() + " belongs to the user " + std::to_string(owner) +
            ": run drydock as that user to change it"
        );
    }
}

void require_mutable(const Tops& tops, const std::vector<std::string>& images, const Plan& plan) {
    std::set<std::string> folders;
    const auto complain = [](const std::string& path) {
        throw RefusedError(
            path + " is immutable (chattr -i would allow it to be changed): nothing was changed"
        );
    };
    const auto require = [&](const std::string& path) {
        const Spot spot = tops.spot(path);
        if (is_immutable(spot.folder.read(), spot.name))
            complain(spot.folder.read().path() + "/" + spot.name);
        if (folders.insert(parent_path(path)).second && is_immutable(spot.folder.read(), ".")) {
            complain(spot.folder.read().path());
        }
    };
    for (const std::string& image : images) {
        require(image);
    }
    for (const Change& change : plan.changes) {
        require(change.path);
    }
}

}  // namespace

void Transactions::preflight(const Plan& plan, Method method) {
    const Tops tops(root_, stores_);
    std::vector<std::string> paths;
    paths.reserve(plan.changes.size());
    for (const Change& change : plan.changes) {
        paths.push_back(change.path);
    }
    const std::vector<std::string> images =
        method == Method::clone ? images_of(stores_, paths) : std::vector<std::string>();
    (void)find_drydock_folder(root_);  // refuses one that is not ours
    require_writable(tops);
    require_mutable(tops, images, plan);
    require_room(tops, images, plan);
}

}  // namespace drydock
