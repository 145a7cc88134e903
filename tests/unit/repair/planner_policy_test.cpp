// What the user's consent and what could not be read make of a plan.
#include "platform/os_error.hpp"
#include "repair/rules.hpp"
#include "tests/unit/repair/planning_model.hpp"

#include <catch2/catch.hpp>

#include <cerrno>

namespace drydock {

using namespace test;

TEST_CASE("each kind of damage has a rule") {
    for (const DamageKind& kind : all_damage()) {
        CHECK(rule_for(kind.kind) != nullptr);
    }
}

TEST_CASE("nothing is written to a medium that gives input/output errors") {
    SampleModel store;
    store.layer(store.a).diff = in_sight<DiffId>(Sight::empty);
    store.layer(store.d).size = in_sight<std::int64_t>(Sight::unreadable);
    store.layer(store.d).size.error = EIO;
    const Plan plan = plan_for(store);
    CHECK(plan.empty());
    CHECK(plan.steps.empty());
    REQUIRE(plan.refused.size() == 2);
    for (const PlanRefusal& refused : plan.refused) {
        CHECK(refused.reason.find("the medium fails") != std::string::npos);
    }
}

TEST_CASE("what could not be read stands in the way also where the user did not ask for it") {
    const auto only_diff = [](const Finding& finding) { return finding.damage == Damage::diff_empty; };
    SampleModel store;
    store.layer(store.a).diff = in_sight<DiffId>(Sight::empty);
    store.layer(store.b).size = in_sight<std::int64_t>(Sight::unreadable);
    PlanRequest request{.only = only_diff};
    const Plan near = plan_for(store, request);
    CHECK(near.empty());
    CHECK(near.refused.size() == 1);
    store.layer(store.b).size = store.layer(store.c).size;
    CHECK(plan_for(store, request).changes.size() == 1);
    // A failing medium, wherever it is.
    store.layer(store.d).size = in_sight<std::int64_t>(Sight::unreadable);
    store.layer(store.d).size.error = EIO;
    CHECK(refusal(plan_for(store, request), "diff-empty").find("the medium fails") != std::string::npos);
}

TEST_CASE("nothing is done to layers above and below one that could not be read") {
    SampleModel store;
    store.layer(store.b).size = in_sight<std::int64_t>(Sight::unreadable);
    store.layer(store.a).diff = in_sight<DiffId>(Sight::empty);
    store.layer(store.c).diff = in_sight<DiffId>(Sight::empty);
    store.layer(store.d).diff = in_sight<DiffId>(Sight::empty);
    const Plan plan = plan_for(store);
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes.front().path == record_path(store.d, "diff"));
    CHECK(plan.refused.size() == 3);
}

TEST_CASE("what is part of a mounted overlay is left alone, and the rest is mended") {
    SampleModel store;
    store.mount(store.first).init_id = in_sight<std::string>(Sight::empty);
    store.layer(store.a).diff = in_sight<DiffId>(Sight::empty);
    PlanRequest request;
    request.clues.in_use = {{"rw-first", "/mnt/merged"}};
    const Plan plan = plan_for(store, request);
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes.front().path == record_path(store.a, "diff"));
    CHECK(refusal(plan, "init-id-malformed").find("mounted at /mnt/merged") != std::string::npos);
}

TEST_CASE("no layer is set aside while an image config cannot be read") {
    SampleModel store;
    store.layer(store.d).has_files = false;
    store.image(store.web).config = in_sight<ImageConfig>(Sight::unreadable);
    const Plan plan = plan_for(store);
    CHECK(plan.empty());
    CHECK(refusal(plan, "layer-record-empty").find("not known on which layers") != std::string::npos);
}

TEST_CASE("unattended, a layer that dockerd still shows stays and one that it does not load goes") {
    SampleModel store;
    store.remove_images();
    store.layer(store.c).diff = present(diff_of("X"));
    PlanRequest request{.policy = {.unattended = true}, .level = Level::content};
    const Plan kept = plan_for(store, request);
    CHECK(kept.empty());
    CHECK(refusal(kept, "chain-id-mismatch").starts_with("kept by -p"));
    store.layer(store.c).diff = in_sight<DiffId>(Sight::empty);
    CHECK(set_aside(plan_for(store, request)).contains(record_path(store.c)));
}

