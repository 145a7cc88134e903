// See show_containers.hpp. The order is that of moby daemon/daemon.go:restore.
#include "report/show_containers.hpp"

#include "report/show_usage.hpp"

#include <optional>

namespace drydock {

namespace {

// No graph driver stacks more layers; a circle of records ends here, too.
constexpr std::size_t kMostLayers = 4096;

template <class T>
bool lost(const Seen<T>& seen) {
    return !seen.present() && seen.sight != Sight::unreadable;
}

template <class T>
bool spoilt(const Seen<T>& seen) {
    return lost(seen) && seen.sight != Sight::absent;
}

template <class T>
std::string state_of(std::string_view name, const Seen<T>& seen) {
    return "its " + std::string(name) + " is " + std::string(sight_text(seen.sight));
}

std::string config_reason(const Inventory& store, const ContainerRecord& container) {
    if (lost(container.config)) {
        return state_of("config", container.config);
    }
    const ContainerConfig* config = container.config.get();
    if (config == nullptr) {
        return {};
    }
    if (!config->undecodable.empty()) {
        return "dockerd cannot decode its config";
    }
    if (spoilt(container.host_config)) {
        return state_of("hostconfig", container.host_config);
    }
    if (container.own_config() == nullptr) {
        return "its config is another container's";
    }
    if (config->driver.empty()) {
        return "its config names no storage driver";
    }
    return config->driver == store.driver ? std::string() : "it is of another storage driver";
}

bool loads(const LayerRecord& layer) {
    return !lost(layer.diff) && !lost(layer.cache_id) && !lost(layer.size) && !spoilt(layer.parent);
}

std::string layer_reason(const Inventory& store, const ChainId& top) {
    std::optional<ChainId> chain = top;
    for (std::size_t depth = 0; chain && depth < kMostLayers; ++depth) {
        const LayerRecord* layer = store.find_layer(*chain);
        if (layer == nullptr || !loads(*layer)) {
            return "dockerd does not load layer " + chain->text();
        }
        chain = layer->parent.present() ? std::optional(layer->parent.value) : std::nullopt;
    }
    return {};
}

std::string mount_reason(const Inventory& store, const ContainerRecord& container) {
    const MountRecord* mount = store.find_mount(container.id);
    if (mount == nullptr) {
        return "it has no mount record";
    }
    if (lost(mount->mount_id)) {
        return state_of("mount-id", mount->mount_id);
    }
    if (spoilt(mount->init_id)) {
        return state_of("init-id", mount->init_id);
    }
    if (spoilt(mount->parent)) {
        return state_of("mount's parent", mount->parent);
    }
    return mount->parent.present() ? layer_reason(store, mount->parent.value) : std::string();
}

}  // namespace

std::string hidden_reason(const Inventory& store, const ContainerRecord& container) {
    std::string reason = config_reason(store, container);
    // Where whole folders could not be read, nothing is known of what is in them.
    const bool known = store.mounts != FolderState::unreadable && store.layerdb != FolderState::unreadable;
    if (!reason.empty() || !known || container.config.get() == nullptr) {
        return reason;
    }
    return mount_reason(store, container);
}

}  // namespace drydock
