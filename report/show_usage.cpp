// See show_usage.hpp.
#include "report/show_usage.hpp"

#include <algorithm>
#include <optional>

namespace drydock {

namespace {

// A config may list more layers than any graph driver stacks (overlay2: 128); what a hostile one lists
// beyond that has no record anyway.
constexpr std::size_t kMostLayers = 4096;

bool looks_like_buildkit(std::string_view name) {
    return name.size() == 25 && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
           });
}

std::vector<ChainId> chain_of(const ImageConfig& config) {
    std::vector<ChainId> chain;
    std::optional<ChainId> below;
    for (const std::string& text : config.diff_ids) {
        const std::optional<DiffId> diff = DiffId::from_text(text);
        if (!diff || chain.size() == kMostLayers) {
            return {};
        }
        below = chain_id(below, *diff);
        chain.push_back(*below);
    }
    return chain;
}

void add_images(const Inventory& inventory, Usage& usage) {
    for (const ImageRecord& record : inventory.images) {
        ImageUse& image = usage.images[record.id];
        const ImageConfig* config = record.config.get();
        image.layers = config == nullptr ? std::vector<ChainId>{} : chain_of(*config);
        for (const ChainId& chain : image.layers) {
            const LayerRecord* layer = inventory.find_layer(chain);
            if (layer != nullptr) {
                usage.layers[chain].images.push_back(record.id);
                image.bytes += recorded_size(*layer);
            }
        }
    }
    const Repositories* repositories = inventory.repositories.get();
    if (repositories == nullptr) {
        return;
    }
    for (const TagRecord& tag : repositories->tags) {
        const auto image = tag.image ? usage.images.find(*tag.image) : usage.images.end();
        if (image != usage.images.end()) {
            image->second.tags.push_back(tag.reference);
        }
    }
}

void add_mounts(const Inventory& inventory, Usage& usage) {
    for (const MountRecord& mount : inventory.mount_records) {
        const bool container = inventory.find_container(mount.name) != nullptr;
        if (const ChainId* parent = mount.parent.get()) {
            usage.layers[*parent].containers.push_back(mount.name);
        }
        if (const std::string* id = mount.mount_id.get()) {
            usage.directories.try_emplace(*id, DirectoryUse{container ? "container" : "mount", mount.name});
        }
        if (const std::string* id = mount.init_id.get()) {
            usage.directories.try_emplace(
                *id, DirectoryUse{container ? "container-init" : "mount-init", mount.name}
            );
        }
    }
}

}  // namespace

Usage::Usage(const Inventory& inventory) {
    for (const LayerRecord& layer : inventory.layers) {
        layer_bytes += recorded_size(layer);
        if (const ChainId* parent = layer.parent.get()) {
            layers[*parent].children.push_back(layer.chain);
        }
        if (const std::string* directory = layer.cache_id.get()) {
            directories.try_emplace(*directory, DirectoryUse{"layer", layer.chain.text()});
        }
    }
    add_images(inventory, *this);
    add_mounts(inventory, *this);
    for (const DriverDirectory& directory : inventory.directories) {
        const bool buildkit = inventory.builder.folder_present && looks_like_buildkit(directory.name);
        directories.try_emplace(directory.name, DirectoryUse{buildkit ? "buildkit" : "unknown", {}});
    }
}

std::uint64_t recorded_size(const LayerRecord& layer) {
    const std::int64_t* size = layer.size.get();
    return size != nullptr && *size > 0 ? static_cast<std::uint64_t>(*size) : 0;
}

std::string_view sight_text(Sight sight) {
    switch (sight) {
    case Sight::present:
        return "present";
    case Sight::absent:
        return "absent";
    case Sight::empty:
        return "empty";
    case Sight::malformed:
        return "malformed";
    case Sight::unreadable:
        return "unreadable";
    }
    return {};
}

}  // namespace drydock
