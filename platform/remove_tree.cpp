// Removing trees that may be as deep as they like: see empty_folder in writable_dir.hpp.
#include "platform/os_error.hpp"
#include "platform/writable_dir.hpp"

#include <cerrno>

namespace drydock {

namespace {

// Moves what is in `folder` and is a folder itself up into `top`, under a name that is free there.
void move_up(
    const WritableDir& folder, const std::string& name, const WritableDir& top, std::uint64_t& next
) {
    std::string free_name;
    do {
        free_name = ".removed-" + std::to_string(next++);
    } while (top.read().find_stat(free_name));
    folder.move(name, top, free_name);
}

// Leaves `folder` empty; what it held of folders is in `top` then.
void empty_into(const WritableDir& folder, const WritableDir& top, std::uint64_t& next) {
    for (const DirEntry& entry : folder.read().list()) {
        if (entry.type != FileType::directory) {
            folder.remove_file(entry.name);
        } else if (folder.open(entry.name).read().empty()) {
            folder.remove_dir(entry.name);
        } else {
            move_up(folder, entry.name, top, next);
        }
    }
}

}  // namespace

void empty_folder(const WritableDir& dir) {
    const std::uint64_t device = dir.read().stat().device;
    std::uint64_t next = 0;
    while (true) {
        const std::vector<DirEntry> entries = dir.read().list();
        if (entries.empty()) return;
        for (const DirEntry& entry : entries) {
            if (entry.type != FileType::directory) {
                dir.remove_file(entry.name);
                continue;
            }
            const WritableDir folder = dir.open(entry.name);
            if (folder.read().stat().device != device) {
                throw OsError(EBUSY, "remove", folder.read().path());
            }
            empty_into(folder, dir, next);
            dir.remove_dir(entry.name);
        }
    }
}

void remove_tree(const WritableDir& dir, const std::string& name) {
    const std::optional<FileStat> found = dir.read().find_stat(name);
    if (!found) return;
    if (found->type() != FileType::directory) {
        dir.remove_file(name);
        return;
    }
    empty_folder(dir.open(name));
    dir.remove_dir(name);
}

}  // namespace drydock
