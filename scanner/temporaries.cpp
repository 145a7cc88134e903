#include "scanner/temporaries.hpp"

#include "scanner/look.hpp"

#include <algorithm>
#include <array>

namespace drydock {

namespace {

// A container's folder has a handful of files; its checkpoints and mounts are folders.
constexpr std::size_t kMaxContainerEntries = 4096;

// What cannot be listed may hide leftovers: it is said, and harms nothing else.
std::vector<DirEntry> take_entries(Listing listing, const std::string& path, Inventory& inventory) {
    if (listing.error != 0) {
        inventory.unreadable.push_back({path, listing.error, {}});
    }
    return std::move(listing.entries);
}

// Entries of a folder that need not be there.
std::vector<DirEntry>
entries_of(const ReadDir& parent, const std::string& name, const std::string& path, Inventory& inventory) {
    FolderView view = look_at_folder(parent, name);
    Listing listing;
    listing.error = view.error;
    if (view.dir) {
        listing = list_sorted(*view.dir);
    }
    return take_entries(std::move(listing), path, inventory);
}

void scan_root(const ReadDir& root, Inventory& inventory) {
    const auto path = [&](const std::string& name) { return join_path(inventory.store_path, name); };
    for (const DirEntry& entry : entries_of(root, "tmp", path("tmp"), inventory)) {
        inventory.temporaries.push_back(path("tmp/" + entry.name));
    }
    // dockerd renames tmp and removes it behind its back.
    if (!entries_of(root, "tmp-old", path("tmp-old"), inventory).empty()) {
        inventory.temporaries.push_back(path("tmp-old"));
    }
    // A bundle for each build step under way, removed when the step ends; the files beside them stay.
    const FolderView buildkit = look_at_folder(root, "buildkit");
    if (buildkit.error != 0) {
        inventory.unreadable.push_back({path("buildkit"), buildkit.error, {}});
    }
    if (buildkit.dir) {
        const std::string executor = path("buildkit/executor");
        for (const DirEntry& entry : entries_of(*buildkit.dir, "executor", executor, inventory)) {
            if (entry.type == FileType::directory) {
                inventory.temporaries.push_back(join_path(executor, entry.name));
            }
        }
    }
    for (const DirEntry& entry : take_entries(list_sorted(root), inventory.store_path, inventory)) {
        if (is_probe_name(entry.name)) {
            inventory.temporaries.push_back(path(entry.name));
        }
    }
}

void add_named(const std::vector<DirEntry>& entries, const std::string& path, Inventory& inventory) {
    for (const DirEntry& entry : entries) {
        if (is_temporary_name(entry.name)) {
            inventory.temporaries.push_back(join_path(path, entry.name));
        }
    }
}

void scan_containers(const ReadDir& containers, Inventory& inventory) {
    for (const ContainerRecord& container : inventory.containers) {
        // A folder that cannot be opened is told with the config in it.
        if (container.error != 0) {
            continue;
        }
        const std::string path = join_path(join_path(inventory.store_path, "containers"), container.id);
        const int error = error_of([&] {
            add_named(containers.open(container.id).list(kMaxContainerEntries), path, inventory);
        });
        if (error != 0 && !is_absence(error)) {
            inventory.unreadable.push_back({path, error, {}});
        }
    }
}

}  // namespace

bool is_probe_name(std::string_view name) {
    constexpr std::array<std::string_view, 4> kPrefixes = {
        "check-overlayfs-support", "opaque-bug-check", "metacopy-check", "userxattr-check"
    };
    return std::any_of(kPrefixes.begin(), kPrefixes.end(), [&](std::string_view prefix) {
        return name.starts_with(prefix);
    });
}

void scan_temporaries(const StoreFolders& folders, Inventory& inventory) {
    scan_root(folders.root, inventory);
    if (folders.image) {
        add_named(
            take_entries(list_sorted(*folders.image), inventory.image_root, inventory),
            inventory.image_root,
            inventory
        );
    }
    if (folders.containers) {
        scan_containers(*folders.containers, inventory);
    }
    for (const DriverDirectory& directory : inventory.directories) {
        for (const std::string& name : directory.temporaries) {
            inventory.temporaries.push_back(inventory.directory_path(directory.name, name));
        }
    }
    std::sort(inventory.temporaries.begin(), inventory.temporaries.end());
}

}  // namespace drydock
