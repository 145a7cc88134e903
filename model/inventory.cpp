// Looking records up by id. The vectors are sorted by the scanner; nothing here sorts or copies.
#include "model/inventory.hpp"

#include <algorithm>

namespace drydock {

namespace {

template <class Record, class Key, class Member>
const Record* find_by(const std::vector<Record>& records, const Key& key, Member Record::* member) {
    const auto found = std::ranges::lower_bound(records, key, std::less<>{}, member);
    return found != records.end() && (*found).*member == key ? &*found : nullptr;
}

std::string join(std::string path, std::string_view name) {
    if (!name.empty()) {
        path += '/';
        path += name;
    }
    return path;
}

}  // namespace

std::uint64_t Repositories::tag_count() const {
    return static_cast<std::uint64_t>(std::count_if(tags.begin(), tags.end(), [](const TagRecord& tag) {
        return !tag.is_digest;
    }));
}

const ContainerConfig* ContainerRecord::own_config() const {
    const ContainerConfig* found = config.get();
    return found != nullptr && found->id.value_or(id) == id ? found : nullptr;
}

const ContainerConfig* ContainerRecord::usable_config() const {
    const ContainerConfig* found = own_config();
    return found != nullptr && found->undecodable.empty() && !found->null ? found : nullptr;
}

const LayerRecord* Inventory::find_layer(const ChainId& chain) const {
    return find_by(layers, chain, &LayerRecord::chain);
}

const ImageRecord* Inventory::find_image(const ImageId& id) const {
    return find_by(images, id, &ImageRecord::id);
}

const MountRecord* Inventory::find_mount(std::string_view name) const {
    return find_by(mount_records, name, &MountRecord::name);
}

const ContainerRecord* Inventory::find_container(std::string_view id) const {
    return find_by(containers, id, &ContainerRecord::id);
}

const DriverDirectory* Inventory::find_directory(std::string_view name) const {
    return find_by(directories, name, &DriverDirectory::name);
}

const ShortLink* Inventory::find_short_link(std::string_view name) const {
    return find_by(short_links, name, &ShortLink::name);
}

std::string Inventory::layer_path(const ChainId& chain, std::string_view name) const {
    return join(image_root + "/layerdb/sha256/" + chain.hex(), name);
}

std::string Inventory::directory_path(std::string_view directory, std::string_view name) const {
    return join(join(driver_root, directory), name);
}

std::string Inventory::container_path(std::string_view id, std::string_view name) const {
    return join(join(store_path == "." ? "containers" : store_path + "/containers", id), name);
}

std::optional<std::string> Inventory::writable_path(std::string_view container) const {
    const MountRecord* mount = find_mount(container);
    const std::string* id = mount != nullptr ? mount->mount_id.get() : nullptr;
    const DriverDirectory* directory = id != nullptr ? find_directory(*id) : nullptr;
    if (directory == nullptr || !directory->has_diff) return std::nullopt;
    return directory_path(directory->name, "diff");
}

bool Inventory::owns(const ContainerRecord& container) const {
    const ContainerConfig* config = container.own_config();
    if (config != nullptr && !config->driver.empty()) return config->driver == driver;
    return find_mount(container.id) != nullptr || !container.mounted_elsewhere;
}

}  // namespace drydock
