#include "scanner/layerdb.hpp"

#include "formats/documents.hpp"
#include "formats/record_text.hpp"

namespace drydock {

namespace {

constexpr std::size_t kHexDigits = 64;

// What one record folder holds, listed once: a file that is not in the listing costs no system call.
class RecordFolder {
public:
    RecordFolder(const ReadDir& parent, const std::string& name) {
        error_ = error_of([&] {
            dir_ = parent.open(name);
            Listing listing = list_sorted(*dir_, kMaxRecordEntries);
            if (listing.error != 0) {
                throw OsError(listing.error, "list", dir_->path());
            }
            entries_ = std::move(listing.entries);
        });
    }

    // Not 0: nothing is known of the files.
    [[nodiscard]] int error() const { return error_; }

    [[nodiscard]] const std::vector<DirEntry>& entries() const { return entries_; }

    template <class T, class Parse>
    [[nodiscard]] Seen<T> read(const std::string& name, std::size_t limit, Parse&& parse) const {
        if (error_ != 0) {
            return seen_error<T>(error_);
        }
        const DirEntry* entry = find_entry(entries_, name);
        if (entry == nullptr) {
            return {};
        }
        return see_record<T>(read_small_file(*dir_, name, limit, entry->type), std::forward<Parse>(parse));
    }

    // Here only 0 bytes are an empty file: white space is a value that dockerd refuses.
    [[nodiscard]] Seen<std::int64_t> read_size(const std::string& name) const {
        if (error_ != 0) {
            return seen_error<std::int64_t>(error_);
        }
        const DirEntry* entry = find_entry(entries_, name);
        if (entry == nullptr) {
            return {};
        }
        return see_record<std::int64_t>(
            read_small_file(*dir_, name, kMaxLineBytes, entry->type),
            parse_size_record,
            TooLarge::malformed,
            [](std::string_view text) { return text.empty(); }
        );
    }

