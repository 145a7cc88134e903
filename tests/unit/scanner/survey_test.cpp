#include "tests/unit/scanner/tree.hpp"

#include <catch2/catch.hpp>

namespace drydock {

using namespace test;

namespace {

// "path driver" of each store; a mark for those that cannot be checked.
std::vector<std::string> stores_of(const Tree& tree) {
    std::vector<std::string> lines;
    for (const StoreLocation& store : survey_root(tree.open()).stores) {
        std::string line = store.path + " " + store.driver;
        switch (store.kind) {
        case StoreKind::overlay2:
            break;
        case StoreKind::unsupported:
            line += " unsupported";
            break;
        case StoreKind::containerd:
            line += " at " + store.detail;
            break;
        }
        lines.push_back(line);
    }
    return lines;
}

using Lines = std::vector<std::string>;

// What dockerd 20.10 makes of containerd/daemon by itself, with a pulled manifest.
void write_daemon_containerd(const Tree& tree) {
    tree.folder("containerd/daemon/io.containerd.snapshotter.v1.overlayfs/snapshots");
    tree.folder("containerd/daemon/io.containerd.snapshotter.v1.native");
    tree.file("containerd/daemon/io.containerd.content.v1.content/blobs/sha256/" + hex_of('1'), "{}");
}

}  // namespace

TEST_CASE("an overlay2 store is found, and ROOT looks like one") {
    const Tree tree;
    write_small_store(tree);
    write_daemon_containerd(tree);
    CHECK(stores_of(tree) == Lines{". overlay2"});
    const RootSurvey survey = survey_root(tree.open());
    CHECK(survey.looks_like_root);
    CHECK_FALSE(survey.empty);
    CHECK(survey.data_root_below.empty());
}

TEST_CASE("an empty folder looks like a root, another folder does not") {
    const Tree tree;
    CHECK(survey_root(tree.open()).looks_like_root);
    CHECK(survey_root(tree.open()).empty);
    tree.folder("src");
    tree.folder("tmp");
    CHECK_FALSE(survey_root(tree.open()).looks_like_root);
    CHECK_FALSE(survey_root(tree.open()).empty);
    tree.folder("runtimes");
    CHECK(survey_root(tree.open()).looks_like_root);
}

TEST_CASE("image without stores is a root without stores") {
    const Tree tree;
    tree.folder("image");
    CHECK(survey_root(tree.open()).looks_like_root);
    CHECK(stores_of(tree).empty());
    tree.folder("image/overlay2");
    tree.folder("overlay2/l");
    CHECK(stores_of(tree).empty());
}

TEST_CASE("a driver's folder with layers is a store although its records are gone") {
    const Tree tree;
    tree.folder("overlay2/ca/diff");
    CHECK(stores_of(tree) == Lines{". overlay2"});
    const Inventory inventory = scan_tree(tree);
    CHECK(inventory.layerdb == FolderState::absent);
    CHECK(inventory.directories.size() == 1);
}

TEST_CASE("other drivers are listed as unsupported") {
    const Tree tree;
    tree.folder("image/vfs/layerdb");
    tree.file("image/btrfs/repositories.json", "{}");
    tree.folder("image/zfs");
    tree.folder("image/overlay2/imagedb");
    CHECK(stores_of(tree) == Lines{". btrfs unsupported", ". overlay2", ". vfs unsupported"});
}

TEST_CASE("stores of remapped users are found under their folders") {
    const Tree tree;
    write_small_store(tree, "165536.165537/");
    write_small_store(tree);
    tree.folder("1.x/image/overlay2/layerdb");
    CHECK(stores_of(tree) == Lines{". overlay2", "165536.165537 overlay2"});
    const Inventory inventory = scan_tree(tree, 1, "165536.165537");
    CHECK(inventory.store_path == "165536.165537");
    CHECK(inventory.image_root == "165536.165537/image/overlay2");
    CHECK(inventory.driver_root == "165536.165537/overlay2");
    CHECK(inventory.layers.size() == 1);
    CHECK(inventory.containers.size() == 1);
    CHECK(
        inventory.layer_path(inventory.layers[0].chain, "diff") ==
        "165536.165537/image/overlay2/layerdb/sha256/" + hex_of('a') + "/diff"
    );
}

TEST_CASE("the containerd image store is claimed only where it holds something") {
    const Tree tree;
    tree.folder("containers");
    write_daemon_containerd(tree);
    CHECK(stores_of(tree).empty());
    SECTION("snapshots and blobs") {
        tree.folder("containerd/daemon/io.containerd.snapshotter.v1.overlayfs/snapshots/1");
        CHECK(
            stores_of(tree) ==
            Lines{". containerd at containerd/daemon/io.containerd.snapshotter.v1.overlayfs/snapshots"}
        );
    }
    SECTION("snapshots without blobs") {
        tree.remove("containerd/daemon/io.containerd.content.v1.content");
        tree.folder("containerd/daemon/io.containerd.snapshotter.v1.overlayfs/snapshots/1");
        CHECK(stores_of(tree).empty());
    }
    SECTION("its folder below image") {
        tree.folder("image/overlayfs/layerdb/mounts");
        CHECK(stores_of(tree) == Lines{". containerd at image/overlayfs"});
    }
    SECTION("a snapshotter's name below image with mounts only") {
        tree.folder("image/zfs/layerdb/mounts/" + hex_of('c'));
        CHECK(stores_of(tree) == Lines{". containerd at image/zfs"});
        tree.file("image/zfs/repositories.json", "{}");
        CHECK(stores_of(tree) == Lines{". zfs unsupported"});
    }
    SECTION("containers' file systems") {
        tree.folder("rootfs/overlayfs");
        CHECK(stores_of(tree).empty());
        tree.folder("rootfs/overlayfs/" + hex_of('c'));
        CHECK(stores_of(tree) == Lines{". containerd at rootfs/overlayfs"});
    }
    SECTION("beside an overlay2 store") {
        write_small_store(tree);
        tree.folder("image/overlayfs");
        CHECK(stores_of(tree) == Lines{". containerd at image/overlayfs", ". overlay2"});
    }
}

TEST_CASE("a host's root names the data root below it") {
    const Tree tree;
    tree.folder("usr");
    CHECK(survey_root(tree.open()).data_root_below.empty());
    tree.folder("var/lib/docker");
    CHECK(survey_root(tree.open()).data_root_below == tree.path("var/lib/docker"));
    tree.file("etc/docker/daemon.json", R"({"data-root":"/srv/docker/"})");
    CHECK(survey_root(tree.open()).data_root_below == tree.path("var/lib/docker"));
    tree.folder("srv/docker");
    CHECK(survey_root(tree.open()).data_root_below == tree.path("srv/docker"));
    tree.file("etc/docker/daemon.json", R"({"data-root":"/srv/../../etc"})");
    CHECK(survey_root(tree.open()).data_root_below == tree.path("var/lib/docker"));
    tree.folder("image");
    CHECK(survey_root(tree.open()).data_root_below.empty());
}

TEST_CASE("an image folder that cannot be read is a store that cannot be read") {
    const Tree tree;
    write_small_store(tree);
    tree.remove("overlay2");
    const Denied denied("image");
    CHECK(stores_of(tree) == Lines{". overlay2"});
    const Inventory inventory = scan_tree(tree);
    CHECK(inventory.layerdb == FolderState::unreadable);
    CHECK(inventory.repositories.sight == Sight::unreadable);
    REQUIRE(inventory.unreadable.size() == 1);
    CHECK(inventory.unreadable[0].path == "image");
    CHECK(inventory.unreadable[0].error == EACCES);
}

TEST_CASE("a ROOT that cannot be listed is an error of the environment") {
    const Tree tree;
    const ReadDir root = tree.open();
    const Denied denied(".");
    CHECK_THROWS(survey_root(root));
}

}  // namespace drydock
