#include "validators/ownership.hpp"

#include <algorithm>

namespace drydock {

namespace {

constexpr std::size_t kHexDigits = 64;
constexpr std::size_t kBuilderLetters = 25;
constexpr std::string_view kInit = "-init";

// A damage that the content pass may mend by finding the layer's directory.
bool names_directory(Damage damage) {
    return damage == Damage::cache_id_wrong || damage == Damage::cache_id_missing ||
           damage == Damage::cache_id_empty || damage == Damage::cache_id_malformed;
}

// Not one of another driver, nor one under removal, whose layer goes first.
bool needs_layers(const Inventory& inventory, const ContainerRecord& container) {
    const ContainerConfig* config = container.usable_config();
    return inventory.owns(container) && (config == nullptr || !config->dead);
}

}  // namespace

DirectoryName form_of(std::string_view directory) {
    const auto all = [](std::string_view text, bool (*fits)(char)) {
        return std::all_of(text.begin(), text.end(), fits);
    };
    const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    const auto base36 = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
    if (directory.size() == kHexDigits && all(directory, hex)) return DirectoryName::layer;
    if (directory.size() == kBuilderLetters && all(directory, base36)) return DirectoryName::builder;
    const bool init = directory.size() == kHexDigits + kInit.size() && directory.ends_with(kInit);
    return init && all(directory.substr(0, kHexDigits), hex) ? DirectoryName::init : DirectoryName::foreign;
}

Ownership::Ownership(
    const StoreGraph& graph, const StoreFoundation& foundation, const std::vector<Finding>& found
)
    : graph_(graph), foundation_(foundation) {
    note_builder();
    note_lost_names(found);
    note_leftovers();
    layer_users_known_ = all_layer_users_known();
    keep_layers(found);
    note_reached();
}

void Ownership::note_builder() {
    for (const BuilderSnapshot& snapshot : graph_.inventory().builder.snapshots.value) {
        builders_.insert(snapshot.key);
        if (!snapshot.committed.empty()) builders_.insert(snapshot.committed);
    }
    // The snapshotter takes a key that it has no bucket of for the directory's own name.
    for (const BuilderCacheRecord& record : graph_.inventory().builder.cache.value) {
        builders_.insert(record.snapshot);
    }
}

void Ownership::note_lost_names(const std::vector<Finding>& found) {
    const Inventory& inventory = graph_.inventory();
    layer_directory_lost_ = any_layer_directory_lost(found) || any_record_lost() || !all_configs_told() ||
                            !foundation_.images_known;
    container_directory_lost_ = any_container_directory_lost();
    any_unreadable_ = inventory.mounts == FolderState::unreadable ||
                      std::ranges::any_of(inventory.unreadable, [&](const Unreadable& item) {
                          return item.path.starts_with(inventory.image_root + "/layerdb");
                      });
}

bool Ownership::any_layer_directory_lost(const std::vector<Finding>& found) {
    const Inventory& inventory = graph_.inventory();
    std::unordered_set<std::string> proven_layers;
    for (const Finding& finding : found) {
        if (!names_directory(finding.damage) || !finding.witness || !finding.evidence.expected) continue;
        proven_layers.insert(finding.subject.id);
        proven_.insert(*finding.evidence.expected);
    }
    return std::ranges::any_of(inventory.layers, [&](const LayerRecord& layer) {
        const std::string* id = layer.cache_id.get();
        const bool known = id != nullptr && inventory.find_directory(*id) != nullptr && !graph_.shared(*id);
        return !known && !proven_layers.contains(layer.chain.text());
    });
}

bool Ownership::any_container_directory_lost() const {
    const Inventory& inventory = graph_.inventory();
    if (std::ranges::any_of(inventory.mount_records, [&](const MountRecord& mount) {
            return lost_its_directory(mount);
        })) {
        return true;
    }
    return std::ranges::any_of(inventory.containers, [&](const ContainerRecord& container) {
        return needs_layers(inventory, container) && inventory.find_mount(container.id) == nullptr;
    });
}

// A name that is well-formed and leads to nothing, or to what is another's, is as good as none.
bool Ownership::lost_its_directory(const MountRecord& mount) const {
    const Inventory& inventory = graph_.inventory();
    const ContainerRecord* container = inventory.find_container(mount.name);
    if (container != nullptr && !needs_layers(inventory, *container)) return false;
    const std::string* rw = mount.mount_id.get();
    if (rw == nullptr || inventory.find_directory(*rw) == nullptr || graph_.shared(*rw)) return true;
    return mount.init_id.present() && mount.init_id.value != *rw + std::string(kInit);
}

// A layer that an image, a container or another layer names and that has no record: its directory may
// still be there.
bool Ownership::any_record_lost() const {
    const Inventory& inventory = graph_.inventory();
    const auto lost = [&](const ChainId& chain) { return inventory.find_layer(chain) == nullptr; };
    for (std::size_t i = 0; i < inventory.images.size(); ++i) {
        if (std::ranges::any_of(graph_.chain_of(i), lost)) return true;
    }
    for (const LayerRecord& layer : inventory.layers) {
        if (layer.parent.present() && lost(layer.parent.value)) return true;
    }
    return std::ranges::any_of(inventory.mount_records, [&](const MountRecord& mount) {
        return mount.parent.present() && lost(mount.parent.value);
    });
}

void Ownership::note_leftovers() {
    for (const RemovingRecord& record : graph_.inventory().removing) {
        if (const std::string* id = record.cache_id.get()) leftovers_.insert(*id);
    }
    for (const WriteSet& set : graph_.inventory().write_sets) {
        if (const std::string* id = set.cache_id.get()) leftovers_.insert(*id);
    }
}

bool Ownership::is_kept(const DriverDirectory& directory) const {
    const auto keeps = [&](const DirectoryOwner& owner) {
        return owner.kind != DirectoryOwner::Kind::layer ||
               kept_.contains(graph_.inventory().layers[owner.index].chain);
    };
    return is_builders(directory.name) || std::ranges::any_of(graph_.owners(directory.name), keeps);
}

// The short links of directories that nobody keeps: few, and none in a sound store.
std::unordered_map<std::string_view, const DriverDirectory*> Ownership::links_of_unkept() const {
    const Inventory& inventory = graph_.inventory();
    std::unordered_map<std::string_view, const DriverDirectory*> result;
    for (const DriverDirectory& directory : inventory.directories) {
        const std::string* link = is_kept(directory) ? nullptr : directory.link.get();
        if (link != nullptr) result.emplace(*link, &directory);
    }
    for (const ShortLink& link : inventory.short_links) {
        const std::string* target = link.target.get();
        const auto name = target != nullptr ? target_directory(*target) : std::nullopt;
        const DriverDirectory* directory = name ? inventory.find_directory(*name) : nullptr;
        if (directory != nullptr && !is_kept(*directory)) result.emplace(link.name, directory);
    }
    return result;
}

void Ownership::note_reached() {
    const auto by_link = links_of_unkept();
    if (by_link.empty()) return;
    for (const DriverDirectory& directory : graph_.inventory().directories) {
        if (!directory.lower.present() || !is_kept(directory)) continue;
        for_each_lower(directory.lower.value, [&](std::string_view link) {
            const auto found = by_link.find(link);
            if (found != by_link.end()) reached_.insert(found->second->name);
        });
    }
}

bool Ownership::all_layer_users_known() const {
    const Builder& builder = graph_.inventory().builder;
    const auto undecoded = [](Sight sight) {
        return sight == Sight::unreadable || sight == Sight::malformed;
    };
    return foundation_.layers_known && foundation_.images_known && foundation_.containers_known &&
           foundation_.builder_known && !any_unreadable_ && !undecoded(builder.leased.sight) &&
           !undecoded(builder.cache.sight) && all_images_told() && all_containers_told() &&
           all_parents_told();
}

// Whether each image config that is there tells what layers the image has.
bool Ownership::all_configs_told() const {
    const Inventory& inventory = graph_.inventory();
    for (std::size_t i = 0; i < inventory.images.size(); ++i) {
        const Seen<ImageConfig>& config = inventory.images[i].config;
        if (config.sight == Sight::absent) continue;  // a trace without a tag is none
        // A config that is damaged, or names layers that are no digests, hides what it stands on.
        const bool empty = config.present() && config.value.diff_ids.empty();
        if (!empty && graph_.chain_of(i).empty()) return false;
    }
    return true;
}

// Whether each image that left a trace does.
bool Ownership::all_images_told() const {
    const Inventory& inventory = graph_.inventory();
    if (!inventory.repositories.present() || !all_configs_told()) return false;
    // A tag may be all that is left of an image.
    return std::ranges::all_of(inventory.repositories.value.tags, [&](const TagRecord& tag) {
        const ImageRecord* image = tag.image ? inventory.find_image(*tag.image) : nullptr;
        return image != nullptr && image->config.present();
    });
}

// A record that lost what it says of itself may stand on any layer.
bool Ownership::all_parents_told() const {
    const std::vector<LayerRecord>& layers = graph_.inventory().layers;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (!graph_.truth(i).known && !layers[i].parent.present()) return false;
    }
    return true;
}