TEST_CASE("damaged content stays until the user lets it be evicted, and never unattended") {
    SampleModel store;
    store.layer(store.d).tar_split = in_sight<std::int64_t>(Sight::empty);
    CHECK(refusal(plan_for(store), "tar-split-empty").starts_with("needs a donor"));
    PlanRequest request{.policy = {.evict_damaged = true}};
    const Plan plan = plan_for(store, request);
    CHECK(set_aside(plan) == std::set<std::string>{record_path(store.d), config_path(store.api)});
    CHECK(plan.keeps == std::vector<std::string>{"dir-D"});
    request.policy.unattended = true;
    CHECK(plan_for(store, request).empty());
}

TEST_CASE("an empty driver folder drops all layers only with the user's word") {
    SampleModel store;
    store.inventory.driver_folder = FolderState::empty;
    store.inventory.directories.clear();
    store.inventory.short_links.clear();
    CHECK(plan_for(store).empty());
    PlanRequest request{.policy = {.accept_empty_driver = true}};
    const Plan plan = plan_for(store, request);
    CHECK(set_aside(plan).size() == 6);  // four records, two configs
    CHECK(written(plan, kTagsPath) == R"({"Repositories":{}})");
    CHECK(plan.hidden.size() == 2);
}

TEST_CASE("an owner that is absent is taken for lost only with the user's word") {
    SampleModel store;
    store.inventory.containers.clear();
    store.inventory.containers_folder = FolderState::empty;
    CHECK(plan_for(store).empty());
    PlanRequest request;
    request.policy.accept_missing_owners = {"layerdb"};
    CHECK(plan_for(store, request).empty());
    request.policy.accept_missing_owners = {"containers"};
    const Plan plan = plan_for(store, request);
    CHECK(set_aside(plan).size() == 2);
    CHECK(plan.keeps.size() == 4);
}

namespace {

const std::string kHex(64, 'e');

SampleModel with_orphan() {
    SampleModel store;
    store.add_directory(kHex, "dir-A");
    return store;
}

}  // namespace

TEST_CASE("an orphan is taken with --reclaim, at the content level, and unless a transaction keeps it") {
    const SampleModel store = with_orphan();
    const auto code = "driver-directory-orphan";
    CHECK(refusal(plan_for(store), code) == "kept: --reclaim takes it");
    PlanRequest request{.policy = {.reclaim = true}};
    CHECK(refusal(plan_for(store, request), code).find("needs the content level") != std::string::npos);
    request.level = Level::content;
    request.edit = [](StoreReport& report) {
        report.findings.front().evidence.detail.reset();
        report.findings.front().evidence.frees = 4096;
    };
    const Plan plan = plan_for(store, request);
    CHECK(set_aside(plan) == std::set<std::string>{"overlay2/" + kHex, "overlay2/l/" + link_name(kHex)});
    REQUIRE(plan.steps.size() == 2);
    std::uint64_t frees = 0;
    for (const PlanStep& step : plan.steps) {
        CHECK(step.action == PlanAction::remove);
        frees += step.frees.value_or(0);
    }
    CHECK(frees == 4096);
    request.kept = {kHex};
    CHECK(refusal(plan_for(store, request), code).find("forget that transaction") != std::string::npos);
}

TEST_CASE("a database that holds more than a cache is set aside only with the user's word") {
    SampleModel store;
    for (const auto& [role, path] : std::map<DatabaseRole, std::string>{
             {DatabaseRole::volumes, "volumes/metadata.db"},
             {DatabaseRole::solver_cache, "buildkit/cache.db"},
         }) {
        store.inventory.databases.push_back(
            {.role = role, .path = path, .sight = in_sight<bool>(Sight::malformed, "page 3")}
        );
    }
    CHECK(set_aside(plan_for(store)) == std::set<std::string>{"buildkit/cache.db"});
    CHECK(refusal(plan_for(store), "database-corrupt").find("named volumes") != std::string::npos);
    PlanRequest request{.policy = {.accept_database_loss = true}};
    CHECK(plan_for(store, request).changes.size() == 2);
}

}  // namespace drydock
