#include "tests/unit/scanner/tree.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace drydock {

using namespace test;

namespace {

const std::string kLayer = "image/overlay2/layerdb/sha256/" + hex_of('a') + "/";
const std::string kMount = "image/overlay2/layerdb/mounts/" + hex_of('c') + "/";

LayerRecord only_layer(const Tree& tree) {
    const Inventory inventory = scan_tree(tree);
    REQUIRE(inventory.layers.size() == 1);
    return inventory.layers.front();
}

}  // namespace

TEST_CASE("a sound layer record is read as it stands") {
    const Tree tree;
    write_small_store(tree);
    const LayerRecord layer = only_layer(tree);
    CHECK(layer.chain.text() == digest_of('a'));
    CHECK(layer.diff.value.text() == digest_of('a'));
    CHECK(layer.cache_id.value == "ca");
    CHECK(layer.size.value == 5);
    CHECK(layer.tar_split.value == 10);
    CHECK(layer.parent.sight == Sight::absent);
    CHECK(layer.descriptor.sight == Sight::absent);
    CHECK(layer.has_files);
}

TEST_CASE("each file of a layer record is absent, empty, malformed or no regular file by itself") {
    const Tree tree;
    write_small_store(tree);
    tree.file(kLayer + "parent", digest_of('b'));
    tree.file(kLayer + "descriptor.json", "{}");

    struct File {
        const char* name;
        std::function<Sight(const LayerRecord&)> sight;
    };

    const File file = GENERATE(
        File{"diff", [](const LayerRecord& l) { return l.diff.sight; }},
        File{"cache-id", [](const LayerRecord& l) { return l.cache_id.sight; }},
        File{"size", [](const LayerRecord& l) { return l.size.sight; }},
        File{"parent", [](const LayerRecord& l) { return l.parent.sight; }},
        File{"tar-split.json.gz", [](const LayerRecord& l) { return l.tar_split.sight; }},
        File{"descriptor.json", [](const LayerRecord& l) { return l.descriptor.sight; }}
    );
    CAPTURE(file.name);
    const std::string path = kLayer + file.name;
    CHECK(file.sight(only_layer(tree)) == Sight::present);
    tree.remove(path);
    CHECK(file.sight(only_layer(tree)) == Sight::absent);
    tree.file(path, "");
    CHECK(file.sight(only_layer(tree)) == Sight::empty);
    tree.remove(path);
    tree.folder(path);
    CHECK(file.sight(only_layer(tree)) == Sight::malformed);
    tree.remove(path);
    tree.fifo(path);
    CHECK(file.sight(only_layer(tree)) == Sight::malformed);
    tree.remove(path);
    tree.link(path, std::string(file.name));
    CHECK(file.sight(only_layer(tree)) == Sight::malformed);
    tree.remove(path);
    if (std::string_view(file.name) != "tar-split.json.gz") {
        tree.file(path, "../[]\n");
        CHECK(file.sight(only_layer(tree)) == Sight::malformed);
        tree.sparse_file(path, off_t{10} << 30);
        CHECK(file.sight(only_layer(tree)) == Sight::malformed);
        tree.file(path, "1");
        const Denied denied(file.name);
        CHECK(file.sight(only_layer(tree)) == Sight::unreadable);
    }
}

TEST_CASE("white space is an empty file but for size") {
    const Tree tree;
    write_small_store(tree);
    for (const char* name : {"diff", "cache-id", "size", "parent"}) {
        tree.file(kLayer + name, " \n");
    }
    const LayerRecord layer = only_layer(tree);
    CHECK(layer.diff.sight == Sight::empty);
    CHECK(layer.cache_id.sight == Sight::empty);
    CHECK(layer.parent.sight == Sight::empty);
    CHECK(layer.size.sight == Sight::malformed);
    CHECK(layer.size.actual == " \n");
}

