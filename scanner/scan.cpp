#include "scanner/scan.hpp"

#include "scanner/containers.hpp"
#include "scanner/databases.hpp"
#include "scanner/folders.hpp"
#include "scanner/imagedb.hpp"
#include "scanner/layerdb.hpp"
#include "scanner/look.hpp"
#include "scanner/overlay2.hpp"
#include "scanner/temporaries.hpp"

#include <tuple>

namespace drydock {

namespace {

// Whether `path` is `of` or a folder above it.
bool is_at_or_above(std::string_view path, std::string_view of) {
    return of.starts_with(path) && (of.size() == path.size() || of[path.size()] == '/');
}

// Why a top folder is not open: `path`, or a folder on the way to it, could not be read or is none.
FolderState state_unopened(const StoreFolders& folders, const std::string& path) {
    for (const Unreadable& item : folders.unreadable) {
        if (is_at_or_above(item.path, path)) {
            return FolderState::unreadable;
        }
    }
    for (const std::string& item : folders.not_folders) {
        if (is_at_or_above(item, path)) {
            return FolderState::not_a_folder;
        }
    }
    return FolderState::absent;
}

void scan_image_folder(
    const StoreFolders& folders, const StorePaths& paths, const Workers& workers, Inventory& inventory
) {
    if (folders.image) {
        scan_layerdb(*folders.image, workers, inventory);
        scan_imagedb(*folders.image, workers, inventory);
        scan_repositories(*folders.image, inventory);
        scan_distribution(*folders.image, workers, inventory);
        return;
    }
    inventory.layerdb = state_unopened(folders, paths.image);
    inventory.mounts = inventory.layerdb;
    if (inventory.layerdb == FolderState::not_a_folder) {
        for (const std::string& item : folders.not_folders) {
            if (is_at_or_above(item, paths.image)) {
                inventory.not_a_folder = item;
            }
        }
    }
    if (inventory.layerdb == FolderState::unreadable) {
        // Without this an unread folder would look like a store that lost its tags.
        inventory.repositories.sight = Sight::unreadable;
        inventory.repositories.error = folders.unreadable.front().error;
    }
}

std::string last_component(std::string path) {
    while (path.size() > 1 && path.back() == '/') {
        path.pop_back();
    }
    return path.substr(path.rfind('/') + 1);
}

// By path. Several readers look at the same folder and say the same of it.
void sort_unreadable(std::vector<Unreadable>& items) {
    const auto key = [](const Unreadable& item) { return std::tie(item.path, item.error, item.detail); };
    std::sort(items.begin(), items.end(), [&](const Unreadable& a, const Unreadable& b) {
        return key(a) < key(b);
    });
    const auto same = [](const Unreadable& a, const Unreadable& b) {
        return a.path == b.path && a.error == b.error;
    };
    items.erase(std::unique(items.begin(), items.end(), same), items.end());
}

}  // namespace

Inventory scan_store(
    const StoreFolders& folders, const StoreLocation& store, unsigned jobs, const std::stop_token& stop
) {
    const Workers workers{jobs, stop};
    const StorePaths paths = paths_of(store);
    Inventory inventory;
    inventory.store_path = store.path;
    inventory.driver = store.driver;
    inventory.folder_name = last_component(store.path == "." ? folders.root.path() : store.path);
    inventory.image_root = paths.image;
    inventory.driver_root = paths.driver;
    inventory.unreadable = folders.unreadable;

    scan_image_folder(folders, paths, workers, inventory);
    if (folders.driver) {
        scan_overlay2(*folders.driver, workers, inventory);
    } else {
        inventory.driver_folder = state_unopened(folders, paths.driver);
    }
    if (folders.containers) {
        scan_containers(folders, paths.containers, workers, inventory);
    } else {
        inventory.containers_folder = state_unopened(folders, paths.containers);
    }
    const FolderView buildkit = look_at_folder(folders.root, "buildkit");
    if (buildkit.state == FolderState::unreadable) {
        inventory.unreadable.push_back({join_path(store.path, "buildkit"), buildkit.error, {}});
    }
    // Where it cannot be asked for it may be there, and then it owns directories.
    inventory.builder.folder_present = buildkit.state != FolderState::absent;
    scan_databases(folders.root, stop, inventory);
    scan_temporaries(folders, inventory);
    sort_unreadable(inventory.unreadable);
    return inventory;
}

}  // namespace drydock
