// See show_seeds.hpp.
#include "cli/show_seeds.hpp"

#include "cli/selection.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace drydock {

namespace {

void find_image(const std::string& typed, const Inventory& store, ShowSeeds& seeds) {
    const std::string reference = familiar_reference(typed);
    for (const TagRecord& tag : store.repositories.value.tags) {
        if (tag.reference == reference && tag.image) seeds.images.insert(*tag.image);
    }
    for (const ImageRecord& image : store.images) {
        if (begins_id(typed, image.id.hex())) seeds.images.insert(image.id);
    }
}

void find_layer(const std::string& typed, const Inventory& store, ShowSeeds& seeds) {
    for (const LayerRecord& layer : store.layers) {
        const bool by_directory = layer.cache_id.present() && begins_id(typed, layer.cache_id.value);
        if (by_directory || begins_id(typed, layer.chain.hex())) seeds.layers.insert(layer.chain);
    }
}

void find_container(const std::string& typed, const Inventory& store, ShowSeeds& seeds) {
    // `docker inspect` writes a name with a slash in front.
    const std::string_view name = std::string_view(typed).substr(typed.starts_with('/') ? 1 : 0);
    for (const ContainerRecord& container : store.containers) {
        const ContainerConfig* config = container.own_config();
        const bool by_name = config != nullptr && !name.empty() && config->name == name;
        if (by_name || begins_id(typed, container.id)) seeds.containers.insert(container.id);
    }
    for (const MountRecord& mount : store.mount_records) {
        if (begins_id(typed, mount.name)) seeds.containers.insert(mount.name);
    }
}

// `path` begins with a directory's name or a short link: <name>/diff, l/<link>.
bool add_directory(std::string_view path, const Inventory& store, ShowSeeds& seeds) {
    constexpr std::string_view kShort = "l/";
    constexpr std::string_view kUp = "../";
    if (path.starts_with(kShort)) {
        path.remove_prefix(kShort.size());
        const ShortLink* link = store.find_short_link(path.substr(0, path.find('/')));
        if (link == nullptr || !link->target.present()) return false;
        path = link->target.value;
        path.remove_prefix(std::min(path.size(), kUp.size()));
    }
    const std::string_view name = path.substr(0, path.find('/'));
    bool found = false;
    for (const DriverDirectory& directory : store.directories) {
        if (!begins_id(name, directory.name)) continue;
        seeds.directories.insert(directory.name);
        found = true;
    }
    return found;
}

// As it stands in a mount table or an error message: from the folder overlay2 on. A path into a container
// may lead to the data root of a Docker in it, so what comes first goes first.
void find_directory(const std::string& typed, const Inventory& store, ShowSeeds& seeds) {
    constexpr std::string_view kFolder = "overlay2/";
    if (add_directory(typed, store, seeds)) return;
    for (std::size_t at = typed.find(kFolder); at != std::string::npos; at = typed.find(kFolder, at + 1)) {
        const bool whole = at == 0 || typed[at - 1] == '/';
        if (whole && add_directory(std::string_view(typed).substr(at + kFolder.size()), store, seeds)) return;
    }
}

// The paths in the options of a mount; what is no such option is one path.
std::vector<std::string> read_directories(const std::vector<std::string>& typed) {
    std::vector<std::string> paths;
    for (std::string_view item : typed) {
        constexpr std::string_view kLower = "lowerdir=";
        if (item.starts_with(kLower)) {
            item.remove_prefix(kLower.size());
            if (item.empty()) paths.emplace_back();
            while (!item.empty()) {
                const std::size_t colon = std::min(item.find(':'), item.size());
                if (colon > 0) paths.emplace_back(item.substr(0, colon));
                item.remove_prefix(std::min(colon + 1, item.size()));
            }
            continue;
        }
        for (const std::string_view option : {"upperdir=", "workdir="}) {
            if (item.starts_with(option)) item.remove_prefix(option.size());
        }
        paths.emplace_back(item);
    }
    return paths;
}

}  // namespace

ShowWanted read_show_wanted(const Arguments& arguments) {
    return {
        arguments.list("image"),
        arguments.list("layer"),
        arguments.list("container"),
        read_directories(arguments.list("directory")),
    };
}

ShowSeeds find_show_seeds(const ShowWanted& wanted, const Inventory& store, std::set<std::string>& known) {
    ShowSeeds seeds;
    // What is typed in two ways is known both times.
    const auto find = [&](const std::vector<std::string>& typed, auto one) {
        for (const std::string& item : typed) {
            ShowSeeds found;
            one(item, store, found);
            if (!found.empty()) known.insert(item);
            seeds.merge(std::move(found));
        }
    };
    find(wanted.images, find_image);
    find(wanted.layers, find_layer);
    find(wanted.containers, find_container);
    find(wanted.directories, find_directory);
    return seeds;
}

}  // namespace drydock