// Whether each container, and each mount record, tells on which layer it stands.
bool Ownership::all_containers_told() const {
    const Inventory& inventory = graph_.inventory();
    // An image without layers leaves no parent.
    const auto tells = [](const MountRecord& mount) {
        return mount.parent.present() || mount.parent.sight == Sight::absent;
    };
    if (!std::ranges::all_of(inventory.mount_records, tells)) return false;
    for (std::size_t i = 0; i < inventory.containers.size(); ++i) {
        const ContainerRecord& container = inventory.containers[i];
        if (!needs_layers(inventory, container)) continue;
        const bool told = inventory.find_mount(container.id) != nullptr;
        if (!told && !graph_.top_chain_of_container(i)) return false;
    }
    return true;
}

void Ownership::keep_chain(const ChainId& top) {
    for (std::optional<ChainId> chain = top; chain && kept_.insert(*chain).second;) {
        chain = graph_.parent_of(*chain);
    }
}

void Ownership::keep_layers(const std::vector<Finding>& found) {
    const Inventory& inventory = graph_.inventory();
    for (std::size_t i = 0; i < inventory.images.size(); ++i) {
        if (!graph_.chain_of(i).empty()) keep_chain(graph_.chain_of(i).back());
    }
    for (std::size_t i = 0; i < inventory.containers.size(); ++i) {
        if (const auto top = graph_.top_chain_of_container(i)) keep_chain(*top);
    }
    for (const MountRecord& mount : inventory.mount_records) {
        if (mount.parent.present()) keep_chain(mount.parent.value);
    }
    keep_build_cache();
    // What is damaged is told as such, and may stand on anything that it names.
    for (const Finding& finding : found) {
        const bool layer = finding.subject.kind == SubjectKind::layer;
        if (const auto chain = layer ? ChainId::from_text(finding.subject.id) : std::nullopt)
            keep_chain(*chain);
    }
    for (std::size_t i = 0; i < inventory.layers.size(); ++i) {
        const LayerRecord& layer = inventory.layers[i];
        if (graph_.truth(i).known) continue;
        keep_chain(layer.chain);
        if (layer.parent.present()) keep_chain(layer.parent.value);
    }
}

