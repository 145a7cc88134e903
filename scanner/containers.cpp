#include "scanner/containers.hpp"

#include "formats/documents.hpp"
#include "model/ids.hpp"

#include <algorithm>

namespace drydock {

namespace {

ContainerRecord read_container(const ReadDir& folder, const DirEntry& entry) {
    ContainerRecord container;
    container.id = entry.name;
    container.error = error_of([&] {
        const ReadDir dir = folder.open(entry.name);
        container.config = see_record<ContainerConfig>(
            read_small_file(dir, "config.v2.json", kMaxConfigBytes),
            parse_container_config,
            TooLarge::unreadable
        );
        container.host_config = see_record<HostConfig>(
            read_small_file(dir, "hostconfig.json", kMaxConfigBytes), parse_host_config, TooLarge::unreadable
        );
    });
    if (container.error != 0) {
        // Also for a link, which dockerd follows and drydock does not: it may be a sound container.
        container.config.sight = container.host_config.sight = Sight::unreadable;
        container.config.error = container.host_config.error = container.error;
    }
    return container;
}

// The names of what stands in a folder, where that is there; false where it cannot be told.
bool add_names(const ReadDir& dir, const std::string& relative, std::vector<std::string>& names) {
    const int error = error_of([&] {
        if (const std::optional<ReadDir> folder = dir.find(relative)) {
            for (const DirEntry& entry : folder->list()) {
                names.push_back(entry.name);
            }
        }
    });
    return error == 0;
}

void note_other_drivers(const StoreFolders& folders, Inventory& inventory) {
    constexpr std::string_view kSnapshotter = "io.containerd.snapshotter.v1.";
    std::vector<std::string> names;
    bool known = !folders.other_images_unknown;
    names.reserve(folders.other_images.size());
    for (const OtherImages& other : folders.other_images) {
        names.push_back(other.driver);
    }
    // A folder of layers whose records are gone is a store, too; and the containerd image store calls a
    // snapshotter its driver.
    for (const std::string& folder :
         {std::string("."), std::string("rootfs"), std::string("containerd/daemon")}) {
        known = add_names(folders.root, folder, names) && known;
    }
    for (std::string& name : names) {
        if (name.starts_with(kSnapshotter)) {
            name.erase(0, kSnapshotter.size());
        }
    }
    std::erase(names, inventory.driver);
    std::sort(names.begin(), names.end());
    if (known) {
        inventory.other_drivers = std::move(names);
    }
}

// Which containers another store has a mount record of.
void note_other_mounts(const StoreFolders& folders, Inventory& inventory) {
    for (const OtherImages& other : folders.other_images) {
        std::vector<std::string> names;
        // Unread means unclaimed here: that store is reported for itself.
        static_cast<void>(add_names(other.dir, "layerdb/mounts", names));
        std::sort(names.begin(), names.end());
        for (ContainerRecord& container : inventory.containers) {
            container.mounted_elsewhere =
                container.mounted_elsewhere || std::binary_search(names.begin(), names.end(), container.id);
        }
    }
}

}  // namespace

void scan_containers(
    const StoreFolders& folders, const std::string& path, const Workers& workers, Inventory& inventory
) {
    const ReadDir& folder = *folders.containers;
    const Listing listing = list_sorted(folder);
    if (listing.error != 0) {
        inventory.containers_folder = FolderState::unreadable;
        inventory.unreadable.push_back({path, listing.error, {}});
        return;
    }
    std::vector<const DirEntry*> named;
    for (const DirEntry& entry : listing.entries) {
        const bool followed = entry.type == FileType::directory || entry.type == FileType::symlink;
        if (followed && Digest::from_hex(entry.name)) {
            named.push_back(&entry);
        }
    }
    // What else may lie there (lost+found of a disk that was never filled) is no container.
    inventory.containers_folder = named.empty() ? FolderState::empty : FolderState::present;
    inventory.containers = collect<ContainerRecord>(named.size(), workers, [&](std::size_t index) {
        return read_container(folder, *named[index]);
    });
    note_other_drivers(folders, inventory);
    note_other_mounts(folders, inventory);
}

}  // namespace drydock
