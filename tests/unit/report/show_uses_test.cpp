// `show`: users that no single record names, what was asked for, and the graph.
#include "tests/unit/report/shown.hpp"

#include <catch2/catch.hpp>

using namespace drydock;
using namespace drydock::test;
using Catch::Matchers::Contains;

TEST_CASE("A container without its mount's parent stands on what its image has") {
    Inventory store = small_store();
    for (LayerRecord& layer : store.layers) {
        layer.parent = {};  // the image's config still tells what lies below
    }
    store.mount_records.front().parent = {};
    CHECK(json_of(store)["images"][0]["frees"] == 0);
    for (const ChainId& chain : {kBase, kTop}) {
        ShowSeeds seeds;
        seeds.layers = {chain};
        CHECK(json_of(store, {}, &seeds)["containers"].size() == 1);
    }
    CHECK_THAT(text_of(store), Contains("container web"));
    CHECK_THAT(dot_of(store), Contains("\"0 " + kContainer + "\" -> \"0 " + kTop.text() + "\""));
    // Another container's config tells nothing.
    store.containers.front().config.value.id = "other";
    CHECK(json_of(store)["images"][0]["frees"] == 1000);
}

TEST_CASE("A layer that the build cache stands on is kept, and so is all below it") {
    Inventory store = built_store(kTop);
    CHECK(json_of(store)["images"][0]["frees"] == 0);
    const auto layers = json_of(store)["layers"];
    for (const auto& layer : layers) {
        CHECK(layer["build_cache"].size() == (layer["id"] == kTop.text() ? 1 : 0));
    }
    for (const ChainId& chain : {kBase, kTop}) {
        ShowSeeds seeds;
        seeds.layers = {chain};
        CHECK(json_of(store, {}, &seeds)["build_cache"].size() == 1);
        CHECK_THAT(text_of(store, &seeds), Contains("Build cache ("));
    }
    CHECK_THAT(text_of(store), Contains("demo/web:1\\x1b, build cache"));
    // A snapshot that is the layer keeps what lies below that layer, too.
    store.builder.snapshots.value.front().parent.clear();
    store.builder.snapshots.value.front().chain = kTop;
    CHECK(json_of(store)["images"][0]["frees"] == 0);
    // Of an image with more on top only that is freed.
    store = built_store(kBase);
    for (LayerRecord& layer : store.layers) {
        if (layer.chain == kTop) layer.size = seen<std::int64_t>(50);
    }
    CHECK(json_of(store)["images"][0]["frees"] == 50);
}

TEST_CASE("The init directory is the container's where init-id is lost") {
    Inventory store = small_store();
    store.mount_records.front().init_id = {};
    CHECK(json_of(store)["driver_directories"][2]["owner"]["kind"] == "container-init");
    CHECK(json_of(store)["driver_directories"][2]["owner"]["id"] == kContainer);
    const ShowSeeds seeds = seeds_of(store, "container", "web");
    const auto directories = json_of(store, {}, &seeds)["driver_directories"];
    REQUIRE(directories.size() == 2);
    CHECK(directories[1]["name"] == kMount + "-init");
}

TEST_CASE("The graph has an edge only between what it draws") {
    Inventory store = built_store(kTop);
    CHECK(bare_nodes(dot_of(store)).empty());
    CHECK_THAT(dot_of(store), Contains(std::string(25, 'k') + "\" -> \"0 " + kTop.text()));
    ShowSeeds seeds;
    seeds.layers = {kBase};
    const std::string focused = dot_of(small_store(), &seeds);
    CHECK(bare_nodes(focused).empty());
    CHECK_THAT(focused, Contains("container web"));
    std::erase_if(store.layers, [](const LayerRecord& layer) { return layer.chain == kBase; });
    store.builder.snapshots.value.front().parent = std::string(25, 'z');
    CHECK(bare_nodes(dot_of(store)).empty());
    store = small_store();
    store.layers.clear();
    CHECK(dot_of(store).find(" -> ") == std::string::npos);
}

