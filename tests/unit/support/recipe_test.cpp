// The language of the recipes, and the comparison of reports that they are for.
#include "tests/support/damage_steps.hpp"
#include "tests/support/recipe.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/store_builder.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/verify.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sys/stat.h>
#include <unistd.h>

namespace drydock {

namespace {

constexpr const char* kRecipe =
    "# The base lost its diff.\n"
    "damage: truncate {record demo/base:1 0}/diff\n"
    "expect: code=diff-empty kind=layer id={chain demo/base:1 0}"
    " path={record demo/base:1 0}/diff class=rebuild tags=demo/base:1,demo/web:1\n"
    "expect: code=size-wrong kind=layer id=x path=y class=leave level=content\n";

nlohmann::json finding(const std::string& code, const std::string& id, const std::string& path) {
    return {
        {"code", code},
        {"severity", "error"},
        {"verdict", "damaged"},
        {"subject", {{"kind", "layer"}, {"id", id}}},
        {"path", path},
        {"evidence", nlohmann::json::object()},
        {"affects",
         {{"images", nlohmann::json::array()},
          {"tags", {"demo/web:1", "demo/base:1"}},
          {"containers", nlohmann::json::array()}}},
        {"repair", {{"class", "rebuild"}}},
    };
}

nlohmann::json list(const std::vector<nlohmann::json>& findings) {
    return nlohmann::json(findings);
}

std::string report(const nlohmann::json& findings, int exit_code) {
    return nlohmann::json{{"level", "metadata"}, {"exit_code", exit_code}, {"findings", findings}}.dump();
}

}  // namespace

TEST_CASE("a recipe is read with its title, steps and expectations") {
    const Recipe recipe = parse_recipe("layer/x", kRecipe);
    CHECK(recipe.title == "The base lost its diff.");
    REQUIRE(recipe.steps.size() == 1);
    CHECK(recipe.steps[0].verb == "truncate");
    CHECK(recipe.steps[0].words == std::vector<std::string>{"{record demo/base:1 0}/diff"});
    REQUIRE(recipe.expected.size() == 2);
    CHECK(recipe.expected[0].at("id") == "{chain demo/base:1 0}");
    CHECK(expected_at(recipe, "metadata").size() == 1);
    CHECK(expected_at(recipe, "content").size() == 2);
}

TEST_CASE("quotes hold blanks and escapes, and braces in them are text") {
    const Recipe recipe =
        parse_recipe("a/b", "# t\ndamage: write p \"{\\\"a\\\" \\n\\0\\x41\"\nexpect: nothing\n");
    CHECK(recipe.steps[0].words[1] == std::string("{\"a\" \n\0A", 8));
}

TEST_CASE("lists are parted by commas outside places") {
    CHECK(split_list("{image a:1},{image b,c}") == std::vector<std::string>{"{image a:1}", "{image b,c}"});
    CHECK(split_list("").empty());
}

TEST_CASE("recipes with mistakes are refused") {
    CHECK_THROWS(parse_recipe("a/b", "damage: truncate p\nexpect: nothing\n"));
    CHECK_THROWS(parse_recipe("a/b", "# t\ndamage: truncate p\n"));
    CHECK_THROWS(parse_recipe("a/b", "# t\ndamage: truncate p\nexpect: code=x kind=layer id=i path=p\n"));
    CHECK_THROWS(parse_recipe("a/b", "# t\ndamage: truncate {p\nexpect: nothing\n"));
    CHECK_THROWS(parse_recipe("a/b", "# t\nharm: truncate p\nexpect: nothing\n"));
    CHECK_THROWS(
        parse_recipe("a/b", "# t\ndamage: x p\nexpect: code=x colour=red kind=l id=i path=p class=c\n")
    );
}

TEST_CASE("places are found in a store and remembered after the damage") {
    if (geteuid() != 0) {
        skip("needs root to make device nodes and owners");
        return;
    }
    const TempDir folder;
    const std::string root = folder.path("root");
    const ImageSet set = sample_images();
    build_store(root, set);
    Places places = Places::of_store(root);
    const std::string chain = chain_of(set.images[1], 1);
    CHECK(places.resolve("{chain demo/web:1 1}") == chain);
    CHECK(
        places.resolve("a/{record demo/web:1 1}/b") ==
        "a/image/overlay2/layerdb/sha256/" + chain.substr(7) + "/b"
    );
    CHECK(places.resolve("{\"Repositories\":null}") == "{\"Repositories\":null}");
    CHECK(places.resolve("{image demo/api:1}") == set.images[2].id);
    CHECK(places.resolve("{init c1}") == places.resolve("{rw c1}") + "-init");
    CHECK_THROWS_AS(places.resolve("{image demo/none:1}"), NoSuchPlace);
    CHECK_THROWS_AS(places.resolve("{blob demo/api:1 1}"), NoSuchPlace);

    places.save(folder.path("places"));
    Places loaded = Places::load(folder.path("places"));
    CHECK(loaded.resolve("{chain demo/web:1 1}") == chain);
    CHECK_THROWS_AS(loaded.resolve("{chain demo/web:1 2}"), NoSuchPlace);
}

TEST_CASE("damage keeps the times of what it touches and of its folder") {
    if (geteuid() != 0) {
        skip("needs root to make device nodes and owners");
        return;
    }
    const TempDir folder;
    const std::string root = folder.path("root");
    build_store(root, sample_images());
    Places places = Places::of_store(root);
    const std::string text = "# t\ndamage: truncate {dir demo/base:1 0}/diff/etc/passwd\n"
                             "damage: remove {dir demo/base:1 0}/diff/etc/os-release\nexpect: nothing\n";
    apply_damage(root, parse_recipe("a/b", text), places);
    const std::string etc = root + "/" + places.resolve("{dir demo/base:1 0}/diff/etc");
    struct stat stat{};
    REQUIRE(lstat(etc.c_str(), &stat) == 0);
    CHECK(stat.st_mtime == 1'700'000'000);
    REQUIRE(lstat((etc + "/passwd").c_str(), &stat) == 0);
    CHECK(stat.st_mtime == 1'700'000'000);
    CHECK(stat.st_size == 0);
    CHECK(lstat((etc + "/os-release").c_str(), &stat) != 0);
}

TEST_CASE("a report is right only if it has exactly the expected findings") {
    const TempDir folder;
    folder.write("places", R"({"chain demo/base:1 0":"sha256:aa","record demo/base:1 0":"rec"})");
    Places places = Places::load(folder.path("places"));
    const Recipe recipe = parse_recipe("layer/x", kRecipe);
    const nlohmann::json right = finding("diff-empty", "sha256:aa", "rec/diff");
    CHECK(verify_report(recipe, report(list({right}), 4), places) == "");
    CHECK(verify_report(recipe, report(list({right}), 0), places).find("exit_code") != std::string::npos);
    CHECK(verify_report(recipe, report(nlohmann::json::array(), 0), places).starts_with("missing:"));
    CHECK(verify_report(recipe, report(list({right, right}), 4), places).starts_with("unexpected:"));
    nlohmann::json other = right;
    other["path"] = "rec/size";
    CHECK(
        verify_report(recipe, report(list({other}), 4), places).find("path: expected [rec/diff]") !=
        std::string::npos
    );
    other = right;
    other["affects"]["tags"] = {"demo/base:1"};
    CHECK(
        verify_report(recipe, report(list({other}), 4), places).find("tags: expected") != std::string::npos
    );
    other = right;
    other["verdict"] = "undetermined";
    CHECK(
        verify_report(recipe, report(list({other}), 8), places).find("verdict: expected") != std::string::npos
    );
}

}  // namespace drydock
