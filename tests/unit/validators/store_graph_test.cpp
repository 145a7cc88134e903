#include "tests/unit/validators/store_model.hpp"
#include "validators/store_graph.hpp"

#include <catch2/catch.hpp>

namespace drydock {

using namespace test;

namespace {

std::size_t index_of(const StoreModel& store, const ChainId& chain) {
    return static_cast<std::size_t>(store.inventory.find_layer(chain) - store.inventory.layers.data());
}

}  // namespace

TEST_CASE("`lower` is split into the names of short links") {
    const std::string a = link_name("a");
    const std::string b = link_name("b");
    CHECK(split_lower("l/" + a) == std::vector<std::string>{a});
    CHECK(split_lower("l/" + a + ":l/" + b) == std::vector<std::string>{a, b});
    for (const std::string& bad :
         {std::string(),
          std::string("l"),
          "l:l/" + a,
          "l/" + a + ":",
          ":l/" + a,
          "l/" + a + "\n",
          a,
          "l/" + a + "::l/" + b,
          "l/" + a.substr(1),
          "../l/" + a,
          "l/" + a + std::string(1, '\0'),
          "l/" + a.substr(0, 25) + "1",
          "l/" + a.substr(0, 25) + "a"}) {
        INFO(bad);
        CHECK_FALSE(split_lower(bad).has_value());
    }
}

TEST_CASE("an unknown element of `lower` stands for any name, but never for none") {
    const std::string a = link_name("a");
    const std::string b = link_name("b");
    CHECK(lower_matches("l/" + a + ":l/" + b, {a, b}));
    CHECK(lower_matches("l/" + a + ":l/" + b, {std::nullopt, b}));
    CHECK_FALSE(lower_matches("l/" + a + ":l/" + b, {b, a}));
    CHECK_FALSE(lower_matches("l/" + a, {a, std::nullopt}));
    CHECK_FALSE(lower_matches("l/" + a + ":l/" + b, {a}));
    CHECK_FALSE(lower_matches("l", {std::nullopt}));
    CHECK_FALSE(lower_matches("", {}));
    CHECK(format_lower({a, std::nullopt}) == "l/" + a + ":l/?");
}

TEST_CASE("a short link's target names a directory in one form only") {
    CHECK(target_directory("../x/diff") == "x");
    for (const char* bad :
         {"", "../diff", "..//diff", "../x/y/diff", "/x/diff", "../x/diff/", "x/diff", "../x"}) {
        INFO(bad);
        CHECK_FALSE(target_directory(bad).has_value());
    }
    // ".." as a name owns nothing, and no directory has it.
    CHECK(target_directory("../../diff") == "..");
}

TEST_CASE("the graph knows the chain of an image and what stands on what") {
    const SampleModel store;
    const StoreGraph graph(store.inventory);
    CHECK(graph.ancestry(store.c) == std::vector<ChainId>{store.c, store.b, store.a});
    CHECK(graph.parent_of(store.d) == store.a);
    CHECK_FALSE(graph.parent_of(store.a).has_value());
    CHECK(graph.has_child(store.a));
    CHECK_FALSE(graph.has_child(store.c));
    REQUIRE(graph.known(store.b) != nullptr);
    CHECK(graph.known(store.b)->diff == diff_of("B"));
    CHECK(graph.truth(index_of(store, store.c)).known);
    CHECK(graph.truth(index_of(store, store.c)).witness.empty());
}

TEST_CASE("a chain is known through a record that is gone") {
    SampleModel store;
    store.remove_layer(store.b);
    const StoreGraph graph(store.inventory);
    CHECK(graph.ancestry(store.c) == std::vector<ChainId>{store.c, store.b, store.a});
    const auto lower = graph.lower_on(store.c);
    REQUIRE(lower.has_value());
    CHECK(*lower == std::vector<LowerElement>{link_name("dir-C"), std::nullopt, link_name("dir-A")});
}

TEST_CASE("a circle of records is no chain") {
    SampleModel store;
    store.remove_images();
    store.layer(store.a).parent = present(store.c);
    const StoreGraph graph(store.inventory);
    CHECK(graph.ancestry(store.c).size() == 3);
    store.layer(store.c).parent = present(store.c);
    const StoreGraph again(store.inventory);
    CHECK(again.ancestry(store.c).size() <= 3);
}

TEST_CASE("the short link of a directory is what `link` and l/ agree on") {
    SampleModel store;
    const std::string name = link_name("dir-C");
    SECTION("both are right") {
        CHECK(StoreGraph(store.inventory).link_of("dir-C") == name);
    }
    SECTION("`link` is lost") {
        store.directory("dir-C").link = in_sight<std::string>(Sight::empty);
        CHECK(StoreGraph(store.inventory).link_of("dir-C") == name);
    }
    SECTION("`link` has another name, l/ the right one") {
        store.directory("dir-C").link = present(link_name("new"));
        CHECK(StoreGraph(store.inventory).link_of("dir-C") == name);
    }
    SECTION("l/ lost it") {
        store.remove_short_link("dir-C");
        CHECK(StoreGraph(store.inventory).link_of("dir-C") == name);
    }
    SECTION("l/ leads to another directory") {
        store.short_link("dir-C").target = present(std::string("../dir-B/diff"));
        CHECK(StoreGraph(store.inventory).link_of("dir-C") == name);
        CHECK(StoreGraph(store.inventory).link_of("dir-B") == link_name("dir-B"));
    }
    SECTION("both are lost") {
        store.remove_short_link("dir-C");
        store.directory("dir-C").link = {};
        CHECK_FALSE(StoreGraph(store.inventory).link_of("dir-C").has_value());
    }
    SECTION("two directories claim one name: the one that l/ leads to is right") {
        store.directory("dir-D").link = present(name);
        store.remove_short_link("dir-D");
        CHECK(StoreGraph(store.inventory).link_of("dir-C") == name);
        CHECK_FALSE(StoreGraph(store.inventory).link_of("dir-D").has_value());
    }
    SECTION("exchanged short links leave both `link` files right") {
        store.short_link("dir-C").target = present(std::string("../dir-D/diff"));
        store.short_link("dir-D").target = present(std::string("../dir-C/diff"));
        CHECK(StoreGraph(store.inventory).link_of("dir-C") == name);
        CHECK(StoreGraph(store.inventory).link_of("dir-D") == link_name("dir-D"));
    }
}

TEST_CASE("a lost cache id is found by the links of the child, or as the only directory that fits") {
    SampleModel store;
    SECTION("by its child") {
        store.layer(store.b).cache_id = {};
        const StoreGraph graph(store.inventory);
        const DriverDirectory* found = graph.candidate_directory(index_of(store, store.b));
        REQUIRE(found != nullptr);
        CHECK(found->name == "dir-B");
        CHECK(graph.directory_of(index_of(store, store.b)) == found);
        CHECK(graph.own_directory(index_of(store, store.b)) == nullptr);
    }
    SECTION("as the only one that fits") {
        store.layer(store.c).cache_id = {};
        const StoreGraph graph(store.inventory);
        REQUIRE(graph.candidate_directory(index_of(store, store.c)) != nullptr);
        CHECK(graph.candidate_directory(index_of(store, store.c))->name == "dir-C");
    }
    SECTION("not where two fit") {
        store.layer(store.c).cache_id = {};
        store.add_directory("orphan", "dir-B");
        const StoreGraph graph(store.inventory);
        CHECK(graph.candidate_directory(index_of(store, store.c)) == nullptr);
    }
    SECTION("never one that is owned, has no diff or is a container's") {
        store.layer(store.c).cache_id = {};
        store.directory("dir-C").has_diff = false;
        store.add_directory("lost-rw-init", "dir-B");
        store.add_directory("lost-rw", "dir-B");
        const StoreGraph graph(store.inventory);
        CHECK(graph.candidate_directory(index_of(store, store.c)) == nullptr);
    }
}

TEST_CASE("a directory of two owners is nobody's own") {
    SampleModel store;
    store.layer(store.d).cache_id = present(std::string("dir-C"));
    const StoreGraph graph(store.inventory);
    CHECK(graph.shared("dir-C"));
    CHECK(graph.owners("dir-C").size() == 2);
    CHECK(graph.own_directory(index_of(store, store.c)) == nullptr);
    CHECK(graph.owners("nothing").empty());
}

TEST_CASE("a chain longer than any daemon makes is not followed to its end") {
    StoreModel store;
    std::optional<ChainId> top;
    for (int i = 0; i < 300; ++i) {
        LayerRecord layer;
        layer.chain = chain_id(top, diff_of(std::to_string(i)));
        layer.diff = present(diff_of(std::to_string(i)));
        layer.cache_id = present("dir-" + std::to_string(i));
        layer.has_files = true;
        if (top) layer.parent = present(*top);
        top = layer.chain;
        store.inventory.layers.push_back(layer);
    }
    std::ranges::sort(store.inventory.layers, {}, &LayerRecord::chain);
    const StoreGraph graph(store.inventory);
    CHECK(graph.ancestry(*top).size() == StoreGraph::kMaxDepth);
    CHECK_FALSE(graph.lower_on(*top).has_value());
}

}  // namespace drydock
