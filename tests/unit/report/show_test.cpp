// `show`: who uses what, sizes, and that damaged records are named instead of guessed.
#include "tests/unit/report/shown.hpp"

#include <catch2/catch.hpp>

using namespace drydock;
using namespace drydock::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

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
