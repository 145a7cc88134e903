// A sound store as an inventory made by hand, for tests that damage one fact of it: no disk, no scanner.
//   web: A, B, C (demo/web:1)   api: A, D (demo/api:1)   container 0 on C, container 1 on D
#pragma once

#include "model/inventory.hpp"
#include "platform/sha256.hpp"
#include "validators/store_graph.hpp"
#include "validators/validate.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace drydock::test {

inline Digest digest_of(const std::string& seed) {
    return Digest(sha256(seed));
}

inline DiffId diff_of(const std::string& seed) {
    return DiffId(digest_of("diff " + seed));
}

template <class T>
Seen<T> present(T value) {
    Seen<T> seen;
    seen.sight = Sight::present;
    seen.value = std::move(value);
    return seen;
}

template <class T>
Seen<T> absent() {
    return {};
}

template <class T>
Seen<T> in_sight(Sight sight, std::string actual = {}) {
    Seen<T> seen;
    seen.sight = sight;
    seen.actual = std::move(actual);
    if (sight == Sight::unreadable) seen.error = 13;
    return seen;
}

// 26 characters [A-Z2-7] out of a seed.
inline std::string link_name(const std::string& seed) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string result;
    const Digest digest = digest_of("link " + seed);
    for (const std::uint8_t byte : digest.bytes()) {
        if (result.size() < 26) result += kLetters[byte % kLetters.size()];
    }
    return result;
}

template <class List, class Member, class Value>
auto find_in(List& list, Member member, const Value& value) {
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.*member == value; });
    if (found == list.end()) throw std::logic_error("the model has no such object");
    return found;
}

class StoreModel {
public:
    Inventory inventory;

    StoreModel() {
        inventory.store_path = ".";
        inventory.driver = "overlay2";
        inventory.image_root = "image/overlay2";
        inventory.driver_root = "overlay2";
        for (FolderState* state :
             {&inventory.layerdb, &inventory.mounts, &inventory.driver_folder, &inventory.containers_folder
             }) {
            *state = FolderState::present;
        }
        inventory.has_short_link_folder = true;
        inventory.repositories = present(Repositories{});
    }

    ChainId add_layer(const std::optional<ChainId>& parent, const std::string& seed) {
        LayerRecord layer;
        layer.chain = chain_id(parent, diff_of(seed));
        layer.diff = present(diff_of(seed));
        layer.cache_id = present("dir-" + seed);
        layer.size = present(std::int64_t{10});
        layer.tar_split = present(std::int64_t{100});
        layer.has_files = true;
        if (parent) layer.parent = present(*parent);
        inventory.layers.push_back(layer);
        add_directory("dir-" + seed, parent ? directory_of(*parent) : std::string());
        return layer.chain;
    }

    void add_directory(const std::string& name, const std::string& below) {
        DriverDirectory directory;
        directory.name = name;
        directory.link = present(link_name(name));
        directory.has_diff = true;
        if (!below.empty()) {
            const DriverDirectory& under = this->directory(below);
            std::string lower = "l/" + under.link.value;
            if (under.lower.present()) lower += ":" + under.lower.value;
            directory.lower = present(lower);
            directory.has_work = true;
        }
        inventory.directories.push_back(directory);
        inventory.short_links.push_back({.name = link_name(name), .target = present("../" + name + "/diff")});
        sort();
    }

    ImageId
    add_image(const std::string& seed, const std::vector<std::string>& diffs, const std::string& reference) {
        ImageRecord image;
        image.id = ImageId(digest_of("image " + seed));
        ImageConfig config;
        config.os = "linux";
        config.has_rootfs = true;
        for (const std::string& diff : diffs) {
            config.diff_ids.push_back(diff_of(diff).text());
        }
        image.config = present(config);
        image.config_bytes = 100;
        inventory.images.push_back(image);
        if (!reference.empty()) add_tag(reference, image.id);
        sort();
        return image.id;
    }

    void add_tag(const std::string& reference, const ImageId& image) {
        const std::size_t end = reference.find_first_of(":@");
        inventory.repositories.value.tags.push_back({
            .repository = reference.substr(0, end),
            .reference = reference,
            .image_text = image.text(),
            .image = image,
            .well_formed = true,
            .is_digest = reference.find('@') != std::string::npos,
        });
    }

