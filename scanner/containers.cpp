#include "scanner/containers.hpp"

#include "formats/documents.hpp"
#include "model/ids.hpp"

namespace drydock {

namespace {

ContainerRecord read_container(const ReadDir& folder, const DirEntry& entry) {
    ContainerRecord container;
    container.id = entry.name;
    const int error = error_of([&] {
        const ReadDir dir = folder.open(entry.name);
        container.config = see_record<ContainerConfig>(
            read_small_file(dir, "config.v2.json", kMaxConfigBytes),
            parse_container_config,
            TooLarge::unreadable
        );
    });
    if (error != 0) {
        // Also for a link, which dockerd follows and drydock does not: it may be a sound container.
        container.config.sight = Sight::unreadable;
        container.config.error = error;
    }
    return container;
}

}  // namespace

void scan_containers(
    const ReadDir& folder, const std::string& path, const Workers& workers, Inventory& inventory
) {
    const Listing listing = list_sorted(folder);
    if (listing.error != 0) {
        inventory.containers_folder = FolderState::unreadable;
        inventory.unreadable.push_back({path, listing.error, {}});
        return;
    }
    inventory.containers_folder = listing.entries.empty() ? FolderState::empty : FolderState::present;
    std::vector<const DirEntry*> named;
    for (const DirEntry& entry : listing.entries) {
        const bool followed = entry.type == FileType::directory || entry.type == FileType::symlink;
        if (followed && Digest::from_hex(entry.name)) {
            named.push_back(&entry);
        }
    }
    inventory.containers = collect<ContainerRecord>(named.size(), workers, [&](std::size_t index) {
        return read_container(folder, *named[index]);
    });
}

}  // namespace drydock
