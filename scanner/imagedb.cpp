#include "scanner/imagedb.hpp"

#include "formats/documents.hpp"
#include "formats/record_text.hpp"
#include "platform/sha256.hpp"

#include <map>

namespace drydock {

namespace {

// Where an image was met; a name can stand in both folders or in one.
struct ImageNames {
    const DirEntry* content = nullptr;
    const DirEntry* metadata = nullptr;
};

using ImageIndex = std::map<ImageId, ImageNames>;

void read_config(const ReadDir& content, const DirEntry& entry, ImageRecord& image) {
    const SmallFile file = read_small_file(content, entry.name, kMaxConfigBytes, entry.type);
    const Seen<bool> judged = judge_file(file, TooLarge::unreadable);
    image.config.sight = judged.sight;
    image.config.actual = judged.actual;
    image.config.error = judged.error;
    if (!judged.present()) {
        return;
    }
    image.config_bytes = static_cast<std::int64_t>(file.bytes.size());
    if (file.bytes.empty()) {
        image.config.sight = Sight::empty;
    } else if (sha256(file.bytes) != image.id.bytes()) {
        image.config = seen_malformed<ImageConfig>(file.bytes);
    } else if (Parsed<ImageConfig> parsed = parse_image_config(file.bytes)) {
        image.config.value = std::move(*parsed);
    } else {
        image.config.value.unusable = parsed.error().what;
    }
}

// As dockerd reads these files: not trimmed.
Parsed<ImageId> parse_image_parent(std::string_view text) {
    if (const std::optional<ImageId> id = ImageId::from_text(text)) {
        return *id;
    }
    return tl::unexpected(ParseError{"no image id", 0});
}

Parsed<std::string> parse_last_updated(std::string_view text) {
    if (is_rfc3339_time(text)) {
        return std::string(text);
    }
    return tl::unexpected(ParseError{"no RFC 3339 time", 0});
}

void read_metadata(const ReadDir& metadata, const DirEntry& entry, ImageRecord& image) {
    image.has_metadata = true;
    FolderView view = look_at_folder(metadata, entry.name);
    if (view.state == FolderState::absent) {
        image.has_metadata = false;
        return;
    }
    if (view.state == FolderState::not_a_folder) {
        // dockerd cannot write its files below it: the image can no longer be tagged.
        image.last_updated = seen_malformed<std::string>(describe_type(view.type));
        return;
    }
    Listing listing;
    listing.error = view.error;
    if (view.dir) {
        listing = list_sorted(*view.dir, kMaxRecordEntries);
    }
    if (listing.error != 0) {
        image.parent = seen_error<ImageId>(listing.error);
        image.last_updated = seen_error<std::string>(listing.error);
        return;
    }
    for (const DirEntry& file : listing.entries) {
        if (is_temporary_name(file.name)) {
            image.temporaries.push_back(file.name);
        } else if (file.name == "parent") {
            image.parent = see_record<ImageId>(
                read_small_file(*view.dir, file.name, kMaxLineBytes, file.type), parse_image_parent
            );
        } else if (file.name == "lastUpdated") {
            image.last_updated = see_record<std::string>(
                read_small_file(*view.dir, file.name, kMaxLineBytes, file.type), parse_last_updated
            );
        }
    }
}

// The entries pointed to are those of the two folders. Temporary files go to the inventory.
ImageIndex index_images(
    const std::optional<OpenedFolder>& content,
    const std::optional<OpenedFolder>& metadata,
    Inventory& inventory
) {
    const std::string content_path = join_path(inventory.image_root, "imagedb/content/sha256");
    ImageIndex index;
    if (content) {
        for (const DirEntry& entry : content->entries) {
            if (const std::optional<ImageId> id = ImageId::from_hex(entry.name)) {
                index[*id].content = &entry;
            } else if (is_temporary_name(entry.name)) {
                inventory.image_temporaries.push_back(join_path(content_path, entry.name));
            }
        }
    }
    if (metadata) {
        for (const DirEntry& entry : metadata->entries) {
            if (const std::optional<ImageId> id = ImageId::from_hex(entry.name)) {
                index[*id].metadata = &entry;
            }
        }
    }
    return index;
}

// One folder can be in the way of both chains: it is said once.
void add_unreadable(Inventory& inventory, std::vector<Unreadable> items) {
    for (Unreadable& item : items) {
        if (inventory.unreadable.empty() || inventory.unreadable.back().path != item.path) {
            inventory.unreadable.push_back(std::move(item));
        }
    }
}

DistributionRecord read_distribution(
    const ReadDir& dir, const std::string& folder, DistributionKind kind, const DirEntry& entry
) {
    DistributionRecord record;
    record.kind = kind;
    record.path = join_path(folder, entry.name);
    const std::optional<DiffId> named = DiffId::from_hex(entry.name);
    if (!named) {
        record.sight = seen_malformed<bool>("name is no digest");
        return record;
    }
    const SmallFile file = read_small_file(dir, entry.name, kMaxDistributionBytes, entry.type);
    switch (kind) {
    case DistributionKind::diffid_by_digest: {
        const Seen<DiffId> diff = see_record<DiffId>(file, parse_digest_record);
        record.sight.sight = diff.sight;
        record.sight.actual = diff.actual;
        record.sight.error = diff.error;
        if (diff.present()) {
            record.diff = diff.value;
        }
        break;
    }
    case DistributionKind::v2metadata_by_diffid:
        record.diff = named;
        record.sight = see_record<bool>(file, [&](std::string_view text) -> Parsed<bool> {
            return parse_v2metadata(text).map([&](std::vector<std::string> repositories) {
                record.repositories = std::move(repositories);
                return true;
            });
        });
        break;
    }
    record.sight.value = record.sight.present();
    return record;
}

}  // namespace

void scan_imagedb(const ReadDir& image, const Workers& workers, Inventory& inventory) {
    std::vector<Unreadable> hidden;
    const std::optional<OpenedFolder> content =
        open_folder_chain(image, inventory.image_root, {"imagedb", "content", "sha256"}, hidden);
    const int content_error = hidden.empty() ? 0 : hidden.back().error;
    const std::size_t hidden_content = hidden.size();
    const std::optional<OpenedFolder> metadata =
        open_folder_chain(image, inventory.image_root, {"imagedb", "metadata", "sha256"}, hidden);
    const int metadata_error = hidden.size() == hidden_content ? 0 : hidden.back().error;
    add_unreadable(inventory, std::move(hidden));

    const ImageIndex index = index_images(content, metadata, inventory);
    const std::vector<ImageIndex::value_type> items(index.begin(), index.end());
    inventory.images = collect<ImageRecord>(items.size(), workers, [&](std::size_t at) {
        ImageRecord record;
        record.id = items[at].first;
        if (items[at].second.content != nullptr) {
            read_config(content->dir, *items[at].second.content, record);
        } else if (content_error != 0) {
            record.config.sight = Sight::unreadable;
            record.config.error = content_error;
        }
        if (items[at].second.metadata != nullptr) {
            read_metadata(metadata->dir, *items[at].second.metadata, record);
        } else if (metadata_error != 0) {
            record.parent.sight = record.last_updated.sight = Sight::unreadable;
            record.parent.error = record.last_updated.error = metadata_error;
        }
        return record;
    });
}

void scan_repositories(const ReadDir& image, Inventory& inventory) {
    const SmallFile file = read_small_file(image, "repositories.json", kMaxRepositoriesBytes);
    inventory.repositories = see_record<Repositories>(file, parse_repositories, TooLarge::unreadable);
}

void scan_distribution(const ReadDir& image, const Workers& workers, Inventory& inventory) {
    struct Source {
        DistributionKind kind;
        const char* folder;
    };

    for (const Source& source :
         {Source{DistributionKind::diffid_by_digest, "diffid-by-digest"},
          Source{DistributionKind::v2metadata_by_diffid, "v2metadata-by-diffid"}}) {
        std::vector<Unreadable> hidden;
        const std::optional<OpenedFolder> folder =
            open_folder_chain(image, inventory.image_root, {"distribution", source.folder, "sha256"}, hidden);
        add_unreadable(inventory, std::move(hidden));
        if (!folder) {
            continue;
        }
        const std::string path =
            join_path(inventory.image_root, std::string("distribution/") + source.folder + "/sha256");
        std::vector<const DirEntry*> files;
        for (const DirEntry& entry : folder->entries) {
            if (!is_temporary_name(entry.name)) {
                files.push_back(&entry);
            } else {
                inventory.temporaries.push_back(join_path(path, entry.name));
            }
        }
        std::vector<DistributionRecord> records =
            collect<DistributionRecord>(files.size(), workers, [&](std::size_t at) {
                return read_distribution(folder->dir, path, source.kind, *files[at]);
            });
        std::move(records.begin(), records.end(), std::back_inserter(inventory.distribution));
    }
}

}  // namespace drydock