// snapshots.db keeps buckets of layers that are long gone: only what a lease or a record of the cache names
// is in use (moby builder/builder-next/adapters/snapshot/leasemanager.go). Where these cannot be read, all
// are.
void Ownership::keep_build_cache() {
    const Builder& builder = graph_.inventory().builder;
    std::unordered_map<std::string_view, const BuilderSnapshot*> by_key;
    for (const BuilderSnapshot& snapshot : builder.snapshots.value) {
        by_key.emplace(snapshot.key, &snapshot);
    }
    std::vector<std::string_view> open;
    if (builder.leased.present() && builder.cache.present()) {
        for (const std::string& key : builder.leased.value) {
            open.emplace_back(key);
        }
        for (const BuilderCacheRecord& record : builder.cache.value) {
            open.emplace_back(record.snapshot);
        }
    } else {
        for (const BuilderSnapshot& snapshot : builder.snapshots.value) {
            open.emplace_back(snapshot.key);
        }
    }
    while (!open.empty()) {
        const std::string_view key = open.back();
        open.pop_back();
        if (const auto chain = ChainId::from_text(key)) keep_chain(*chain);
        const auto found = by_key.find(key);
        if (found == by_key.end()) continue;
        if (found->second->chain) keep_chain(*found->second->chain);
        open.emplace_back(found->second->parent);
        by_key.erase(found);  // each once: parents may run in a circle
    }
}