    std::string add_container(const std::string& seed, const ImageId& image, const ChainId& top) {
        const std::string id = digest_of("container " + seed).hex();
        inventory.containers.push_back(
            {.id = id,
             .config =
                 present(ContainerConfig{.id = id, .name = seed, .image = image.text(), .driver = "overlay2"}
                 ),
             .host_config = present(HostConfig{})}
        );
        const std::string rw = "rw-" + seed;
        add_directory(rw + "-init", directory_of(top));
        add_directory(rw, rw + "-init");
        inventory.mount_records.push_back(
            {.name = id, .mount_id = present(rw), .init_id = present(rw + "-init"), .parent = present(top)}
        );
        sort();
        return id;
    }

    LayerRecord& layer(const ChainId& chain) {
        return *find_in(inventory.layers, &LayerRecord::chain, chain);
    }

    DriverDirectory& directory(const std::string& name) {
        return *find_in(inventory.directories, &DriverDirectory::name, name);
    }

    ShortLink& short_link(const std::string& directory) {
        return *find_in(inventory.short_links, &ShortLink::name, link_name(directory));
    }

    ImageRecord& image(const ImageId& id) { return *find_in(inventory.images, &ImageRecord::id, id); }

    MountRecord& mount(const std::string& id) {
        return *find_in(inventory.mount_records, &MountRecord::name, id);
    }

    ContainerRecord& container(const std::string& id) {
        return *find_in(inventory.containers, &ContainerRecord::id, id);
    }

    void remove_layer(const ChainId& chain) {
        std::erase_if(inventory.layers, [&](const auto& one) { return one.chain == chain; });
    }

    void remove_image(const ImageId& id) {
        std::erase_if(inventory.images, [&](const auto& one) { return one.id == id; });
    }

    void remove_directory(const std::string& name) {
        std::erase_if(inventory.directories, [&](const auto& one) { return one.name == name; });
    }

    void remove_short_link(const std::string& directory) {
        const std::string link = link_name(directory);
        std::erase_if(inventory.short_links, [&](const auto& one) { return one.name == link; });
    }

    std::string directory_of(const ChainId& chain) { return layer(chain).cache_id.value; }

    [[nodiscard]] StoreReport check() const {
        const StoreGraph graph(inventory);
        return validate_metadata(graph);
    }

private:
    // As the scanner leaves them.
    void sort() {
        std::ranges::sort(inventory.layers, {}, &LayerRecord::chain);
        std::ranges::sort(inventory.images, {}, &ImageRecord::id);
        std::ranges::sort(inventory.mount_records, {}, &MountRecord::name);
        std::ranges::sort(inventory.containers, {}, &ContainerRecord::id);
        std::ranges::sort(inventory.directories, {}, &DriverDirectory::name);
        std::ranges::sort(inventory.short_links, {}, &ShortLink::name);
    }
};

// The store of the head comment.
class SampleModel : public StoreModel {
public:
    ChainId a, b, c, d;
    ImageId web, api;
    std::string first, second;  // containers

    SampleModel() {
        a = add_layer(std::nullopt, "A");
        b = add_layer(a, "B");
        c = add_layer(b, "C");
        d = add_layer(a, "D");
        web = add_image("web", {"A", "B", "C"}, "demo/web:1");
        api = add_image("api", {"A", "D"}, "demo/api:1");
        first = add_container("first", web, c);
        second = add_container("second", api, d);
        for (const ChainId& chain : {a, b, c, d}) {
            directory(directory_of(chain)).has_committed = true;
        }
    }

    void remove_images() {
        inventory.images.clear();
        inventory.repositories.value.tags.clear();
        for (ContainerRecord& one : inventory.containers) {
            one.config.value.image.clear();
        }
    }
};

inline std::string code_of(const Finding& finding) {
    return std::string(describe(finding.damage).code);
}

inline std::vector<std::string> codes(const StoreReport& report) {
    std::vector<std::string> result;
    for (const Finding& finding : report.findings) {
        result.push_back(code_of(finding));
    }
    std::sort(result.begin(), result.end());
    return result;
}

using Codes = std::vector<std::string>;

}  // namespace drydock::test