TEST_CASE("what is malformed keeps an excerpt, what is unreadable its errno") {
    const Tree tree;
    write_small_store(tree);
    tree.file(kLayer + "diff", std::string(200, 'x'));
    tree.fifo(kLayer + "parent");
    CHECK(only_layer(tree).diff.actual == std::string(kExcerptBytes, 'x'));
    CHECK(only_layer(tree).parent.actual == "fifo");
    const Denied denied("diff", EIO);
    CHECK(only_layer(tree).diff.sight == Sight::unreadable);
    CHECK(only_layer(tree).diff.error == EIO);
    CHECK(only_layer(tree).cache_id.present());
}

TEST_CASE("a record folder that cannot be opened leaves its layer undetermined and the others alone") {
    const Tree tree;
    write_small_store(tree);
    tree.file("image/overlay2/layerdb/sha256/" + hex_of('b') + "/diff", digest_of('b'));
    const Denied denied(hex_of('a'));
    const Inventory inventory = scan_tree(tree);
    REQUIRE(inventory.layers.size() == 2);
    const LayerRecord& layer = inventory.layers[0];
    CHECK(layer.has_files);
    for (const Sight sight :
         {layer.diff.sight, layer.cache_id.sight, layer.size.sight, layer.parent.sight, layer.tar_split.sight
         }) {
        CHECK(sight == Sight::unreadable);
    }
    CHECK(inventory.layers[1].diff.present());
}

TEST_CASE("a chain folder without files is a record without files") {
    const Tree tree;
    tree.folder(kLayer);
    const LayerRecord layer = only_layer(tree);
    CHECK_FALSE(layer.has_files);
    CHECK(layer.diff.sight == Sight::absent);
}

TEST_CASE("what is no record in layerdb is a stray, but for tmp and layers being removed") {
    const Tree tree;
    write_small_store(tree);
    const std::string layerdb = "image/overlay2/layerdb/";
    const std::string removing = "sha256/" + hex_of('b') + "-" + hex_of('c') + "-removing";
    tree.folder(layerdb + removing);
    tree.folder(layerdb + "tmp/write-set-1");
    tree.folder(layerdb + "sha512");
    tree.file(layerdb + ".tmp-x1", "");
    tree.folder(layerdb + "sha256/" + std::string(64, 'A'));
    tree.link(layerdb + "sha256/" + hex_of('e'), hex_of('a'));
    tree.file(layerdb + "sha256/" + hex_of('f'), "");
    tree.folder(layerdb + "sha256/new\nline");
    const Inventory inventory = scan_tree(tree);
    std::vector<std::string> seen;
    for (const StrayEntry& stray : inventory.layerdb_strays) {
        seen.push_back(stray.path.substr(layerdb.size()) + ": " + stray.detail);
    }
    CHECK(
        seen ==
        std::vector<std::string>{
            ".tmp-x1: a regular file",
            "sha256/" + std::string(64, 'A') + ": name is no digest",
            "sha256/" + hex_of('e') + ": a symbolic link",
            "sha256/" + hex_of('f') + ": a regular file",
            "sha256/new\nline: name is no digest",
            "sha512: sha512 is never read by dockerd",
        }
    );
    CHECK(inventory.layers.size() == 1);
}

