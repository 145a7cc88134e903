// Every recipe of samples/: planted, checked, planned for, the changes carried out by the plainest means,
// and checked again. Only what the plan refused may still be found.
#include "cli/check_store.hpp"
#include "tests/support/damage_steps.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/store_builder.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/repair/plan_checks.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace drydock {

using namespace test;

namespace {

namespace fs = std::filesystem;

void make_object(const fs::path& path, const NewObject& object) {
    switch (object.kind) {
    case NewObject::Kind::link:
        fs::create_symlink(object.text, path);
        return;
    case NewObject::Kind::file: {
        std::ofstream file(path, std::ios::binary);
        file << object.text;
        break;
    }
    case NewObject::Kind::folder:
        fs::create_directory(path);
        for (const auto& [name, entry] : object.entries) {
            make_object(path / name, entry);
        }
        break;
    }
    fs::permissions(path, static_cast<fs::perms>(object.mode));
}

void carry_out(const std::string& root, const std::string& aside, const Plan& plan) {
    std::size_t number = 0;
    for (const Change& change : plan.changes) {
        const fs::path path = fs::path(root) / change.path;
        if (fs::symlink_status(path).type() != fs::file_type::not_found) {
            fs::rename(path, fs::path(aside) / std::to_string(number++));
        } else {
            INFO("nothing to set aside at " << change.path);
            CHECK(change.put.has_value());
        }
        if (change.put) make_object(path, *change.put);
    }
}

struct Planned {
    StoreReport report;
    Plan plan;
};

Planned plan_root(const std::string& path, const RepairPolicy& policy) {
    const ReadDir root = ReadDir::open_path(path);
    const RootSurvey survey = survey_root(root);
    REQUIRE(survey.stores.size() == 1);
    const std::stop_token stop;
    CheckedStore store = check_store_metadata(root, survey.stores.front(), {}, stop);
    ProgressCounters progress;
    if (has_content_to_check(store)) CHECK(check_store_content(store, 1, stop, progress));
    const Clues clues = gather_clues(*store.folders, *store.graph, store.report, stop);
    Plan plan = make_plan({.graph = *store.graph, .report = store.report, .clues = clues}, policy);
    return {.report = std::move(store.report), .plan = std::move(plan)};
}

using Answers = std::set<std::pair<std::string, std::string>>;

Answers refused_by(const Plan& plan) {
    Answers result;
    for (const PlanRefusal& refused : plan.refused) {
        result.insert({std::string(describe(refused.damage).code), refused.subject.id});
    }
    return result;
}

// Above `note`: an image without its parent, say, is no more than that.
Answers found_in(const StoreReport& report) {
    Answers result;
    for (const Finding& finding : report.findings) {
        if (finding.effective_severity() == Severity::note) continue;
        result.insert({code_of(finding), finding.subject.id});
    }
    return result;
}

// What follows from a plan, as it says.
bool is_consequence(
    const Plan& plan, const StoreReport& report, const std::string& code, const std::string& id
) {
    // Directories that records which were set aside name: undo needs them.
    if (code == "driver-directory-orphan") return std::ranges::count(plan.keeps, id) > 0;
    // Layers of an image that is to be pulled again, which then need not come over the wire.
    if (code == "layer-record-orphan") return !plan.lost.empty() || !plan.repull.empty();
    // A hidden container, whose image is what told its layer.
    if (code == "mount-parent-dangling") return std::ranges::count(plan.hidden, id, &HiddenContainer::id) > 0;
    // Nothing is left of all that the object in the place of a folder had hidden, or no layer at all.
    const bool hid_all = std::ranges::any_of(plan.steps, [](const PlanStep& step) {
        return step.damage == Damage::layerdb_not_a_folder;
    });
    // The directories of containers that the user gave up stay.
    const bool gave_up = std::ranges::any_of(plan.steps, [](const PlanStep& step) {
        return step.damage == Damage::owner_missing;
    });
    return hid_all || (code == "owner-missing" && (report.layers == 0 || gave_up));
}

void run_recipe(const Recipe& recipe, const std::string& sound, const RepairPolicy& policy) {
    const TempDir folder;
    const std::string root = folder.path("root");
    copy_tree(sound, root);
    fs::create_directory(folder.path("aside"));
    Places places = Places::of_store(root);
    apply_damage(root, recipe, places);
    const Planned first = plan_root(root, policy);
    INFO("recipe " << recipe.name << "\n" << describe_plan(first.plan));
    CHECK(broken_rules(first.plan, first.report).empty());
    carry_out(root, folder.path("aside"), first.plan);
    const Planned second = plan_root(root, policy);
    const Answers before = refused_by(first.plan);
    for (const auto& left : found_in(second.report)) {
        INFO("found afterwards: " << left.first << " of " << left.second);
        const bool follows = is_consequence(first.plan, second.report, left.first, left.second);
        CHECK((before.contains(left) || follows));
    }
}

void run_all(const std::string& folder, const RepairPolicy& policy) {
    if (geteuid() != 0) {
        skip("needs root to make device nodes and owners");
        return;
    }
    const TempDir made;
    build_store(made.path("sound"), sample_images());
    for (const std::string& path : list_recipes(std::string(DRYDOCK_SOURCE_DIR) + "/samples" + folder)) {
        const Recipe recipe = read_recipe(path);
        if (!recipe.expected.empty()) run_recipe(recipe, made.path("sound"), policy);
    }
}

const RepairPolicy kAllConsent{
    .reclaim = true,
    .evict_damaged = true,
    .accept_empty_driver = true,
    .accept_database_loss = true,
    .accept_missing_owners = {"containers", "layerdb", "buildkit"},
};

}  // namespace

TEST_CASE("after the plan for a recipe only that is found which it refused") {
    run_all("", {});
}

TEST_CASE("after a plan with all consent only that is found which it refused") {
    // Of the recipes of content one is as good as the next: their layers are set aside.
    for (const char* folder : {"/container", "/database", "/driver", "/layer", "/store"}) {
        run_all(folder, kAllConsent);
    }
}

}  // namespace drydock
