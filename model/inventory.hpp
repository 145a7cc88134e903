// What lies on disk: facts, no opinions. Built by the scanner, constant from then on. Nothing here
// points into anything else; records name each other by id as the files do.
#pragma once

#include "model/databases.hpp"
#include "model/ids.hpp"
#include "model/leftovers.hpp"
#include "model/seen.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace drydock {

// image/<driver>/layerdb/sha256/<chain>/
struct LayerRecord {
    ChainId chain;
    Seen<DiffId> diff;
    Seen<std::string> cache_id;    // trimmed; malformed unless one safe path component
    Seen<std::int64_t> size;       // as strconv.ParseInt takes it: no white space
    Seen<ChainId> parent;          // absent: a base layer, or a lost file
    Seen<std::int64_t> tar_split;  // value: compressed size in bytes; `empty` for 0
    Seen<bool> descriptor;         // absent on Linux; value says nothing
    bool has_files = false;        // any entry at all in the folder
};

// What drydock needs of an image config whose bytes hash to its name or not.
struct ImageConfig {
    std::string os;                     // "" means the host's
    bool has_rootfs = false;            // a non-null "rootfs" object
    std::vector<std::string> diff_ids;  // as written; null entries are ""
    std::string unusable;  // why Go's decoder refuses the document though it is JSON; "" if it takes it
};

// image/<driver>/imagedb: content/sha256/<id> and metadata/sha256/<id>/
struct ImageRecord {
    ImageId id;
    Seen<ImageConfig> config;  // malformed: the bytes do not hash to the name
    std::int64_t config_bytes = 0;
    bool has_metadata = false;  // the metadata folder exists
    Seen<ImageId> parent;
    Seen<std::string> last_updated;        // malformed: no RFC 3339 time
    std::vector<std::string> temporaries;  // .tmp-* below its metadata folder
};

// One "<ref>": "<image>" of repositories.json.
struct TagRecord {
    std::string repository;  // the outer key
    std::string reference;   // "name:tag" or "name@sha256:..."
    std::string image_text;  // as written
    std::optional<ImageId> image;
    bool well_formed = false;  // the reference parses, starts with the repository, and image is set
    bool is_digest = false;    // name@digest
};

struct Repositories {
    std::vector<TagRecord> tags;

    // References with a tag; those by digest are none.
    [[nodiscard]] std::uint64_t tag_count() const;
};

// image/<driver>/layerdb/mounts/<name>/
struct MountRecord {
    std::string name;  // container id, classic builder's id, or 25 characters of BuildKit
    Seen<std::string> mount_id;
    Seen<std::string> init_id;
    Seen<ChainId> parent;
};

// containers/<id>/config.v2.json, of which only this is read
struct ContainerConfig {
    std::optional<std::string> id;  // none: absent, and dockerd takes the folder's name
    std::string name;               // without the leading '/'
    std::string image;
    std::string driver;
    std::string os{};
    bool dead = false;  // State.Dead or State.RemovalInProgress: its layer may be gone rightly
    // For when dockerd restarts it.
    bool stopped_by_hand = false;
    std::int64_t exit_code = 0;
    std::int64_t restarts = 0;
    bool null = false;  // the document is the word `null`, which Go takes for one that says nothing
    // What dockerd follows at start without looking whether it is there.
    bool null_state = false;    // absent is another thing here, and none below
    bool null_streams = false;  // "StreamConfig": likewise
    bool no_config = false;
    bool no_network_settings = false;
    bool null_mount_point = false;
    std::string undecodable{};  // why Go's decoder refuses the document though it is JSON; "" if it takes it
    std::string image_name{};   // Config.Image: what the user named the image with
};

// containers/<id>/hostconfig.json
struct HostConfig {
    bool null = false;  // the document is the word `null`
    std::string restart_policy;
    std::int64_t maximum_restarts = 0;
};

struct ContainerRecord {
    std::string id;  // the folder's name
    Seen<ContainerConfig> config;
    Seen<HostConfig> host_config{};  // malformed: dockerd does not load the container
    int error = 0;                   // the folder itself could not be read
    bool mounted_elsewhere = false;  // a store of another driver has a mount record of this name

    // The config, as far as it could be read; nullptr also where it is that of another container.
    [[nodiscard]] const ContainerConfig* own_config() const;
    // The same, where dockerd decodes it.
    [[nodiscard]] const ContainerConfig* usable_config() const;
};

// overlay2/<name>/
struct DriverDirectory {
    std::string name;
    Seen<std::string> link;   // malformed unless 26 characters [A-Z2-7]
    Seen<std::string> lower;  // any non-empty text counts as present
    bool has_diff = false;    // `diff` is a directory
    bool has_work = false;
    bool has_committed = false;
    std::vector<std::string> temporaries;  // .tmp-* in it
    int error = 0;                         // the directory itself could not be read
};

