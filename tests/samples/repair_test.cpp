// Every recipe of samples/, planted and repaired through the program: nothing new is wrong afterwards, what
// stays was announced, a second repair has nothing to do, and undo gives the damaged store back as it was.
// Needs root, and the program's path in DRYDOCK_BINARY.
#include "tests/cli/run.hpp"
#include "tests/support/damage_steps.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/store_builder.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tree_snapshot.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

namespace drydock {

namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

constexpr int kCorrected = 1;
constexpr int kLeft = 4;
constexpr int kUndetermined = 8;

bool can_run() {
    if (geteuid() != 0) skip("needs root to make device nodes and owners");
    return geteuid() == 0;
}

const char* const kAreas[] = {"container", "content", "database", "driver", "image", "layer", "store", "tag"};

// Every recipe, or each n-th where DRYDOCK_RECIPES_EVERY says so, for programs that are slow to run.
std::vector<Recipe> recipes_of(const std::string& area) {
    const char* const text = std::getenv("DRYDOCK_RECIPES_EVERY");
    const std::size_t every = text == nullptr ? 1 : std::stoul(text);
    const std::vector<std::string> paths = list_recipes(std::string(DRYDOCK_SOURCE_DIR) + "/samples/" + area);
    std::vector<Recipe> recipes;
    for (std::size_t i = 0; i < paths.size(); i += every) {
        recipes.push_back(read_recipe(paths[i]));
    }
    return recipes;
}

// What makes a finding the same one before and after; its evidence may differ.
std::string key_of(const Json& finding) {
    const auto subject = finding.find("subject");
    const std::string id = subject == finding.end() ? "" : subject->at("id").get<std::string>();
    return finding.at("code").get<std::string>() + " of " + id + " at " +
           finding.at("path").get<std::string>();
}

std::set<std::string> keys_of(const Json& findings) {
    std::set<std::string> keys;
    for (const Json& finding : findings) {
        keys.insert(key_of(finding));
    }
    return keys;
}

// Of a refusal: it has no subject.
std::string place_of(const Json& item) {
    return item.at("code").get<std::string>() + " at " + item.at("path").get<std::string>();
}

std::string lines_of(const std::set<std::string>& keys) {
    std::string out;
    for (const std::string& key : keys) {
        out += key + "\n";
    }
    return out;
}

int status_of(const Json& findings) {
    int status = 0;
    for (const Json& finding : findings) {
        if (finding.at("verdict") == "undetermined") {
            status |= kUndetermined;
        } else if (finding.at("severity") != "note") {
            status |= kLeft;
        }
    }
    return status;
}

bool has_step(const Json& repaired, const std::string& code) {
    const Json& steps = repaired.at("plan").at("steps");
    return std::any_of(steps.begin(), steps.end(), [&](const Json& step) { return step.at("code") == code; });
}

// What an image leaves that is set aside: its layers may be wanted by the next pull, the names of it that
// other records hold are harmless, and its container is named as hidden.
bool is_consequence(const Json& repaired, const Json& after, const Json& finding) {
    const Json& plan = repaired.at("plan");
    const Json& summary = repaired.at("summary");
    const std::string code = finding.at("code");
    const bool lost = !summary.at("lost").empty() || !summary.at("repull").empty();
    if (code == "layer-record-orphan") return lost;
    if (code == "container-image-missing" || code == "image-parent-dangling") {
        return lost && finding.at("severity") == "note";
    }
    if (code == "mount-parent-dangling") {
        return std::any_of(plan.at("hidden").begin(), plan.at("hidden").end(), [&](const Json& hidden) {
            return hidden.at("id") == finding.at("subject").at("id");
        });
    }
    // All images stood on the layer.
    if (code == "owner-missing" && lost && after.at("stores").at(0).at("layers") == 0) return true;
    // The object in the place of a folder had hidden all that was in it.
    return has_step(repaired, "layerdb-not-a-folder");
}

// One damaged store, repaired and given back.
class Case {
public:
    Case(const Recipe& recipe, const std::string& sound, Words options)
        : temp_(fast_folder()), options_(std::move(options)) {
        copy_tree(sound, root());
        Places places = Places::of_store(root());
        apply_damage(root(), recipe, places);
        damaged_ = take_snapshot(root());
    }

    void run() {
        const Json before = report({"check"});
        const Json repaired = report(repair_words());
        const Json after = report({"check"});
        compare_findings(before, repaired, after);
        compare_with_plan(repaired, after);
        const bool changed = repaired.at("transaction").at("state") == "committed";
        CHECK(status_ == status_of(after.at("findings")));
        CHECK((changed || repaired.at("transaction").at("state") == "none"));
        CHECK((repaired.at("exit_code").get<int>() & ~(kCorrected | kLeft | kUndetermined)) == 0);
        CHECK(((repaired.at("exit_code").get<int>() & kCorrected) != 0) == changed);
        transactions_ = changed ? 1 : 0;
        repair_again(repaired);
        for (; transactions_ > 0; --transactions_) {
            undo();
        }
        require_no_transaction();
        CHECK(describe_difference(damaged_, take_snapshot(root(), {"drydock"})) == "");
    }

private:
    [[nodiscard]] std::string root() const { return temp_.path("root"); }

