// See show_usage.hpp.
#include "report/show_usage.hpp"

#include <algorithm>
#include <optional>
#include <set>

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

void add_builder(const Inventory& inventory, Usage& usage) {
    for (const BuilderSnapshot& snapshot : inventory.builder.snapshots.value) {
        const auto chain = snapshot.chain ? snapshot.chain : ChainId::from_text(snapshot.key);
        if (chain) usage.layers[*chain].builders.push_back(snapshot.key);
        for (const std::string& name : {snapshot.key, snapshot.committed}) {
            if (!name.empty()) usage.directories.try_emplace(name, DirectoryUse{"buildkit", snapshot.key});
        }
    }
}

void add_leftovers(const Inventory& inventory, const StoreReport& report, Usage& usage) {
    for (const RemovingRecord& record : inventory.removing) {
        if (const std::string* id = record.cache_id.get()) {
            usage.directories.try_emplace(*id, DirectoryUse{"removing", record.name});
        }
    }
    for (const WriteSet& set : inventory.write_sets) {
        if (const std::string* id = set.cache_id.get()) {
            usage.directories.try_emplace(*id, DirectoryUse{"write-set", set.name});
        }
    }
    for (const Finding& finding : report.findings) {
        if (finding.damage == Damage::driver_directory_orphan) {
            usage.directories.try_emplace(finding.subject.id, DirectoryUse{"nobody", {}});
        }
    }
}

// Every layer below a container's, as the records say it.
void add_standing(const Inventory& inventory, Usage& usage) {
    for (const MountRecord& mount : inventory.mount_records) {
        std::size_t steps = 0;
        for (const ChainId* chain = mount.parent.get(); chain != nullptr && steps < kMostLayers; ++steps) {
            usage.layers[*chain].above.push_back(mount.name);
            const LayerRecord* layer = inventory.find_layer(*chain);
            chain = layer != nullptr ? layer->parent.get() : nullptr;
        }
    }
}

// What the removal of each image alone would free.
void add_freed(const Inventory& inventory, Usage& usage) {
    for (auto& [id, image] : usage.images) {
        const std::set<ChainId> own(image.layers.begin(), image.layers.end());
        for (const ChainId& chain : image.layers) {
            const LayerUse& use = usage.layers[chain];
            const bool needed =
                use.images.size() > 1 || !use.above.empty() || !use.builders.empty() ||
                std::any_of(use.children.begin(), use.children.end(), [&](const ChainId& child) {
                    return !own.contains(child);
                });
            const LayerRecord* layer = inventory.find_layer(chain);
            if (!needed && layer != nullptr) image.frees += recorded_size(*layer);
        }
    }
}

}  // namespace

Usage::Usage(const Inventory& inventory, const StoreReport& report) {
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
    add_builder(inventory, *this);
    add_leftovers(inventory, report, *this);
    add_standing(inventory, *this);
    add_freed(inventory, *this);
    // BuildKit's records may be out of reach; the name alone then tells whose it might be.
    const bool asked = inventory.builder.snapshots.present();
    for (const DriverDirectory& directory : inventory.directories) {
        const bool buildkit =
            inventory.builder.folder_present && !asked && looks_like_buildkit(directory.name);
        directories.try_emplace(directory.name, DirectoryUse{buildkit ? "buildkit" : "unknown", {}});
    }
    for (const Finding& finding : report.findings) {
        if (is_unused(finding)) unused_bytes += finding.evidence.frees.value_or(0);
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
