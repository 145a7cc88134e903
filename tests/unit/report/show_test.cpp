// `show`: who uses what, sizes, and that damaged records are named instead of guessed.
#include "cli/show_seeds.hpp"
#include "report/show.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

using namespace drydock;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

template <class T>
Seen<T> seen(T value) {
    Seen<T> result;
    result.sight = Sight::present;
    result.value = std::move(value);
    return result;
}

const std::string kContainer(64, 'c');
const std::string kMount(64, 'd');

// Two layers, one image with a tag and one whose config is gone, a container, one directory of nobody.
Inventory small_store() {
    Inventory store;
    store.store_path = ".";
    store.driver = "overlay2";
    store.builder.folder_present = true;
    const DiffId base_diff = *DiffId::from_hex(std::string(64, '1'));
    const DiffId top_diff = *DiffId::from_hex(std::string(64, '2'));
    const ChainId base = chain_id(std::nullopt, base_diff);
    const ChainId top = chain_id(base, top_diff);
    LayerRecord base_layer;
    base_layer.chain = base;
    base_layer.diff = seen(base_diff);
    base_layer.cache_id = seen(std::string("base-dir"));
    base_layer.size = seen<std::int64_t>(1000);
    LayerRecord top_layer;
    top_layer.chain = top;
    top_layer.parent = seen(base);
    top_layer.size.sight = Sight::malformed;
    store.layers = base < top ? std::vector{base_layer, top_layer} : std::vector{top_layer, base_layer};

    ImageRecord image;
    image.id = *ImageId::from_hex(std::string(64, '3'));
    image.config = seen(ImageConfig{
        .os = "", .has_rootfs = true, .diff_ids = {base_diff.text(), top_diff.text()}, .unusable = ""
    });
    ImageRecord lost;
    lost.id = *ImageId::from_hex(std::string(64, '4'));
    store.images = {image, lost};
    TagRecord tag;
    tag.reference = "demo/web:1\x1b";
    tag.image = image.id;
    store.repositories = seen(Repositories{{tag}});

    MountRecord mount;
    mount.name = kContainer;
    mount.mount_id = seen(kMount);
    mount.init_id = seen(kMount + "-init");
    mount.parent = seen(top);
    store.mount_records = {mount};
    ContainerRecord container;
    container.id = kContainer;
    container.config =
        seen(ContainerConfig{.id = kContainer, .name = "web", .image = image.id.text(), .driver = "overlay2"}
        );
    container.host_config = seen(HostConfig{});
    store.containers = {container};
    for (const std::string& name :
         {std::string("base-dir"), kMount, kMount + "-init", std::string(25, 'k'), std::string(64, 'e')}) {
        DriverDirectory directory;
        directory.name = name;
        directory.has_diff = true;
        store.directories.push_back(directory);
    }
    return store;
}

// The last directory belongs to nobody.
StoreReport small_report() {
    StoreReport report;
    Finding finding{
        .damage = Damage::driver_directory_orphan,
        .subject = {.kind = SubjectKind::driver_directory, .id = std::string(64, 'e')},
        .path = "overlay2/" + std::string(64, 'e'),
    };
    finding.evidence.takes = {finding.path};
    finding.evidence.frees = 8192;
    report.findings.push_back(finding);
    return report;
}

nlohmann::ordered_json shown_json(const ShowSeeds* seeds = nullptr) {
    std::ostringstream out;
    const Inventory store = small_store();
    const StoreReport report = small_report();
    const std::map<std::string, std::uint64_t> written{{kMount, 4096}};
    write_show_json("/r", {{store, report, written, seeds}}, out);
    return nlohmann::ordered_json::parse(out.str());
}

std::string shown_text(const TextStyle& style = {}) {
    std::ostringstream out;
    const Inventory store = small_store();
    const StoreReport report = small_report();
    const std::map<std::string, std::uint64_t> written{{kMount, 4096}};
    write_show_text({{store, report, written}}, out, style);
    return out.str();
}

const ImageId kImage = *ImageId::from_hex(std::string(64, '3'));
const ChainId kBase = chain_id(std::nullopt, *DiffId::from_hex(std::string(64, '1')));
const ChainId kTop = chain_id(kBase, *DiffId::from_hex(std::string(64, '2')));
const std::map<std::string, std::uint64_t> kNothing;