TEST_CASE("A driver directory is found by the options of a mount") {
    Inventory store = small_store();
    std::ranges::sort(store.directories, {}, &DriverDirectory::name);
    store.short_links = {
        {.name = "A", .target = seen<std::string>("../base-dir/diff")},
        {.name = "B", .target = seen("../" + std::string(64, 'e') + "/diff")},
    };
    using Names = std::set<std::string>;
    const std::string root = "/var/lib/docker/overlay2/";
    const auto found = [&](const std::string& typed) {
        return seeds_of(store, "directory", typed).directories;
    };
    const Names container{kMount, kMount + "-init"};
    const Names all{"base-dir", std::string(64, 'e'), kMount, kMount + "-init"};
    const std::string options = "lowerdir=" + root + "l/A:" + root + "l/B,upperdir=" + root + kMount +
                                "/diff,workdir=" + root + kMount + "/work";
    CHECK(found(options) == all);
    CHECK(found("lowerdir=l/A:l/B,upperdir=" + kMount + "/diff") == all);
    CHECK(found("upperdir=" + root + kMount + "/diff") == container);
    CHECK(found("lowerdir=:" + root + "l/A:") == Names{"base-dir"});
    CHECK(found("lowerdir=" + root + "l/C").empty());
    // Docker in Docker: of the outer store, or of the inner one.
    CHECK(found(root + kMount + "/diff" + root + "base-dir/diff") == container);
    CHECK(found(root + std::string(64, 'f') + "/diff" + root + "base-dir/diff") == Names{"base-dir"});
    CHECK(found("/not-overlay2/base-dir").empty());
}

TEST_CASE("A path in a mount's options that no store knows is told apart") {
    const ShowWanted wanted =
        read_show_wanted(show_arguments({"--directory", "lowerdir=l/A:l/C,workdir=base-dir/work"}));
    CHECK(wanted.directories == std::vector<std::string>{"l/A", "l/C", "base-dir/work"});
    std::set<std::string> known;
    std::ignore = find_show_seeds(wanted, small_store(), known);
    CHECK(known == std::set<std::string>{"base-dir/work"});
    // The same directory twice is known twice; nothing at all is not everything.
    known.clear();
    const std::string both = "upperdir=" + kMount + "/diff,workdir=" + kMount + "/work";
    std::ignore =
        find_show_seeds(read_show_wanted(show_arguments({"--directory", both})), small_store(), known);
    CHECK(known == std::set<std::string>{kMount + "/diff", kMount + "/work"});
    CHECK_FALSE(read_show_wanted(show_arguments({"--directory", "lowerdir="})).empty());
}

TEST_CASE("Containers of another driver are not counted, and their data is not missed") {
    Inventory store = small_store();
    ContainerRecord other = store.containers.front();
    other.id = std::string(64, 'f');
    other.config.value = ContainerConfig{.id = other.id, .name = "far", .image = "", .driver = "vfs"};
    store.containers.push_back(other);
    CHECK(json_of(store)["totals"]["containers"] == 1);
    CHECK(json_of(store)["containers"].size() == 2);
    const std::string text = text_of(store);
    CHECK_THAT(text, Contains(", 1 container,") && Contains("in another store"));
    CHECK(text.find("no data found") == std::string::npos);
    store.directories.clear();
    CHECK_THAT(text_of(store), Contains("no data found"));
}

TEST_CASE("A container is known by its name, with a slash in front or without") {
    Inventory store = small_store();
    CHECK(seeds_of(store, "container", "/web").containers == std::set<std::string>{kContainer});
    CHECK(seeds_of(store, "container", "web").containers == std::set<std::string>{kContainer});
    CHECK(seeds_of(store, "container", "//web").containers.empty());
    store.containers.front().config.value.name.clear();
    CHECK(seeds_of(store, "container", "/").containers.empty());
}

TEST_CASE("Room that two findings would free is counted once") {
    const auto total = [](std::vector<Finding> findings) {
        StoreReport report;
        report.findings = std::move(findings);
        return std::uint64_t(json_of(small_store(), report)["totals"]["unused_bytes"]);
    };
    const Finding orphan = unused({"overlay2/x", "overlay2/l/A"}, 8192);
    const Finding inside = unused({"overlay2/x/.tmp-1"}, 8192);
    CHECK(total({orphan, inside}) == 8192);
    CHECK(total({inside, orphan}) == 8192);
    CHECK(total({orphan, orphan}) == 8192);
    CHECK(total({unused({"image/a", "overlay2/x"}, 8292), orphan}) == 8292);
    CHECK(total({orphan, unused({"overlay2/xy"}, 1)}) == 8193);
    CHECK(total({orphan, unused({"overlay2/x/.tmp-1", "tmp/y"}, 5)}) == 8197);
    CHECK(total({unused({"overlay2/x"}, std::nullopt), inside}) == 8192);
    CHECK(total({}) == 0);
}