// overlay2/l/<name>
struct ShortLink {
    std::string name;
    Seen<std::string> target;  // malformed: no symbolic link
};

enum class DistributionKind : std::uint8_t { diffid_by_digest, v2metadata_by_diffid };

// image/<driver>/distribution/...: a cache, and a source of diff-id candidates
struct DistributionRecord {
    DistributionKind kind = DistributionKind::diffid_by_digest;
    std::string path;  // from ROOT
    Seen<bool> sight;
    std::optional<DiffId> diff;             // the diff id it speaks of
    std::vector<std::string> repositories;  // v2metadata: SourceRepository values
};

// Something that could not be read and belongs to no record.
struct Unreadable {
    std::string path;  // from ROOT
    int error = 0;
    std::string detail;
};

struct StrayEntry {
    std::string path;  // from ROOT
    std::string detail;
};

// A folder the whole store stands on.
enum class FolderState : std::uint8_t { present, absent, empty, not_a_folder, unreadable };

// What transactions that are not forgotten have set aside.
struct SetAside {
    bool known = true;                     // all of their journals could be read
    std::vector<std::string> directories;  // driver directories that those records name; sorted
};

struct Inventory {
    std::string store_path;  // "." or a folder below ROOT
    std::string driver;      // "overlay2"
    // The folder that the store stands in, as it was named: tells remapped ids ("165536.165536").
    std::string folder_name;
    std::string image_root;   // "image/overlay2", from ROOT
    std::string driver_root;  // "overlay2", from ROOT

    FolderState layerdb = FolderState::absent;  // image/<driver>/layerdb/sha256
    FolderState mounts = FolderState::absent;   // image/<driver>/layerdb/mounts
    std::string not_a_folder;                   // path of the one that should be a folder
    FolderState driver_folder = FolderState::absent;
    FolderState containers_folder = FolderState::absent;
    Builder builder;
    SetAside set_aside{};

    // All sorted by id or name.
    std::vector<LayerRecord> layers;
    std::vector<ImageRecord> images;
    Seen<Repositories> repositories;
    std::vector<MountRecord> mount_records;
    std::vector<ContainerRecord> containers;  // of every driver
    // Names of folders that could be, or belong to, a store of another driver; sorted. Not known where
    // a folder that may hold such names could not be listed.
    std::optional<std::vector<std::string>> other_drivers;
    std::vector<DatabaseRecord> databases;  // those that are there, by path
    std::vector<DriverDirectory> directories;
    std::vector<ShortLink> short_links;
    bool has_short_link_folder = false;
    std::vector<DistributionRecord> distribution;
    std::vector<std::string> image_temporaries;  // imagedb/content/sha256/.tmp-*, path from ROOT
    std::vector<StrayEntry> layerdb_strays;
    std::vector<WriteSet> write_sets;
    std::vector<RemovingRecord> removing;
    std::vector<std::string> temporaries;  // of killed daemons, beside all records; path from ROOT
    std::vector<Unreadable> unreadable;

    // By id; nullptr where there is none.
    [[nodiscard]] const LayerRecord* find_layer(const ChainId& chain) const;
    [[nodiscard]] const ImageRecord* find_image(const ImageId& id) const;
    [[nodiscard]] const MountRecord* find_mount(std::string_view name) const;
    [[nodiscard]] const ContainerRecord* find_container(std::string_view id) const;
    [[nodiscard]] const DriverDirectory* find_directory(std::string_view name) const;
    [[nodiscard]] const ShortLink* find_short_link(std::string_view name) const;

    // The path of a layer's record folder, or of the file `name` in it, from ROOT.
    [[nodiscard]] std::string layer_path(const ChainId& chain, std::string_view name = {}) const;
    // The path of a driver directory, or of `name` in it, from ROOT.
    [[nodiscard]] std::string directory_path(std::string_view directory, std::string_view name = {}) const;
    // The path of a file of a container's folder, or of the folder, from ROOT.
    [[nodiscard]] std::string container_path(std::string_view id, std::string_view name = {}) const;
    // Where a container's own files lie, from ROOT: nullopt unless its mount record names a directory that
    // is there.
    [[nodiscard]] std::optional<std::string> writable_path(std::string_view container) const;
    // Whether a container is of this store: by its driver; where its config tells none, by its mount
    // record, and in the end because no other store claims it.
    [[nodiscard]] bool owns(const ContainerRecord& container) const;
};

}  // namespace drydock
