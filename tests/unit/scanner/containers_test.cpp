#include "tests/unit/scanner/tree.hpp"

#include <catch2/catch.hpp>

namespace drydock {

using namespace test;

namespace {

const std::string kConfigPath = "containers/" + hex_of('c') + "/config.v2.json";

}  // namespace

TEST_CASE("of a container its id, name, image and driver are read") {
    const Tree tree;
    write_small_store(tree);
    const Inventory inventory = scan_tree(tree);
    CHECK(inventory.containers_folder == FolderState::present);
    REQUIRE(inventory.containers.size() == 1);
    const ContainerRecord& container = inventory.containers[0];
    CHECK(container.id == hex_of('c'));
    CHECK(container.config.value.id == hex_of('c'));
    CHECK(container.config.value.name == "web");
    CHECK(container.config.value.driver == "overlay2");
    CHECK_FALSE(container.config.value.dead);
}

TEST_CASE("a container's config is absent, empty, malformed, too large or unreadable") {
    const Tree tree;
    write_small_store(tree);
    const auto sight = [&] { return scan_tree(tree).containers.at(0).config.sight; };
    CHECK(sight() == Sight::present);
    tree.file(kConfigPath, "");
    CHECK(sight() == Sight::empty);
    tree.file(kConfigPath, "{");
    CHECK(sight() == Sight::malformed);
    tree.sparse_file(kConfigPath, off_t{10} << 30);
    CHECK(sight() == Sight::unreadable);
    tree.remove(kConfigPath);
    CHECK(sight() == Sight::absent);
    tree.fifo(kConfigPath);
    CHECK(sight() == Sight::malformed);
    const Denied denied(hex_of('c'));
    CHECK(sight() == Sight::unreadable);
}

TEST_CASE("a container's folder that is a link is neither followed nor called absent") {
    const Tree tree;
    tree.file("elsewhere/config.v2.json", "{}");
    tree.link("containers/" + hex_of('c'), "../elsewhere");
    const Inventory inventory = scan_tree(tree);
    REQUIRE(inventory.containers.size() == 1);
    CHECK(inventory.containers[0].config.sight == Sight::unreadable);
}

TEST_CASE("what has no container's name is no container") {
    const Tree tree;
    tree.folder("containers/lost+found");
    tree.file("containers/" + hex_of('c'), "");
    const Inventory inventory = scan_tree(tree);
    CHECK(inventory.containers.empty());
    CHECK(inventory.containers_folder == FolderState::empty);
}

TEST_CASE("the containers folder is absent, empty, no folder or unreadable") {
    const Tree tree;
    CHECK(scan_tree(tree).containers_folder == FolderState::absent);
    tree.folder("containers");
    CHECK(scan_tree(tree).containers_folder == FolderState::empty);
    {
        const Denied denied("containers");
        const Inventory inventory = scan_tree(tree);
        CHECK(inventory.containers_folder == FolderState::unreadable);
        REQUIRE(inventory.unreadable.size() == 1);
        CHECK(inventory.unreadable[0].path == "containers");
    }
    tree.remove("containers");
    tree.file("containers", "");
    CHECK(scan_tree(tree).containers_folder == FolderState::not_a_folder);
}

}  // namespace drydock