nlohmann::ordered_json
json_of(const Inventory& store, const StoreReport& report = {}, const ShowSeeds* seeds = nullptr) {
    std::ostringstream out;
    write_show_json("/r", {{store, report, kNothing, seeds}}, out);
    return nlohmann::ordered_json::parse(out.str())["stores"][0];
}

std::string text_of(const Inventory& store, const ShowSeeds* seeds = nullptr) {
    std::ostringstream out;
    const StoreReport report;
    write_show_text({{store, report, kNothing, seeds}}, out, TextStyle{});
    return out.str();
}

std::string dot_of(const Inventory& store, const ShowSeeds* seeds = nullptr) {
    std::ostringstream out;
    const StoreReport report = small_report();
    write_show_dot({{store, report, kNothing, seeds}}, out);
    return out.str();
}

// Every name in quotes at an end of an arrow that has no line of its own.
std::vector<std::string> bare_nodes(const std::string& dot) {
    std::vector<std::string> bare;
    std::istringstream lines(dot);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t arrow = line.find(" -> ");
        if (arrow == std::string::npos) continue;
        for (const std::string& name :
             {line.substr(4, arrow - 4), line.substr(arrow + 4, line.size() - arrow - 5)}) {
            if (dot.find("    " + name + " [label=") == std::string::npos) bare.push_back(name);
        }
    }
    return bare;
}

// Without its container, and with one snapshot that stands on a layer.
Inventory built_store(const ChainId& parent) {
    Inventory store = small_store();
    store.mount_records.clear();
    store.containers.clear();
    BuilderSnapshot snapshot;
    snapshot.key = std::string(25, 'k');
    snapshot.parent = parent.text();
    store.builder.snapshots = seen(std::vector{snapshot});
    return store;
}

Finding unused(std::vector<std::string> takes, std::optional<std::uint64_t> frees) {
    Finding finding{
        .damage = Damage::temporary_leftover,
        .subject = {.kind = SubjectKind::file, .id = takes.front()},
        .path = takes.front(),
    };
    finding.evidence.takes = std::move(takes);
    finding.evidence.frees = frees;
    return finding;
}

Arguments show_arguments(const std::vector<std::string>& words) {
    return parse_arguments(*find_command("show"), words);
}

ShowSeeds seeds_of(const Inventory& store, const std::string& option, const std::string& typed) {
    std::set<std::string> known;
    return find_show_seeds(read_show_wanted(show_arguments({"--" + option, typed})), store, known);
}

}  // namespace

TEST_CASE("The JSON tells who uses each layer") {
    const auto store = shown_json()["stores"][0];
    for (const auto& layer : store["layers"]) {
        CHECK(layer["images"] == nlohmann::ordered_json{"sha256:" + std::string(64, '3')});
        const bool base = layer["parent"].is_null();
        CHECK(layer["children"].size() == (base ? 1 : 0));
        CHECK(layer["containers"].size() == (base ? 0 : 1));
        CHECK(layer["size"].is_null() != base);
    }
}

TEST_CASE("Each driver directory has its owner or nobody") {
    const auto directories = shown_json()["stores"][0]["driver_directories"];
    std::vector<std::string> owners;
    for (const auto& directory : directories) {
        owners.push_back(directory["owner"]["kind"]);
    }
    CHECK(owners == std::vector<std::string>{"layer", "container", "container-init", "buildkit", "nobody"});
    CHECK(directories[1]["owner"]["id"] == kContainer);
    CHECK(directories[4]["owner"]["id"].is_null());
}

TEST_CASE("A config that is gone is said to be absent and no size is invented") {
    const auto images = shown_json()["stores"][0]["images"];
    CHECK(images[0]["size"] == 1000);
    CHECK(images[0]["layers"].size() == 2);
    CHECK(images[1]["config"] == "absent");
    CHECK(images[1]["layers"].empty());
    CHECK_THAT(shown_text(), Contains("config absent") && Contains("size malformed"));
}

TEST_CASE("The text names containers and tags and no raw escape") {
    const std::string text = shown_text();
    CHECK_THAT(text, Contains("demo/web:1\\x1b") && Contains("container web, what it wrote"));
    CHECK_THAT(text, Contains("nobody") && Contains("dddddddddddd-init"));
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK_THAT(shown_text({.verbose = true}), Contains(std::string(64, 'e')));
}

