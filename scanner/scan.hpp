// From a data root to an Inventory: facts only. Reads records, names and types; no layer content.
#pragma once

#include "model/inventory.hpp"
#include "platform/dir.hpp"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace drydock {

// What a data root was found to be.
enum class StoreKind : std::uint8_t {
    overlay2,     // can be checked
    unsupported,  // another graph driver: recognised by name
    containerd,   // the containerd image store
};

struct StoreLocation {
    std::string path;    // "." or "<uid>.<gid>"
    std::string driver;  // folder name below image/, or "containerd"
    StoreKind kind = StoreKind::overlay2;
    std::string detail;  // containerd: where its snapshots were seen
};

struct RootSurvey {
    std::vector<StoreLocation> stores;  // sorted by path, driver
    bool looks_like_root =
        false;           // any of image, overlay2, containers, volumes, buildkit, ...; or an empty folder
    bool empty = false;  // no entry at all
    std::string data_root_below;  // a host's root was given: its data root ("/mnt/sysroot/var/lib/docker")
};

// Looks for stores below `root`. Throws OsError where ROOT itself cannot be listed.
[[nodiscard]] RootSurvey survey_root(const ReadDir& root);

// image/<driver> of another driver: its store and this one share the folder of containers.
struct OtherImages {
    std::string driver;
    ReadDir dir;
};

// The folders a store is read through: ROOT and each top folder that may be a link or a mount of its
// own (interface.md, "Where a store may stand"). An absent one is nullopt.
struct StoreFolders {
    ReadDir root;                        // of this store: ROOT, or ROOT/<uid>.<gid>
    std::optional<ReadDir> image;        // image/<driver>
    std::optional<ReadDir> driver;       // <driver>
    std::optional<ReadDir> containers;   // containers
    std::vector<Unreadable> unreadable;  // those that are there and could not be opened
    std::vector<std::string> not_folders;
    std::vector<OtherImages> other_images{};
    bool other_images_unknown = false;  // image/ or a folder in it could not be read
};

[[nodiscard]] StoreFolders open_store(const ReadDir& root, const StoreLocation& store);

// Reads every record. A file that cannot be read becomes Sight::unreadable or an Unreadable entry; only
// a stop request (Inventory so far) ends it early.
[[nodiscard]] Inventory scan_store(
    const StoreFolders& folders, const StoreLocation& store, unsigned jobs, const std::stop_token& stop
);

}  // namespace drydock
