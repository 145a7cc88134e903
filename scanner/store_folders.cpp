#include "scanner/folders.hpp"
#include "scanner/look.hpp"

namespace drydock {

namespace {

// Opens a top folder and notes under its path why it cannot be used.
std::optional<ReadDir> open_noting(
    const ReadDir& parent,
    const std::string& name,
    const std::string& path,
    std::uint32_t owner,
    StoreFolders& folders
) {
    TopFolder top = open_top_folder(parent, name, owner);
    if (top.error != 0) {
        folders.unreadable.push_back({path, top.error, {}});
    }
    if (top.not_a_folder) {
        folders.not_folders.push_back(path);
    }
    return std::move(top.dir);
}

// Docker has had nine graph drivers; more folders are no drivers' and would only cost descriptors.
constexpr std::size_t kMaxOtherImages = 32;

void open_other_images(
    const ReadDir& image, const std::string& driver, std::uint32_t owner, StoreFolders& folders
) {
    const Listing listing = list_sorted(image);
    folders.other_images_unknown = listing.error != 0;
    for (const DirEntry& entry : listing.entries) {
        if (entry.name == driver || entry.name == kHiddenFolder) {
            continue;
        }
        if (folders.other_images.size() == kMaxOtherImages) {
            folders.other_images_unknown = true;
            return;
        }
        TopFolder other = open_top_folder(image, entry.name, owner);
        folders.other_images_unknown = folders.other_images_unknown || other.error != 0;
        if (other.dir) {
            folders.other_images.push_back({entry.name, std::move(*other.dir)});
        }
    }
}

}  // namespace

StorePaths paths_of(const StoreLocation& store) {
    return {
        join_path(store.path, "image/" + store.driver),
        join_path(store.path, store.driver),
        join_path(store.path, "containers"),
    };
}

TopFolder open_top_folder(const ReadDir& parent, const std::string& name, std::uint32_t owner) {
    TopFolder top;
    top.error = error_of([&] {
        top.dir = parent.find_following(name, owner);
        top.not_a_folder = !top.dir && parent.find_stat(name).has_value();
    });
    return top;
}

StoreFolders open_store(const ReadDir& root, const StoreLocation& store) {
    const std::uint32_t owner = root.stat().uid;
    StoreFolders folders{root.duplicate(), {}, {}, {}, {}, {}};
    if (store.path != ".") {
        std::optional<ReadDir> below = open_noting(root, store.path, store.path, owner, folders);
        if (!below) {
            return folders;
        }
        folders.root = std::move(*below);
    }
    const StorePaths paths = paths_of(store);
    if (const auto image =
            open_noting(folders.root, "image", join_path(store.path, "image"), owner, folders)) {
        folders.image = open_noting(*image, store.driver, paths.image, owner, folders);
        open_other_images(*image, store.driver, owner, folders);
    }
    folders.driver = open_noting(folders.root, store.driver, paths.driver, owner, folders);
    folders.containers = open_noting(folders.root, "containers", paths.containers, owner, folders);
    return folders;
}

}  // namespace drydock
