#include "tests/support/skip.hpp"
#include "tests/unit/scanner/tree.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

namespace drydock {

using namespace test;

namespace {

const StoreLocation kStore{".", "overlay2", StoreKind::overlay2, {}};

void own(const Tree& tree, const std::string& relative, uid_t uid) {
    REQUIRE(::lchown(tree.path(relative).c_str(), uid, uid) == 0);
}

}  // namespace

TEST_CASE("top folders that are links are followed, relative and absolute ones") {
    const Tree tree;
    const Tree elsewhere;
    write_small_store(tree);
    const std::string moved = GENERATE("image", "image/overlay2", "overlay2", "containers");
    CAPTURE(moved);
    const bool absolute = GENERATE(false, true);
    if (absolute) {
        std::filesystem::copy(
            tree.path(moved),
            elsewhere.path("there"),
            std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks
        );
        tree.remove(moved);
        tree.link(moved, elsewhere.path("there"));
    } else {
        tree.move(moved, "there");
        tree.link(moved, moved == "image/overlay2" ? "../there" : "there");
    }
    const RootSurvey survey = survey_root(tree.open());
    REQUIRE(survey.stores.size() == 1);
    CHECK(survey.stores[0].driver == "overlay2");
    const Inventory inventory = scan_tree(tree);
    CHECK(inventory.layers.size() == 1);
    CHECK(inventory.images.size() == 1);
    CHECK(inventory.directories.size() == 1);
    CHECK(inventory.containers.size() == 1);
    CHECK(inventory.unreadable.empty());
}

TEST_CASE("a link of a stranger is not followed, one of ROOT's owner is") {
    if (::geteuid() != 0) {
        skip("needs root to give a link away");
        return;
    }
    const Tree tree;
    write_small_store(tree);
    tree.move("overlay2", "there");
    tree.link("overlay2", "there");
    own(tree, "overlay2", 12345);
    StoreFolders folders = open_store(tree.open(), kStore);
    CHECK_FALSE(folders.driver.has_value());
    CHECK(folders.not_folders == std::vector<std::string>{"overlay2"});
    CHECK(scan_tree(tree).driver_folder == FolderState::not_a_folder);
    own(tree, "", 12345);
    folders = open_store(tree.open(), kStore);
    CHECK(folders.driver.has_value());
    CHECK(folders.not_folders.empty());
}

TEST_CASE("a stranger's link for image makes layerdb no folder, under the link's path") {
    if (::geteuid() != 0) {
        skip("needs root to give a link away");
        return;
    }
    const Tree tree;
    write_small_store(tree);
    tree.move("image", "there");
    tree.link("image", "there");
    own(tree, "image", 12345);
    const Inventory inventory = scan_tree(tree);
    CHECK(inventory.layerdb == FolderState::not_a_folder);
    CHECK(inventory.not_a_folder == "image");
    CHECK(survey_root(tree.open()).stores.size() == 1);
}

TEST_CASE("links that loop or lead nowhere, and files, are no folders") {
    const Tree tree;
    tree.link("image", "image");
    tree.link("overlay2", "nowhere");
    tree.fifo("containers");
    const StoreFolders folders = open_store(tree.open(), kStore);
    CHECK_FALSE(folders.image.has_value());
    CHECK_FALSE(folders.driver.has_value());
    CHECK_FALSE(folders.containers.has_value());
    CHECK(folders.not_folders == std::vector<std::string>{"image", "overlay2", "containers"});
    CHECK(folders.unreadable.empty());
}

TEST_CASE("absent top folders are neither unreadable nor wrong") {
    const Tree tree;
    const StoreFolders folders = open_store(tree.open(), kStore);
    CHECK_FALSE(folders.image.has_value());
    CHECK(folders.not_folders.empty());
    CHECK(folders.unreadable.empty());
}

TEST_CASE("links below the top folders are not followed") {
    const Tree tree;
    write_small_store(tree);
    tree.move("overlay2/ca", "there");
    tree.link("overlay2/ca", "../there");
    tree.move("image/overlay2/imagedb", "images");
    tree.link("image/overlay2/imagedb", "../../images");
    const Inventory inventory = scan_tree(tree);
    REQUIRE(inventory.directories.size() == 1);
    CHECK(inventory.directories.front().error != 0);
    CHECK_FALSE(inventory.directories.front().has_diff);
    CHECK(inventory.images.empty());
    CHECK_FALSE(inventory.unreadable.empty());
}

}  // namespace drydock
