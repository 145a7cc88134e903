// Runs the built drydock over every recipe of samples/. It looks at drydock from outside only: at what
// is on disk and at the JSON report. Needs root, and the program's path in DRYDOCK_BINARY.
// DRYDOCK_SAMPLE_STORE names a sound store with the sample images, made by a daemon, to be used in the
// place of a built one (samples/README.md tells how); recipes that do not fit it are left out.
#include "model/damage.hpp"
#include "tests/support/damage_steps.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/store_builder.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/verify.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>

namespace drydock {

namespace {

// No recipe can plant them: what the environment refuses to read is made by tests that fail system calls.
constexpr std::array kWithoutRecipe{Damage::unreadable};

const char* binary() {
    return std::getenv("DRYDOCK_BINARY");
}

bool can_run() {
    if (geteuid() != 0) {
        skip("needs root to make device nodes and owners");
        return false;
    }
    INFO("DRYDOCK_BINARY names the program; a test that cannot run must not pass");
    REQUIRE(binary() != nullptr);
    return true;
}

// stdout of a check. The paths are ours and hold nothing that a shell would take for its own.
std::string check(const std::string& root, const std::string& level) {
    const std::string command =
        std::string("'") + binary() + "' check --format json --level " + level + " '" + root + "'";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    REQUIRE(pipe != nullptr);
    std::string out;
    std::array<char, 65536> chunk{};
    for (std::size_t n = 0; (n = fread(chunk.data(), 1, chunk.size(), pipe.get())) > 0;) {
        out.append(chunk.data(), n);
    }
    return out;
}

std::vector<Recipe> all_recipes() {
    std::vector<Recipe> recipes;
    for (const std::string& path : list_recipes(std::string(DRYDOCK_SOURCE_DIR) + "/samples")) {
        recipes.push_back(read_recipe(path));
    }
    return recipes;
}

void run_recipe(const Recipe& recipe, const std::string& sound_store) {
    const TempDir folder;
    const std::string root = folder.path("root");
    copy_tree(sound_store, root);
    Places places = Places::of_store(root);
    try {
        apply_damage(root, recipe, places);
    } catch (const NoSuchPlace& error) {
        if (std::getenv("DRYDOCK_SAMPLE_STORE") == nullptr) {
            FAIL_CHECK(recipe.name << " does not fit a built store: " << error.what());
        }
        skip(recipe.name + ": " + error.what());
        return;
    }
    for (const char* level : {"metadata", "content"}) {
        INFO("recipe " << recipe.name << " (" << recipe.title << "), level " << level);
        const std::string report = check(root, level);
        std::string difference;
        try {
            difference = verify_report(recipe, report, places);
        } catch (const std::exception& error) {
            difference = std::string("no report: ") + error.what();
        }
        CHECK(difference == "");
    }
}

// Codes of all findings above `note`, for stores that should have none.
std::string findings_above_note(const std::string& report) {
    std::string out;
    const nlohmann::json json = nlohmann::json::parse(report);
    for (const nlohmann::json& finding : json.at("findings")) {
        if (finding.at("severity") != "note") {
            out += finding.at("code").get<std::string>() + " " + finding.at("path").get<std::string>() + "\n";
        }
    }
    return json.at("exit_code") == 0 ? out : out + "exit_code is not 0\n";
}

}  // namespace

TEST_CASE("every recipe gives exactly the findings that it names") {
    if (!can_run()) {
        return;
    }
    const TempDir folder;
    const char* given = std::getenv("DRYDOCK_SAMPLE_STORE");
    const std::string sound = given != nullptr ? given : folder.path("sound");
    if (given == nullptr) {
        build_store(sound, sample_images());
    }
    for (const Recipe& recipe : all_recipes()) {
        run_recipe(recipe, sound);
    }
}

TEST_CASE("built stores without damage have no finding above note") {
    if (!can_run()) {
        return;
    }
    const TempDir folder;
    build_store(folder.path("samples"), sample_images());
    build_store(folder.path("torture"), torture_images());
    build_metadata_only_store(folder.path("many"), 250);
    for (const char* name : {"samples", "torture", "many"}) {
        INFO("store " << name);
        CHECK(findings_above_note(check(folder.path(name), "content")) == "");
    }
}

TEST_CASE("every damage has a recipe that plants it") {
    std::set<std::string> planted;
    for (const Recipe& recipe : all_recipes()) {
        for (const Expectation& expectation : recipe.expected) {
            planted.insert(expectation.at("code"));
        }
    }
    for (const DamageKind& kind : all_damage()) {
        const bool excepted =
            std::find(kWithoutRecipe.begin(), kWithoutRecipe.end(), kind.kind) != kWithoutRecipe.end();
        INFO("code " << kind.code);
        CHECK(planted.contains(std::string(kind.code)) != excepted);
    }
}

TEST_CASE("recipes name codes, subjects and classes that exist") {
    const std::set<std::string> classes{"rebuild", "quarantine", "reclaim", "needs-donor", "leave"};
    for (const Recipe& recipe : all_recipes()) {
        for (const Expectation& expectation : recipe.expected) {
            INFO("recipe " << recipe.name << ", code " << expectation.at("code"));
            const auto damage = find_damage(expectation.at("code"));
            REQUIRE(damage.has_value());
            const bool of_container = expectation.at("kind") == "container";
            CHECK((of_container || to_text(describe(*damage).subject) == expectation.at("kind")));
            CHECK(classes.contains(expectation.at("class")));
            const bool content_only = describe(*damage).level == Level::content;
            CHECK((!content_only || (expectation.contains("level") && expectation.at("level") == "content")));
        }
    }
}

}  // namespace drydock
