#include "tests/unit/scanner/tree.hpp"

#include <catch2/catch.hpp>

namespace drydock {

using namespace test;

namespace {

const std::string kImage = "image/overlay2/";
const std::string kContent = kImage + "imagedb/content/sha256/";
const std::string kMetadata = kImage + "imagedb/metadata/sha256/";

ImageRecord image_named(const Tree& tree, const std::string& hex) {
    const Inventory inventory = scan_tree(tree);
    const ImageRecord* image = inventory.find_image(ImageId::from_hex(hex).value());
    REQUIRE(image != nullptr);
    return *image;
}

}  // namespace

TEST_CASE("a config whose bytes hash to its name is parsed") {
    const Tree tree;
    write_small_store(tree);
    const ImageRecord image = image_named(tree, hash_hex(kConfig));
    REQUIRE(image.config.present());
    CHECK(image.config.value.diff_ids == std::vector<std::string>{digest_of('a')});
    CHECK(image.config.value.unusable.empty());
    CHECK(image.config_bytes == static_cast<std::int64_t>(kConfig.size()));
    CHECK(image.has_metadata);
    CHECK(image.last_updated.present());
    CHECK(image.parent.sight == Sight::absent);
}

TEST_CASE("a config is empty, malformed or unreadable by what stands under its name") {
    const Tree tree;
    const std::string id = hash_hex(kConfig);
    SECTION("no bytes") {
        tree.file(kContent + id, "");
        CHECK(image_named(tree, id).config.sight == Sight::empty);
    }
    SECTION("other bytes") {
        tree.file(kContent + id, kConfig + "\n");
        const ImageRecord image = image_named(tree, id);
        CHECK(image.config.sight == Sight::malformed);
        CHECK(image.config.actual == kConfig.substr(0, kExcerptBytes));
    }
    SECTION("a folder") {
        tree.folder(kContent + id);
        CHECK(image_named(tree, id).config.sight == Sight::malformed);
        CHECK(image_named(tree, id).config.actual == "directory");
    }
    SECTION("a link to a sound config") {
        tree.file(kContent + "sound", kConfig);
        tree.link(kContent + id, "sound");
        CHECK(image_named(tree, id).config.sight == Sight::malformed);
        CHECK(image_named(tree, id).config.actual == "symbolic link");
    }
    SECTION("more than any config has") {
        tree.sparse_file(kContent + id, off_t{10} << 30);
        CHECK(image_named(tree, id).config.sight == Sight::unreadable);
        CHECK(image_named(tree, id).config.error == EFBIG);
    }
    SECTION("no permission") {
        tree.file(kContent + id, kConfig);
        const Denied denied(id);
        CHECK(image_named(tree, id).config.sight == Sight::unreadable);
        CHECK(image_named(tree, id).config.error == EACCES);
    }
}

TEST_CASE("a config that is no JSON although the hash holds is there and unusable") {
    const Tree tree;
    const std::string text = "{\"os\":";
    tree.file(kContent + hash_hex(text), text);
    const ImageRecord image = image_named(tree, hash_hex(text));
    REQUIRE(image.config.present());
    CHECK_FALSE(image.config.value.unusable.empty());
}

TEST_CASE("images are those of either folder") {
    const Tree tree;
    write_small_store(tree);
    tree.file(kMetadata + hex_of('e') + "/parent", digest_of('a'));
    tree.file(kContent + "no-id", "x");
    const Inventory inventory = scan_tree(tree);
    CHECK(inventory.images.size() == 2);
    const ImageRecord image = image_named(tree, hex_of('e'));
    CHECK(image.config.sight == Sight::absent);
    CHECK(image.has_metadata);
    CHECK(image.parent.value.text() == digest_of('a'));
}

TEST_CASE("metadata files are read as dockerd reads them, untrimmed") {
    const Tree tree;
    const std::string id = hex_of('e');
    tree.file(kMetadata + id + "/parent", digest_of('a') + "\n");
    tree.file(kMetadata + id + "/lastUpdated", "yesterday");
    CHECK(image_named(tree, id).parent.sight == Sight::malformed);
    CHECK(image_named(tree, id).last_updated.sight == Sight::malformed);
    CHECK(image_named(tree, id).last_updated.actual == "yesterday");
    tree.file(kMetadata + id + "/parent", "");
    CHECK(image_named(tree, id).parent.sight == Sight::empty);
}

TEST_CASE("a file in place of an image's metadata folder is malformed metadata") {
    const Tree tree;
    tree.file(kMetadata + hex_of('e'), "");
    CHECK(image_named(tree, hex_of('e')).has_metadata);
    CHECK(image_named(tree, hex_of('e')).last_updated.actual == "regular file");
}

TEST_CASE("an unreadable metadata folder leaves both of its files undetermined") {
    const Tree tree;
    tree.file(kMetadata + hex_of('e') + "/parent", digest_of('a'));
    const Denied denied(hex_of('e'));
    CHECK(image_named(tree, hex_of('e')).has_metadata);
    CHECK(image_named(tree, hex_of('e')).parent.sight == Sight::unreadable);
    CHECK(image_named(tree, hex_of('e')).last_updated.sight == Sight::unreadable);
}

TEST_CASE("temporary files of imagedb are told apart by where they lie") {
    const Tree tree;
    tree.file(kContent + ".tmp-" + hex_of('e') + "123", "");
    tree.file(kMetadata + hex_of('e') + "/.tmp-parent123", "");
    const Inventory inventory = scan_tree(tree);
    CHECK(inventory.image_temporaries == std::vector<std::string>{kContent + ".tmp-" + hex_of('e') + "123"});
    REQUIRE(inventory.images.size() == 1);
    CHECK(inventory.images[0].temporaries == std::vector<std::string>{".tmp-parent123"});
}

TEST_CASE("an absent imagedb has no images, one that is no folder or cannot be read is said") {
    const Tree tree;
    tree.folder(kImage + "layerdb");
    CHECK(scan_tree(tree).images.empty());
    CHECK(scan_tree(tree).unreadable.empty());
    tree.file(kImage + "imagedb", "");
    Inventory inventory = scan_tree(tree);
    REQUIRE(inventory.unreadable.size() == 1);
    CHECK(inventory.unreadable[0].path == kImage + "imagedb");
    CHECK(inventory.unreadable[0].error == ENOTDIR);
    tree.remove(kImage + "imagedb");
    tree.file(kContent + hash_hex(kConfig), kConfig);
    tree.folder(kMetadata + hex_of('e'));
    const Denied denied("content", EIO);
    inventory = scan_tree(tree);
    REQUIRE(inventory.unreadable.size() == 1);
    CHECK(inventory.unreadable[0].path == kImage + "imagedb/content");
    CHECK(inventory.unreadable[0].error == EIO);
    REQUIRE(inventory.images.size() == 1);
    CHECK(inventory.images[0].config.sight == Sight::unreadable);
}

TEST_CASE("repositories.json is present, absent, empty, malformed or unreadable") {
    const Tree tree;
    write_small_store(tree);
    const std::string path = kImage + "repositories.json";
    const Inventory sound = scan_tree(tree);
    REQUIRE(sound.repositories.present());
    REQUIRE(sound.repositories.value.tags.size() == 1);
    CHECK(sound.repositories.value.tags[0].reference == "t:1");
    tree.file(path, "");
    CHECK(scan_tree(tree).repositories.sight == Sight::empty);
    tree.file(path, "null");
    CHECK(scan_tree(tree).repositories.sight == Sight::malformed);
    tree.sparse_file(path, off_t{10} << 30);
    CHECK(scan_tree(tree).repositories.sight == Sight::unreadable);
    CHECK(scan_tree(tree).repositories.error == EFBIG);
    tree.remove(path);
    CHECK(scan_tree(tree).repositories.sight == Sight::absent);
    tree.link(path, "repositories.json");
    CHECK(scan_tree(tree).repositories.sight == Sight::malformed);
}

TEST_CASE("distribution records tell the diff id they speak of, or why they cannot") {
    const Tree tree;
    const std::string by_digest = kImage + "distribution/diffid-by-digest/sha256/";
    const std::string by_diff = kImage + "distribution/v2metadata-by-diffid/sha256/";
    tree.file(by_digest + hex_of('1'), digest_of('a'));
    tree.file(by_digest + hex_of('2'), "sha256:cut");
    tree.file(by_digest + ".tmp-3", "");
    tree.file(by_diff + hex_of('b'), R"([{"Digest":"sha256:x","SourceRepository":"docker.io/library/t"}])");
    tree.file(by_diff + hex_of('c'), "[{");
    tree.file(by_diff + "odd", "[]");
    const Inventory inventory = scan_tree(tree);
    REQUIRE(inventory.distribution.size() == 5);
    const std::vector<DistributionRecord>& records = inventory.distribution;
    CHECK(records[0].path == by_digest + hex_of('1'));
    CHECK(records[0].sight.present());
    CHECK(records[0].diff.value().text() == digest_of('a'));
    CHECK(records[1].sight.sight == Sight::malformed);
    CHECK(records[1].sight.actual == "sha256:cut");
    CHECK_FALSE(records[1].diff.has_value());
    CHECK(records[2].diff.value().text() == digest_of('b'));
    CHECK(records[2].repositories == std::vector<std::string>{"docker.io/library/t"});
    CHECK(records[3].sight.sight == Sight::malformed);
    CHECK(records[4].sight.actual == "name is no digest");
}

TEST_CASE("a distribution folder that hides both of its trees is said once") {
    const Tree tree;
    tree.folder(kImage + "layerdb");
    tree.file(kImage + "distribution", "");
    const Inventory inventory = scan_tree(tree);
    REQUIRE(inventory.unreadable.size() == 1);
    CHECK(inventory.unreadable[0].path == kImage + "distribution");
}

}  // namespace drydock
