// What kind of place ROOT is. Names of folders decide, and whether they hold anything; no record is
// read. In doubt a store is listed: what then cannot be read is said of the store, not passed over.
#include "formats/daemon_config.hpp"
#include "scanner/folders.hpp"
#include "scanner/look.hpp"

#include <array>
#include <tuple>

namespace drydock {

namespace {

// daemon.json is written by hand.
constexpr std::size_t kMaxDaemonConfigBytes = std::size_t{1} << 20U;

// A folder that is opened for a look; empty where it is not there or cannot be read.
std::vector<DirEntry> entries_below(const ReadDir& dir, const std::string& relative) {
    std::vector<DirEntry> entries;
    // Unreadable counts as nothing seen here: only what is seen leads to a claim.
    static_cast<void>(error_of([&] {
        if (const std::optional<ReadDir> folder = dir.find(relative)) {
            entries = list_sorted(*folder).entries;
        }
    }));
    return entries;
}

bool is_decimal(std::string_view text) {
    return !text.empty() && text.size() <= 10 && text.find_first_not_of("0123456789") == text.npos;
}

// "<uid>.<gid>": the root of a daemon with remapped users.
bool is_remapped_name(std::string_view name) {
    const std::size_t dot = name.find('.');
    return dot != name.npos && is_decimal(name.substr(0, dot)) && is_decimal(name.substr(dot + 1));
}

// The snapshotters of containerd that dockerd can be told to use.
bool is_snapshotter_name(std::string_view name) {
    constexpr std::array<std::string_view, 11> kNames = {
        "overlayfs",
        "native",
        "btrfs",
        "zfs",
        "devmapper",
        "blockfile",
        "erofs",
        "stargz",
        "fuse-overlayfs",
        "nydus",
        "soci",
    };
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// image/<name>, as far as its entries tell.
struct ImageFolder {
    bool any_record = false;   // what a graph driver's store or containerd's container store begins with
    bool only_mounts = false;  // layerdb alone, without layers: containers of the containerd store
};

ImageFolder look_at_image_folder(const ReadDir& folder) {
    ImageFolder seen;
    const std::vector<DirEntry> entries = list_sorted(folder).entries;
    const bool layerdb = find_entry(entries, "layerdb") != nullptr;
    const bool images = find_entry(entries, "imagedb") != nullptr;
    const bool tags = find_entry(entries, "repositories.json") != nullptr;
    seen.any_record = layerdb || images || tags || find_entry(entries, "distribution") != nullptr;
    seen.only_mounts = layerdb && !tags && entries_below(folder, "layerdb/sha256").empty() &&
                       entries_below(folder, "imagedb/content/sha256").empty();
    return seen;
}

// A folder of layers whose records are gone is a store, too.
bool has_driver_directories(const ReadDir& base, std::uint32_t owner) {
    const TopFolder driver = open_top_folder(base, "overlay2", owner);
    if (!driver.dir) {
        return driver.error != 0;
    }
    const Listing listing = list_sorted(*driver.dir);
    return listing.error != 0 ||
           std::any_of(listing.entries.begin(), listing.entries.end(), [&](const DirEntry& entry) {
               return entry.name != "l" && entry.name != kHiddenFolder && entry.type == FileType::directory;
           });
}

// Where the containerd image store was seen to hold something; "" where it was not. dockerd makes an
// almost empty containerd/daemon also without it, and keeps manifests of pulls in its content store,
// so blobs alone prove nothing.
std::string find_containerd(const ReadDir& base) {
    const std::string daemon = "containerd/daemon";
    if (!entries_below(base, daemon + "/io.containerd.content.v1.content/blobs/sha256").empty()) {
        for (const DirEntry& entry : entries_below(base, daemon)) {
            const std::string snapshots = daemon + "/" + entry.name + "/snapshots";
            if (entry.name.starts_with("io.containerd.snapshotter.v1.") &&
                !entries_below(base, snapshots).empty()) {
                return snapshots;
            }
        }
    }
    return entries_below(base, "rootfs/overlayfs").empty() ? "" : "rootfs/overlayfs";
}

// The stores of one daemon's root: ROOT itself, or a remapped one below it.
void survey_base(const ReadDir& base, const std::string& path, std::uint32_t owner, RootSurvey& survey) {
    std::string containerd = find_containerd(base);
    bool overlay2 = has_driver_directories(base, owner);

    const TopFolder image = open_top_folder(base, "image", owner);
    Listing drivers;
    drivers.error = image.error;
    if (image.dir) {
        drivers = list_sorted(*image.dir);
    }
    // Of an image/ that cannot be looked into, the store that most hosts have is reported unreadable.
    overlay2 = overlay2 || drivers.error != 0 || image.not_a_folder;
    for (const DirEntry& entry : drivers.entries) {
        const TopFolder folder = open_top_folder(*image.dir, entry.name, owner);
        const ImageFolder seen = folder.dir ? look_at_image_folder(*folder.dir) : ImageFolder{};
        if (entry.name == "overlayfs" || (seen.only_mounts && is_snapshotter_name(entry.name))) {
            containerd = containerd.empty() ? "image/" + entry.name : containerd;
        } else if (entry.name == "overlay2") {
            overlay2 = overlay2 || seen.any_record || !folder.dir;
        } else if (seen.any_record || folder.error != 0) {
            survey.stores.push_back({path, entry.name, StoreKind::unsupported, {}});
        }
    }
    if (overlay2) {
        survey.stores.push_back({path, "overlay2", StoreKind::overlay2, {}});
    }
    if (!containerd.empty()) {
        survey.stores.push_back({path, "containerd", StoreKind::containerd, containerd});
    }
}

bool names_tell_a_root(const std::vector<DirEntry>& entries) {
    constexpr std::array<const char*, 17> kNames = {
        "image",
        "containers",
        "volumes",
        "overlay2",
        "vfs",
        "btrfs",
        "zfs",
        "aufs",
        "overlay",
        "devicemapper",
        "buildkit",
        "network",
        "fuse-overlayfs",
        "swarm",
        "plugins",
        "engine-id",
        "rootfs",
    };
    return std::any_of(
               kNames.begin(),
               kNames.end(),
               [&](const char* name) { return find_entry(entries, name) != nullptr; }
           ) ||
           (find_entry(entries, "tmp") != nullptr && find_entry(entries, "runtimes") != nullptr);
}

// Whether anything at all stands there: in a host's tree the data root is often a link.
bool stands_below(const ReadDir& root, const std::string& relative) {
    bool stands = false;
    static_cast<void>(error_of([&] {
        const std::size_t slash = relative.rfind('/');
        const std::string parent = slash == relative.npos ? "." : relative.substr(0, slash);
        if (const std::optional<ReadDir> folder = root.find(parent)) {
            stands = folder->find_stat(relative.substr(slash + 1)).has_value();
        }
    }));
    return stands;
}

// The data root of the host whose tree `root` is; "" where there is none.
std::string find_data_root_below(const ReadDir& root) {
    std::vector<std::string> candidates;
    static_cast<void>(error_of([&] {
        if (const std::optional<ReadDir> etc = root.find("etc/docker")) {
            const SmallFile file = read_small_file(*etc, "daemon.json", kMaxDaemonConfigBytes);
            const Parsed<std::string> named = parse_data_root(file.bytes);
            const std::size_t begin = named ? named->find_first_not_of('/') : std::string::npos;
            if (begin != std::string::npos) {
                const std::size_t last = named->find_last_not_of('/');
                candidates.push_back(named->substr(begin, last + 1 - begin));
            }
        }
    }));
    candidates.emplace_back("var/lib/docker");
    for (const std::string& candidate : candidates) {
        if (stands_below(root, candidate)) {
            std::string path = root.path();
            path += path.ends_with('/') ? "" : "/";
            return path + candidate;
        }
    }
    return {};
}

}  // namespace

RootSurvey survey_root(const ReadDir& root) {
    const Listing listing = list_sorted(root);
    if (listing.error != 0) {
        throw OsError(listing.error, "list", root.path());
    }
    const std::uint32_t owner = root.stat().uid;
    RootSurvey survey;
    survey.empty = listing.entries.empty();
    survey_base(root, ".", owner, survey);
    for (const DirEntry& entry : listing.entries) {
        if (!is_remapped_name(entry.name)) {
            continue;
        }
        const TopFolder remapped = open_top_folder(root, entry.name, owner);
        if (remapped.dir) {
            survey_base(*remapped.dir, entry.name, owner, survey);
        } else if (remapped.error != 0) {
            survey.stores.push_back({entry.name, "overlay2", StoreKind::overlay2, {}});
        }
    }
    std::sort(survey.stores.begin(), survey.stores.end(), [](const StoreLocation& a, const StoreLocation& b) {
        return std::tie(a.path, a.driver) < std::tie(b.path, b.driver);
    });
    survey.looks_like_root = survey.empty || !survey.stores.empty() || names_tell_a_root(listing.entries);
    if (find_entry(listing.entries, "image") == nullptr) {
        survey.data_root_below = find_data_root_below(root);
    }
    return survey;
}

}  // namespace drydock
