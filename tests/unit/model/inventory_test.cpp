#include "model/inventory.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace drydock {

namespace {

template <class Id>
Id id_of(char digit) {
    return Id::from_hex(std::string(64, digit)).value();
}

}  // namespace

TEST_CASE("Records are found by id and by nothing else", "[model]") {
    Inventory inventory;
    for (const char digit : {'1', '3', 'a'}) {
        inventory.layers.emplace_back().chain = id_of<ChainId>(digit);
        inventory.images.emplace_back().id = id_of<ImageId>(digit);
        const std::string name(2, digit);
        inventory.mount_records.emplace_back().name = name;
        inventory.containers.emplace_back().id = name;
        inventory.directories.emplace_back().name = name;
        inventory.short_links.emplace_back().name = name;
    }
    for (std::size_t i = 0; i < 3; ++i) {
        const char digit = "13a"[i];
        const std::string name(2, digit);
        CHECK(inventory.find_layer(id_of<ChainId>(digit)) == &inventory.layers[i]);
        CHECK(inventory.find_image(id_of<ImageId>(digit)) == &inventory.images[i]);
        CHECK(inventory.find_mount(name) == &inventory.mount_records[i]);
        CHECK(inventory.find_container(name) == &inventory.containers[i]);
        CHECK(inventory.find_directory(name) == &inventory.directories[i]);
        CHECK(inventory.find_short_link(name) == &inventory.short_links[i]);
    }
    for (const char digit : {'0', '2', 'f'}) {
        CHECK(inventory.find_layer(id_of<ChainId>(digit)) == nullptr);
        CHECK(inventory.find_image(id_of<ImageId>(digit)) == nullptr);
        CHECK(inventory.find_directory(std::string(2, digit)) == nullptr);
    }
    CHECK(inventory.find_directory("") == nullptr);
    CHECK(Inventory{}.find_mount("11") == nullptr);
}

TEST_CASE("Paths stand from the data root", "[model]") {
    Inventory inventory;
    inventory.image_root = "165536.165536/image/overlay2";
    inventory.driver_root = "165536.165536/overlay2";
    const std::string hex(64, 'c');
    const auto chain = id_of<ChainId>('c');
    CHECK(inventory.layer_path(chain) == "165536.165536/image/overlay2/layerdb/sha256/" + hex);
    CHECK(
        inventory.layer_path(chain, "diff") == "165536.165536/image/overlay2/layerdb/sha256/" + hex + "/diff"
    );
    CHECK(inventory.directory_path("abc") == "165536.165536/overlay2/abc");
    CHECK(inventory.directory_path("abc", "lower") == "165536.165536/overlay2/abc/lower");
}

}  // namespace drydock