TEST_CASE("layerdb and its two folders are present, absent, empty, no folder or unreadable") {
    const Tree tree;
    write_small_store(tree);
    const std::string layerdb = "image/overlay2/layerdb";
    CHECK(scan_tree(tree).layerdb == FolderState::present);
    CHECK(scan_tree(tree).mounts == FolderState::present);

    SECTION("sha256 with strays only is empty") {
        tree.remove(layerdb + "/sha256");
        tree.file(layerdb + "/sha256/stray", "");
        CHECK(scan_tree(tree).layerdb == FolderState::empty);
    }
    SECTION("sha256 with a layer being removed is not empty") {
        tree.remove(layerdb + "/sha256");
        tree.folder(layerdb + "/sha256/" + hex_of('b') + "-" + hex_of('c') + "-removing");
        CHECK(scan_tree(tree).layerdb == FolderState::present);
        CHECK(scan_tree(tree).layers.empty());
    }
    SECTION("sha256 absent") {
        tree.remove(layerdb + "/sha256");
        CHECK(scan_tree(tree).layerdb == FolderState::absent);
        CHECK(scan_tree(tree).mounts == FolderState::present);
    }
    SECTION("sha256 a file") {
        tree.remove(layerdb + "/sha256");
        tree.file(layerdb + "/sha256", "");
        CHECK(scan_tree(tree).layerdb == FolderState::not_a_folder);
        CHECK(scan_tree(tree).not_a_folder == layerdb + "/sha256");
    }
    SECTION("mounts a link to itself") {
        tree.remove(layerdb + "/mounts");
        tree.link(layerdb + "/mounts", "mounts");
        CHECK(scan_tree(tree).mounts == FolderState::not_a_folder);
        CHECK(scan_tree(tree).not_a_folder == layerdb + "/mounts");
        CHECK(scan_tree(tree).layers.size() == 1);
    }
    SECTION("layerdb a link to a folder") {
        tree.move(layerdb, "elsewhere");
        tree.link(layerdb, "../../elsewhere");
        CHECK(scan_tree(tree).layerdb == FolderState::not_a_folder);
        CHECK(scan_tree(tree).not_a_folder == layerdb);
        CHECK(scan_tree(tree).layers.empty());
    }
    SECTION("layerdb absent") {
        tree.remove(layerdb);
        CHECK(scan_tree(tree).layerdb == FolderState::absent);
        CHECK(scan_tree(tree).mounts == FolderState::absent);
    }
    SECTION("mounts unreadable") {
        const Denied denied("mounts");
        const Inventory inventory = scan_tree(tree);
        CHECK(inventory.mounts == FolderState::unreadable);
        REQUIRE(inventory.unreadable.size() == 1);
        CHECK(inventory.unreadable[0].path == layerdb + "/mounts");
        CHECK(inventory.unreadable[0].error == EACCES);
        CHECK(inventory.layers.size() == 1);
    }
}

TEST_CASE("every directory below mounts is a mount record, whatever its name") {
    const Tree tree;
    write_small_store(tree);
    tree.folder("image/overlay2/layerdb/mounts/any name");
    tree.file("image/overlay2/layerdb/mounts/0file", "");
    const Inventory inventory = scan_tree(tree);
    REQUIRE(inventory.mount_records.size() == 2);
    CHECK(inventory.mount_records[0].name == "any name");
    CHECK(inventory.mount_records[0].mount_id.sight == Sight::absent);
    const MountRecord& mount = inventory.mount_records[1];
    CHECK(mount.name == hex_of('c'));
    CHECK(mount.mount_id.value == hex_of('d'));
    CHECK(mount.init_id.value == hex_of('d') + "-init");
    CHECK(mount.parent.value.text() == digest_of('a'));
    REQUIRE(inventory.layerdb_strays.size() == 1);
    CHECK(inventory.layerdb_strays[0].path == "image/overlay2/layerdb/mounts/0file");
}

TEST_CASE("each file of a mount record is judged by itself") {
    const Tree tree;
    write_small_store(tree);
    tree.file(kMount + "mount-id", "../" + hex_of('d'));
    tree.file(kMount + "init-id", "");
    tree.remove(kMount + "parent");
    tree.folder(kMount + "parent");
    const MountRecord mount = scan_tree(tree).mount_records.at(0);
    CHECK(mount.mount_id.sight == Sight::malformed);
    CHECK(mount.init_id.sight == Sight::empty);
    CHECK(mount.parent.sight == Sight::malformed);
    CHECK(mount.parent.actual == "directory");
}

}  // namespace drydock
