// See show_usage.hpp.
#include "report/show_usage.hpp"

#include <algorithm>
#include <functional>
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

std::optional<ChainId> standing_on(const Inventory& inventory, const Usage& usage, const MountRecord& mount) {
    if (mount.parent.present()) {
        return mount.parent.value;
    }
    const ContainerRecord* container = inventory.find_container(mount.name);
    const ContainerConfig* config = container != nullptr ? container->own_config() : nullptr;
    const auto id = config != nullptr ? ImageId::from_text(config->image) : std::nullopt;
    const auto image = id ? usage.images.find(*id) : usage.images.end();
    if (image == usage.images.end() || image->second.layers.empty()) {
        return std::nullopt;
    }
    return image->second.layers.back();
}

void add_mounts(const Inventory& inventory, Usage& usage) {
    for (const MountRecord& mount : inventory.mount_records) {
        const bool container = inventory.find_container(mount.name) != nullptr;
        if (const std::optional<ChainId> layer = standing_on(inventory, usage, mount)) {
            usage.standing.emplace(mount.name, *layer);
            usage.layers[*layer].containers.push_back(mount.name);
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
    // What a record names itself goes before what a name tells.
    for (const MountRecord& mount : inventory.mount_records) {
        const std::string name = init_directory(mount);
        if (inventory.find_directory(name) == nullptr) continue;
        const bool container = inventory.find_container(mount.name) != nullptr;
        usage.directories.try_emplace(
            name, DirectoryUse{container ? "container-init" : "mount-init", mount.name}
        );
    }
}

void add_builder(const Inventory& inventory, Usage& usage) {
    for (const BuilderSnapshot& snapshot : inventory.builder.snapshots.value) {
        const auto chain = snapshot.chain ? snapshot.chain : ChainId::from_text(snapshot.key);
        if (chain) usage.layers[*chain].builders.push_back(snapshot.key);
        const auto parent = ChainId::from_text(snapshot.parent);
        if (parent && parent != chain) usage.layers[*parent].builders.push_back(snapshot.key);
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

// What each layer stands on: by the images, whose configs prove it, and by the layers' own records.
std::map<ChainId, ChainId> parents_of(const Inventory& inventory, const Usage& usage) {
    std::map<ChainId, ChainId> parents;
    for (const auto& [id, image] : usage.images) {
        for (std::size_t i = 1; i < image.layers.size(); ++i) {
            parents.emplace(image.layers[i], image.layers[i - 1]);
        }
    }
    for (const LayerRecord& layer : inventory.layers) {
        if (layer.parent.present()) parents.emplace(layer.chain, layer.parent.value);
    }
    return parents;
}

// Every layer below that of a container or of the build cache.
void add_standing(const Inventory& inventory, Usage& usage) {
    const std::map<ChainId, ChainId> parents = parents_of(inventory, usage);
    const auto walk = [&](ChainId chain, const std::string& user, std::vector<std::string> LayerUse::* users
                      ) {
        for (std::size_t steps = 0; steps < kMostLayers; ++steps) {
            std::vector<std::string>& list = usage.layers[chain].*users;
            // Been here: a circle of records, or a snapshot that is one layer and stands on another.
            if (!list.empty() && list.back() == user) return;
            list.push_back(user);
            const auto parent = parents.find(chain);
            if (parent == parents.end()) return;
            chain = parent->second;
        }
    };
    for (const auto& [name, chain] : usage.standing) {
        walk(chain, name, &LayerUse::above);
    }
    for (const BuilderSnapshot& snapshot : inventory.builder.snapshots.value) {
        const auto chain = snapshot.chain ? snapshot.chain : ChainId::from_text(snapshot.key);
        const auto parent = ChainId::from_text(snapshot.parent);
        if (chain) walk(*chain, snapshot.key, &LayerUse::built);
        if (parent) walk(*parent, snapshot.key, &LayerUse::built);
    }
}

// What the removal of each image alone would free.
void add_freed(const Inventory& inventory, Usage& usage) {
    for (auto& [id, image] : usage.images) {
        const std::set<ChainId> own(image.layers.begin(), image.layers.end());
        for (const ChainId& chain : image.layers) {
            const LayerUse& use = usage.layers[chain];
            const bool needed =
                use.images.size() > 1 || !use.above.empty() || !use.built.empty() ||
                std::any_of(use.children.begin(), use.children.end(), [&](const ChainId& child) {
                    return !own.contains(child);
                });
            const LayerRecord* layer = inventory.find_layer(chain);
            if (!needed && layer != nullptr) image.frees += recorded_size(*layer);
        }
    }
}

// Whether the path, or a folder that it lies in, is among these.
bool goes_with(const std::set<std::string_view>& taken, std::string_view path) {
    for (;;) {
        if (taken.contains(path)) return true;
        const std::size_t slash = path.rfind('/');
        if (slash == std::string_view::npos) return false;
        path = path.substr(0, slash);
    }
}

std::size_t shortest_path(const Finding& finding) {
    const std::vector<std::string>& takes = finding.evidence.takes;
    return std::ranges::min_element(takes, std::less<>{}, &std::string::size)->size();
}

// What goes with another finding, or shares a path with it, is counted there.
std::uint64_t count_unused(const StoreReport& report) {
    std::vector<const Finding*> findings;
    for (const Finding& finding : report.findings) {
        if (is_unused(finding) && finding.evidence.frees) findings.push_back(&finding);
    }
    // A finding that takes all that another one does comes before it.
    std::ranges::stable_sort(findings, [](const Finding* a, const Finding* b) {
        const std::size_t left = shortest_path(*a);
        const std::size_t right = shortest_path(*b);
        return left != right ? left < right : *a->evidence.frees > *b->evidence.frees;
    });
    std::set<std::string_view> taken;
    std::uint64_t bytes = 0;
    for (const Finding* finding : findings) {
        const std::vector<std::string>& takes = finding->evidence.takes;
        const bool shares =
            std::ranges::any_of(takes, [&](const auto& path) { return taken.contains(path); });
        if (shares || std::ranges::all_of(takes, [&](const auto& path) { return goes_with(taken, path); })) {
            continue;
        }
        taken.insert(takes.begin(), takes.end());
        bytes += *finding->evidence.frees;
    }
    return bytes;
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
    containers = static_cast<std::uint64_t>(std::ranges::count_if(
        inventory.containers, [&](const ContainerRecord& record) { return inventory.owns(record); }
    ));
    unused_bytes = count_unused(report);
}

std::string init_directory(const MountRecord& mount) {
    return mount.mount_id.present() ? mount.mount_id.value + "-init" : std::string();
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
