// See show_focus.hpp.
#include "report/show_focus.hpp"

#include <algorithm>

namespace drydock {

Focus::Focus(const ShownStore& store, const Usage& usage)
    : inventory_(store.inventory), usage_(usage), all_(store.seeds == nullptr) {
    if (store.seeds == nullptr) return;
    for (const ImageId& id : store.seeds->images) {
        add_image(id);
        const auto use = usage_.images.find(id);
        const bool stands = use != usage_.images.end() && !use->second.layers.empty();
        // The containers on an image, not those on another one that has its layers.
        const auto top = stands ? usage_.layers.find(use->second.layers.back()) : usage_.layers.end();
        if (top == usage_.layers.end()) continue;
        for (const std::string& container : top->second.containers) {
            add_container(container);
        }
    }
    for (const ChainId& id : store.seeds->layers) {
        add_layer(id);
        add_users(id);
    }
    for (const std::string& id : store.seeds->containers) {
        add_container(id);
    }
    for (const std::string& name : store.seeds->directories) {
        add_directory(name);
    }
}

void Focus::add_image(const ImageId& id) {
    if (!images_.insert(id).second) return;
    const auto use = usage_.images.find(id);
    if (use == usage_.images.end()) return;
    for (const ChainId& chain : use->second.layers) {
        add_layer(chain);
    }
}

void Focus::add_layer(const ChainId& id) {
    if (!layers_.insert(id).second) return;
    const LayerRecord* layer = inventory_.find_layer(id);
    if (layer != nullptr && layer->cache_id.present()) directories_.insert(layer->cache_id.value);
}

void Focus::add_container(const std::string& id) {
    if (!containers_.insert(id).second) return;
    const MountRecord* mount = inventory_.find_mount(id);
    if (mount != nullptr) {
        if (mount->mount_id.present()) directories_.insert(mount->mount_id.value);
        if (mount->init_id.present()) directories_.insert(mount->init_id.value);
        const std::string init = init_directory(*mount);
        const auto use = usage_.directories.find(init);
        if (use != usage_.directories.end() && use->second.id == id) directories_.insert(init);
    }
    const auto layer = usage_.standing.find(id);
    if (layer != usage_.standing.end()) layers_.insert(layer->second);
    const ContainerRecord* container = inventory_.find_container(id);
    const ContainerConfig* config = container != nullptr ? container->own_config() : nullptr;
    const auto image = config != nullptr ? ImageId::from_text(config->image) : std::nullopt;
    if (image) images_.insert(*image);
}

void Focus::add_users(const ChainId& id) {
    const auto use = usage_.layers.find(id);
    if (use == usage_.layers.end()) return;
    images_.insert(use->second.images.begin(), use->second.images.end());
    containers_.insert(use->second.above.begin(), use->second.above.end());
    snapshots_.insert(use->second.built.begin(), use->second.built.end());
}

void Focus::add_directory(const std::string& name) {
    directories_.insert(name);
    const auto use = usage_.directories.find(name);
    if (use == usage_.directories.end()) return;
    const std::string& id = use->second.id;
    if (const auto chain = ChainId::from_text(id)) {
        layers_.insert(*chain);
        add_users(*chain);
    } else if (inventory_.find_container(id) != nullptr || inventory_.find_mount(id) != nullptr) {
        add_container(id);
    }
    // A directory of BuildKit's may be a layer that images have, too.
    for (const LayerRecord& layer : inventory_.layers) {
        if (layer.cache_id.present() && layer.cache_id.value == name) {
            layers_.insert(layer.chain);
            add_users(layer.chain);
        }
    }
}

bool Focus::snapshot(const BuilderSnapshot& snapshot) const {
    return all_ || snapshots_.contains(snapshot.key) || directories_.contains(snapshot.key) ||
           directories_.contains(snapshot.committed) || (snapshot.chain && layers_.contains(*snapshot.chain));
}

bool Focus::unused(const Finding& finding) const {
    const std::string folder = inventory_.driver_root + "/";
    return all_ ||
           std::any_of(
               finding.evidence.takes.begin(),
               finding.evidence.takes.end(),
               [&](const std::string& path) {
                   return path.starts_with(folder) && directories_.contains(path.substr(folder.size()));
               }
           );
}

}  // namespace drydock