    [[nodiscard]] Words repair_words() const {
        Words words{"repair", "--yes"};
        words.insert(words.end(), options_.begin(), options_.end());
        return words;
    }

    Json report(Words words) {
        words.insert(words.end(), {"--format", "json", root()});
        const ProgramResult result = run_drydock(words);
        status_ = result.status;
        INFO(words[0] << ": exit " << result.status << "\n" << result.err);
        const Json json = Json::parse(result.out, nullptr, false);
        REQUIRE(json.is_object());
        CHECK(json.at("exit_code") == result.status);
        return json;
    }

    static void compare_findings(const Json& before, const Json& repaired, const Json& after) {
        const std::set<std::string> old = keys_of(before.at("findings"));
        std::set<std::string> fresh;
        for (const Json& finding : after.at("findings")) {
            if (!old.contains(key_of(finding)) && !is_consequence(repaired, after, finding)) {
                fresh.insert(key_of(finding));
            }
        }
        INFO("findings that were not there before");
        CHECK(lines_of(fresh) == "");
    }

    static void compare_with_plan(const Json& repaired, const Json& after) {
        std::set<std::string> announced;
        for (const Json& refusal : repaired.at("plan").at("refused")) {
            announced.insert(place_of(refusal));
            CHECK(refusal.at("reason") != "");
        }
        std::set<std::string> silent;
        for (const Json& finding : after.at("findings")) {
            const bool told =
                announced.contains(place_of(finding)) || is_consequence(repaired, after, finding);
            if (!told) silent.insert(place_of(finding));
        }
        INFO("findings that stay, and the plan did not say so");
        CHECK(lines_of(silent) == "");
        CHECK(lines_of(keys_of(repaired.at("remaining"))) == lines_of(keys_of(after.at("findings"))));
    }

    // Has nothing to do. Where the first had to do with what hides others (an image its layers, a file the
    // folder in whose place it is), those may come next; and then nothing.
    void repair_again(const Json& repaired) {
        const TreeSnapshot first = take_snapshot(root());
        const Json again = report(repair_words());
        INFO("a second repair: " << again.at("plan").dump());
        const bool hid = has_step(repaired, "layerdb-not-a-folder") || has_step(again, "layer-record-orphan");
        if (hid && again.at("transaction").at("state") == "committed") {
            ++transactions_;
            CHECK(report(repair_words()).at("transaction").at("state") == "none");
            return;
        }
        CHECK(again.at("transaction").at("state") == "none");
        CHECK(again.at("plan").at("steps").empty());
        CHECK(describe_difference(first, take_snapshot(root())) == "");
    }

    void undo() const {
        const ProgramResult undone = run_drydock({"undo", "--yes", root()});
        INFO("undo: " << undone.out << undone.err);
        CHECK(undone.status == 0);
    }

    void require_no_transaction() const {
        const std::filesystem::path drydock = root() + "/drydock";
        if (!std::filesystem::exists(drydock)) return;
        for (const auto& entry : std::filesystem::directory_iterator(drydock)) {
            INFO("left in drydock/ after the undo: " << entry.path());
            CHECK_FALSE(entry.is_directory());
        }
    }

    TempDir temp_;
    Words options_;
    TreeSnapshot damaged_;
    int status_ = 0;        // of the last report
    int transactions_ = 0;  // not undone
};

bool has_class(const Recipe& recipe, const std::set<std::string>& classes) {
    return std::any_of(recipe.expected.begin(), recipe.expected.end(), [&](const Expectation& expectation) {
        return classes.contains(expectation.at("class"));
    });
}

}  // namespace

TEST_CASE(
    "every recipe is repaired as the plan says, once, and undo gives the damaged store back", "[repair]"
) {
    const std::string area = GENERATE(from_range(std::begin(kAreas), std::end(kAreas)));
    if (!can_run()) return;
    const TempDir folder(fast_folder());
    build_store(folder.path("sound"), sample_images());
    for (const Recipe& recipe : recipes_of(area)) {
        INFO("recipe " << recipe.name << " (" << recipe.title << ")");
        Case(recipe, folder.path("sound"), {}).run();
    }
}

TEST_CASE("what nobody owns, and damaged content, goes where it is asked for, and comes back", "[repair]") {
    const std::string area = GENERATE(from_range(std::begin(kAreas), std::end(kAreas)));
    if (!can_run()) return;
    const TempDir folder(fast_folder());
    build_store(folder.path("sound"), sample_images());
    for (const Recipe& recipe : recipes_of(area)) {
        if (!has_class(recipe, {"reclaim", "needs-donor"})) continue;
        INFO("recipe " << recipe.name << " (" << recipe.title << ")");
        Case(recipe, folder.path("sound"), {"--reclaim", "--evict-damaged"}).run();
    }
}

}  // namespace drydock