Keeper Ownership::of_layer(std::size_t layer) const {
    const LayerRecord& record = graph_.inventory().layers[layer];
    const std::string* directory = record.cache_id.get();
    if (kept_.contains(record.chain) ||
        (directory != nullptr && (reached_.contains(*directory) || is_set_aside(*directory)))) {
        return Keeper::somebody;
    }
    return layer_users_known_ ? Keeper::nobody : Keeper::perhaps;
}

Keeper Ownership::of_directory(const DriverDirectory& directory) const {
    return graph_.owners(directory.name).empty() ? unowned(directory) : Keeper::somebody;
}

Keeper Ownership::of_directory_without(
    const DriverDirectory& directory, DirectoryOwner::Kind kind, std::size_t index
) const {
    const bool of_mount = kind != DirectoryOwner::Kind::layer;
    const bool other = std::ranges::any_of(graph_.owners(directory.name), [&](const DirectoryOwner& owner) {
        return owner.index != index || (owner.kind != DirectoryOwner::Kind::layer) != of_mount;
    });
    if (other || is_needed(directory.name) || is_set_aside(directory.name)) return Keeper::somebody;
    // A mount record may name a directory that is the one a layer lost.
    const bool doubtful = of_mount && layer_directory_lost_ && !has_partner(directory.name);
    return directory.error != 0 || doubtful ? Keeper::perhaps : Keeper::nobody;
}

// A container's pair of directories: the writable one and its init.
bool Ownership::has_partner(const std::string& directory) const {
    return form_of(directory) == DirectoryName::init ||
           graph_.inventory().find_directory(directory + std::string(kInit)) != nullptr;
}

bool Ownership::is_needed(const std::string& directory) const {
    return is_builders(directory) || reached_.contains(directory) || proven_.contains(directory);
}

Keeper Ownership::unowned(const DriverDirectory& directory) const {
    const std::string& name = directory.name;
    if (is_needed(name) || is_set_aside(name)) return Keeper::somebody;
    if (!graph_.inventory().set_aside.known) return Keeper::perhaps;
    const DirectoryName form = form_of(name);
    if (form == DirectoryName::foreign) return Keeper::perhaps;
    if (!foundation_.layers_known || !foundation_.directories_known || any_unreadable_ ||
        directory.error != 0) {
        return Keeper::perhaps;
    }
    if (form == DirectoryName::builder && !foundation_.builder_known) return Keeper::perhaps;
    // A container's pair of directories is no layer's, and a layer's is none of a container.
    const bool of_container = has_partner(name);
    // While one of a pair is somebody's, the other is not nobody's.
    const std::string partner =
        form == DirectoryName::init ? name.substr(0, kHexDigits) : name + std::string(kInit);
    if (!graph_.owners(partner).empty()) return Keeper::perhaps;
    const bool base = directory.lower.sight == Sight::absent;  // a container stands on something
    if (layer_directory_lost_ && !of_container) return Keeper::perhaps;
    if ((container_directory_lost_ || !foundation_.containers_known) && (of_container || !base)) {
        return Keeper::perhaps;
    }
    return Keeper::nobody;
}

// A transaction that is not forgotten can bring back the record that names it.
bool Ownership::is_set_aside(const std::string& directory) const {
    return std::ranges::binary_search(graph_.inventory().set_aside.directories, directory);
}

bool Ownership::is_leftover(std::string_view directory) const {
    return leftovers_.contains(std::string(directory));
}

}  // namespace drydock