    // The size of a file that is not read.
    [[nodiscard]] Seen<std::int64_t> measure(const std::string& name) const {
        if (error_ != 0) {
            return seen_error<std::int64_t>(error_);
        }
        if (find_entry(entries_, name) == nullptr) {
            return {};
        }
        Seen<std::int64_t> seen;
        const int error = error_of([&] {
            const std::optional<FileStat> stat = dir_->find_stat(name);
            if (!stat) {
                return;
            }
            if (stat->type() != FileType::regular) {
                seen = seen_malformed<std::int64_t>(describe_type(stat->type()));
            } else if (stat->size == 0) {
                seen.sight = Sight::empty;
            } else {
                seen = seen_value<std::int64_t>(stat->size);
            }
        });
        return error == 0 ? seen : seen_error<std::int64_t>(error);
    }

private:
    std::optional<ReadDir> dir_;
    std::vector<DirEntry> entries_;
    int error_ = 0;
};

LayerRecord read_layer(const ReadDir& sha256, const std::string& name) {
    const RecordFolder folder(sha256, name);
    LayerRecord layer;
    layer.chain = ChainId::from_hex(name).value();
    layer.has_files = folder.error() != 0 || !folder.entries().empty();
    layer.diff = folder.read<DiffId>("diff", kMaxLineBytes, parse_digest_record);
    layer.cache_id = folder.read<std::string>("cache-id", kMaxLineBytes, parse_cache_id);
    layer.size = folder.read_size("size");
    layer.parent = folder.read<ChainId>("parent", kMaxLineBytes, parse_digest_record);
    layer.tar_split = folder.measure("tar-split.json.gz");
    layer.descriptor = folder.read<bool>("descriptor.json", kMaxDescriptorBytes, parse_descriptor);
    return layer;
}

MountRecord read_mount(const ReadDir& mounts, const std::string& name) {
    const RecordFolder folder(mounts, name);
    MountRecord mount;
    mount.name = name;
    mount.mount_id = folder.read<std::string>("mount-id", kMaxLineBytes, parse_mount_id);
    mount.init_id = folder.read<std::string>("init-id", kMaxLineBytes, parse_mount_id);
    mount.parent = folder.read<ChainId>("parent", kMaxLineBytes, parse_digest_record);
    return mount;
}

WriteSet read_write_set(const ReadDir& tmp, const std::string& name) {
    const RecordFolder folder(tmp, name);
    WriteSet set;
    set.name = name;
    set.diff = folder.read<DiffId>("diff", kMaxLineBytes, parse_digest_record);
    set.cache_id = folder.read<std::string>("cache-id", kMaxLineBytes, parse_cache_id);
    set.size = folder.read_size("size");
    set.parent = folder.read<ChainId>("parent", kMaxLineBytes, parse_digest_record);
    set.tar_split = folder.measure("tar-split.json.gz");
    return set;
}

RemovingRecord read_removing(const ReadDir& sha256, const std::string& name) {
    const RecordFolder folder(sha256, name);
    RemovingRecord record;
    record.name = name;
    record.chain = ChainId::from_hex(std::string_view(name).substr(0, kHexDigits)).value();
    record.cache_id = folder.read<std::string>("cache-id", kMaxLineBytes, parse_cache_id);
    return record;
}

// dockerd 20.10 renames a layer's record so before it frees the layer.
bool is_removing_name(std::string_view name) {
    return name.size() > kHexDigits && name[kHexDigits] == '-' && name.ends_with("-removing") &&
           ChainId::from_hex(name.substr(0, kHexDigits)).has_value();
}

void add_stray(Inventory& inventory, const std::string& folder, const DirEntry& entry) {
    const std::string path = join_path(folder, entry.name);
    if (entry.type != FileType::directory) {
        inventory.layerdb_strays.push_back({path, with_article(entry.type)});
    } else if (entry.name == "sha384" || entry.name == "sha512") {
        inventory.layerdb_strays.push_back({path, entry.name + " is never read by dockerd"});
    } else {
        inventory.layerdb_strays.push_back({path, "name is no digest"});
    }
}

// A folder of layerdb that the store stands on: its listing, or the state that says why not.
std::optional<OpenedFolder> open_base(
    const ReadDir& parent,
    const std::string& parent_path,
    const std::string& name,
    FolderState& state,
    Inventory& inventory
) {
    const std::string path = join_path(parent_path, name);
    FolderView view = look_at_folder(parent, name);
    state = view.state;
    if (view.state == FolderState::not_a_folder && inventory.not_a_folder.empty()) {
        inventory.not_a_folder = path;
    }
    if (view.state == FolderState::unreadable) {
        inventory.unreadable.push_back({path, view.error, {}});
    }
    if (!view.dir) {
        return std::nullopt;
    }
    Listing listing = list_sorted(*view.dir);
    if (listing.error != 0) {
        state = FolderState::unreadable;
        inventory.unreadable.push_back({path, listing.error, {}});
        return std::nullopt;
    }
    return OpenedFolder{std::move(*view.dir), std::move(listing.entries)};
}

void scan_layers(
    const OpenedFolder& sha256, const std::string& path, const Workers& workers, Inventory& inventory
) {
    std::vector<std::string> names;
    std::vector<std::string> removing;
    for (const DirEntry& entry : sha256.entries) {
        const bool folder = entry.type == FileType::directory;
        if (folder && ChainId::from_hex(entry.name)) {
            names.push_back(entry.name);
        } else if (folder && is_removing_name(entry.name)) {
            removing.push_back(entry.name);
        } else {
            add_stray(inventory, path, entry);
        }
    }
    // A layer that is being removed proves as well as any record that this layerdb is the real one.
    inventory.layerdb = names.empty() && removing.empty() ? FolderState::empty : FolderState::present;
    inventory.layers = collect<LayerRecord>(names.size(), workers, [&](std::size_t index) {
        return read_layer(sha256.dir, names[index]);
    });
    inventory.removing = collect<RemovingRecord>(removing.size(), workers, [&](std::size_t index) {
        return read_removing(sha256.dir, removing[index]);
    });
}

// layerdb/tmp. Not there before the first layer was registered.
void scan_write_sets(
    const ReadDir& layerdb, const std::string& layerdb_path, const Workers& workers, Inventory& inventory
) {
    const auto tmp = open_folder_chain(layerdb, layerdb_path, {"tmp"}, inventory.unreadable);
    if (!tmp) {
        return;
    }
    std::vector<std::string> names;
    for (const DirEntry& entry : tmp->entries) {
        const std::string_view name = entry.name;
        const bool ours = name.starts_with("write-set-") || name.starts_with("layer-");
        if (ours && entry.type == FileType::directory) {
            names.push_back(entry.name);
        } else {
            inventory.layerdb_strays.push_back({layerdb_path + "/tmp/" + entry.name, with_article(entry.type)}
            );
        }
    }
    inventory.write_sets = collect<WriteSet>(names.size(), workers, [&](std::size_t index) {
        return read_write_set(tmp->dir, names[index]);
    });
}

void scan_mounts(
    const OpenedFolder& mounts, const std::string& path, const Workers& workers, Inventory& inventory
) {
    std::vector<std::string> names;
    for (const DirEntry& entry : mounts.entries) {
        if (entry.type == FileType::directory) {
            names.push_back(entry.name);
        } else {
            inventory.layerdb_strays.push_back({join_path(path, entry.name), with_article(entry.type)});
        }
    }
    inventory.mounts = names.empty() ? FolderState::empty : FolderState::present;
    inventory.mount_records = collect<MountRecord>(names.size(), workers, [&](std::size_t index) {
        return read_mount(mounts.dir, names[index]);
    });
}

}  // namespace

void scan_layerdb(const ReadDir& image, const Workers& workers, Inventory& inventory) {
    const std::string path = join_path(inventory.image_root, "layerdb");
    const std::optional<OpenedFolder> layerdb =
        open_base(image, inventory.image_root, "layerdb", inventory.layerdb, inventory);
    if (!layerdb) {
        inventory.mounts = inventory.layerdb;
        return;
    }
    for (const DirEntry& entry : layerdb->entries) {
        if (entry.name != "sha256" && entry.name != "mounts" && entry.name != "tmp") {
            add_stray(inventory, path, entry);
        }
    }
    if (const auto sha256 = open_base(layerdb->dir, path, "sha256", inventory.layerdb, inventory)) {
        scan_layers(*sha256, path + "/sha256", workers, inventory);
    }
    if (const auto mounts = open_base(layerdb->dir, path, "mounts", inventory.mounts, inventory)) {
        scan_mounts(*mounts, path + "/mounts", workers, inventory);
    }
    scan_write_sets(layerdb->dir, path, workers, inventory);
    std::sort(
        inventory.layerdb_strays.begin(),
        inventory.layerdb_strays.end(),
        [](const StrayEntry& a, const StrayEntry& b) { return a.path < b.path; }
    );
}

}  // namespace drydock