TEST_CASE("A container's data is named, and why dockerd hides it") {
    const std::string path = "overlay2/" + kMount + "/diff";
    Inventory store = small_store();
    store.driver_root = "overlay2";
    const auto shown = [&] {
        std::ostringstream json;
        std::ostringstream text;
        const StoreReport report;
        const std::map<std::string, std::uint64_t> written;
        write_show_json("/r", {{store, report, written}}, json);
        write_show_text({{store, report, written}}, text, TextStyle{});
        const auto container = nlohmann::ordered_json::parse(json.str())["stores"][0]["containers"][0];
        const std::string hidden = container["hidden"].is_null() ? "" : std::string(container["hidden"]);
        CHECK((text.str().find(path) != std::string::npos) == !hidden.empty());
        CHECK((text.str().find("hidden from docker ps: ") != std::string::npos) == !hidden.empty());
        CHECK(container["writable"] == path);
        return hidden;
    };
    CHECK_THAT(shown(), StartsWith("dockerd does not load layer sha256:"));
    for (LayerRecord& layer : store.layers) {
        layer.size = seen<std::int64_t>(1);
        layer.diff = seen(*DiffId::from_hex(std::string(64, '1')));
        layer.cache_id = seen<std::string>("x");
    }
    CHECK(shown().empty());
    store.containers[0].host_config.sight = Sight::empty;
    CHECK(shown() == "its hostconfig is empty");
    store.containers[0].config.value.id = "other";
    store.containers[0].host_config.sight = Sight::absent;
    CHECK(shown() == "its config is another container's");
    store.containers[0].config.value.undecodable = "why";
    CHECK(shown() == "dockerd cannot decode its config");
    store.containers[0].config = {};
    CHECK(shown() == "its config is absent");
}

TEST_CASE("Totals stand in both") {
    CHECK(shown_json()["stores"][0]["totals"]["layer_bytes"] == 1000);
    CHECK_THAT(
        shown_text({.quiet = true}),
        Contains("overlay2 store: 2 images, 1 tag, 2 layers with 1 kB, 1 container, 5 driver")
    );
}

TEST_CASE("What belongs to nobody is listed with the room it takes") {
    const auto store = shown_json()["stores"][0];
    REQUIRE(store["unused"].size() == 1);
    CHECK(store["unused"][0]["code"] == "driver-directory-orphan");
    CHECK(store["unused"][0]["frees"] == 8192);
    CHECK(store["totals"]["unused_bytes"] == 8192);
    CHECK_THAT(shown_text(), Contains("driver-directory-orphan") && Contains("8.2 kB"));
}

TEST_CASE("A directory leads to its container, its image and nothing else") {
    ShowSeeds seeds;
    seeds.directories = {kMount};
    const auto store = shown_json(&seeds)["stores"][0];
    REQUIRE(store["containers"].size() == 1);
    CHECK(store["containers"][0]["id"] == kContainer);
    REQUIRE(store["images"].size() == 1);
    CHECK(store["images"][0]["id"] == "sha256:" + std::string(64, '3'));
    CHECK(store["driver_directories"].size() == 2);
    CHECK(store["unused"].empty());
}

TEST_CASE("A layer in use frees nothing, one that only its image has frees its size") {
    CHECK(shown_json()["stores"][0]["images"][0]["frees"] == 0);
    Inventory store = small_store();
    store.mount_records.clear();
    store.containers.clear();
    const std::map<std::string, std::uint64_t> written;
    const StoreReport report;
    std::ostringstream out;
    write_show_json("/r", {{store, report, written}}, out);
    CHECK(nlohmann::ordered_json::parse(out.str())["stores"][0]["images"][0]["frees"] == 1000);
}

TEST_CASE("The graph names what stands on what, and quotes hostile names") {
    Inventory store = small_store();
    store.containers.front().config.value.name = "a\"b";
    const std::map<std::string, std::uint64_t> written;
    const StoreReport report = small_report();
    std::ostringstream out;
    write_show_dot({{store, report, written}}, out);
    const std::string text = out.str();
    CHECK_THAT(text, Contains("digraph") && Contains("container a\\\"b") && Contains("color=red"));
    CHECK(text.find('\x1b') == std::string::npos);
}

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
    for (const auto& layer : json_of(store)["layers"]) {
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
