// What a plan does about damaged layer records.
#include "tests/unit/repair/planning_model.hpp"

#include <catch2/catch.hpp>

namespace drydock {

using namespace test;

using Paths = std::set<std::string>;

TEST_CASE("a sound store needs no plan") {
    const Plan plan = plan_for(SampleModel());
    CHECK(plan.empty());
    CHECK(plan.steps.empty());
    CHECK(plan.refused.empty());
}

TEST_CASE("a lost diff and parent are written as the image config proves them") {
    SampleModel store;
    store.layer(store.c).diff = in_sight<DiffId>(Sight::empty);
    store.layer(store.c).parent = in_sight<ChainId>(Sight::empty);
    const Plan plan = plan_for(store);
    CHECK(written(plan, record_path(store.c, "diff")) == diff_of("C").text());
    CHECK(written(plan, record_path(store.c, "parent")) == store.b.text());
    CHECK(plan.changes.size() == 2);
    CHECK(plan.refused.empty());
    for (const PlanStep& step : plan.steps) {
        CHECK(step.witness == "image config " + store.web.text());
        CHECK(step.repair == RepairClass::rebuild);
    }
}

TEST_CASE("the parent file of a base layer is set aside") {
    SampleModel store;
    store.layer(store.a).parent = present(ChainId(digest_of("any")));
    const Plan plan = plan_for(store);
    CHECK(set_aside(plan) == Paths{record_path(store.a, "parent")});
    CHECK(plan.changes.size() == 1);
    CHECK(plan.lost.empty());
}

TEST_CASE("all members of a circle of parents are mended") {
    SampleModel store;
    store.layer(store.b).parent = present(store.c);
    store.layer(store.c).parent = present(store.c);
    store.layer(store.a).parent = present(store.b);
    const Plan plan = plan_for(store);
    CHECK(written(plan, record_path(store.b, "parent")) == store.a.text());
    CHECK(written(plan, record_path(store.c, "parent")) == store.b.text());
    CHECK(plan.refused.empty());
}

TEST_CASE("a record that nothing proves goes with all that stands on it, and its directory stays") {
    SampleModel store;
    store.remove_image(store.web);  // the only witness of B and C
    store.inventory.repositories.value.tags.clear();
    store.add_tag("demo/api:1", store.api);
    store.layer(store.b).diff = in_sight<DiffId>(Sight::malformed, "garbage");
    store.layer(store.b).tar_split = {};
    const Plan plan = plan_for(store);
    CHECK(set_aside(plan) == Paths{record_path(store.b), record_path(store.c)});
    CHECK(plan.changes.size() == 2);
    CHECK(plan.keeps == std::vector<std::string>{"dir-B", "dir-C"});
    REQUIRE(plan.hidden.size() == 1);
    CHECK(plan.hidden.front().id == store.first);
    CHECK(plan.hidden.front().name == "first");
    CHECK(plan.hidden.front().writable_path == "overlay2/rw-first/diff");
    CHECK(refusal(plan, "tar-split-missing").empty());  // it went with the record
}

TEST_CASE("at the metadata level nothing is dropped that bytes might prove") {
    SampleModel store;
    store.remove_images();
    store.layer(store.c).diff = in_sight<DiffId>(Sight::empty);
    CHECK(refusal(plan_for(store), "diff-empty").starts_with("needs the content level"));
    PlanRequest at_content{.level = Level::content};
    CHECK(set_aside(plan_for(store, at_content)) == Paths{record_path(store.c)});
    at_content.edit = [](StoreReport& report) {
        for (Finding& finding : report.findings) {
            finding.evidence.expected = diff_of("C").text();
            finding.witness = "bytes";
            finding.repair = RepairClass::rebuild;
        }
    };
    CHECK(written(plan_for(store, at_content), record_path(store.c, "diff")) == diff_of("C").text());
}

TEST_CASE("an image goes with its layer, and so do its metadata folder and its tags") {
    SampleModel store;
    store.image(store.web).has_metadata = true;
    store.add_tag("example.com/web:1", store.web);
    store.layer(store.c).has_files = false;
    const Plan plan = plan_for(store);
    CHECK(
        set_aside(plan) ==
        Paths{
            record_path(store.c),
            config_path(store.web),
            "image/overlay2/imagedb/metadata/sha256/" + store.web.hex(),
        }
    );
    CHECK(
        written(plan, kTagsPath) ==
        R"({"Repositories":{"demo/api":{"demo/api:1":")" + store.api.text() + R"("}}})"
    );
    REQUIRE(plan.repull.size() == 1);
    CHECK(plan.repull.front().image == store.web.text());
    CHECK(plan.repull.front().refs == std::vector<std::string>{"demo/web:1", "example.com/web:1"});
    CHECK(plan.lost.empty());
    CHECK(plan.hidden.size() == 1);
    for (const PlanStep& step : plan.steps) {
        CHECK(step.damage == Damage::layer_record_empty);
    }
}

TEST_CASE("an absent record takes along those that stand on it") {
    SampleModel store;
    store.remove_layer(store.b);
    const Plan plan = plan_for(store);
    CHECK(set_aside(plan) == Paths{record_path(store.c), config_path(store.web)});
    CHECK(plan.lost.size() == 1);
}

TEST_CASE("a size is written as counted, or stays where the directory is not known") {
    SampleModel store;
    store.layer(store.c).size = in_sight<std::int64_t>(Sight::malformed, "10\n");
    CHECK(refusal(plan_for(store), "size-malformed").find("directory is not known") != std::string::npos);
    PlanRequest request;
    request.clues.sizes.emplace(store.c, 4711);
    CHECK(written(plan_for(store, request), record_path(store.c, "size")) == "4711");
}

TEST_CASE("a lost cache-id is written only when the bytes prove the directory") {
    SampleModel store;
    store.layer(store.c).cache_id = in_sight<std::string>(Sight::empty);
    CHECK(refusal(plan_for(store), "cache-id-empty").starts_with("needs the content level"));
    PlanRequest request{.level = Level::content};
    const auto find = [](StoreReport& report, std::string directory) {
        report.findings.front().evidence.expected = std::move(directory);
        report.findings.front().witness = "bytes";
    };
    request.edit = [&](StoreReport& report) { find(report, "dir-C"); };
    CHECK(written(plan_for(store, request), record_path(store.c, "cache-id")) == "dir-C");
    request.edit = [&](StoreReport& report) { find(report, "dir-D"); };  // another layer's
    CHECK(refusal(plan_for(store, request), "cache-id-empty").find("more than one") != std::string::npos);
    request.edit = [](StoreReport& report) {
        report.findings.front().witness.reset();
        report.findings.front().repair = RepairClass::quarantine;
    };
    CHECK(set_aside(plan_for(store, request)).contains(record_path(store.c)));
}

TEST_CASE("of two records on one directory the one whose bytes these are stays") {
    SampleModel store;
    store.layer(store.d).cache_id = present(std::string("dir-C"));
    CHECK(refusal(plan_for(store), "cache-id-shared").starts_with("needs the content level"));
    PlanRequest request{.level = Level::content};
    CHECK(refusal(plan_for(store, request), "cache-id-shared").find("none of these") != std::string::npos);
    request.edit = [&](StoreReport& report) {
        for (Finding& finding : report.findings) {
            if (finding.damage == Damage::cache_id_shared) {
                finding.evidence.homes = {{store.c.text(), "dir-C"}};
            }
        }
    };
    const Plan plan = plan_for(store, request);
    CHECK(set_aside(plan) == Paths{record_path(store.d), config_path(store.api)});
    request.policy.unattended = true;
    CHECK(plan_for(store, request).empty());
    request.policy.unattended = false;
    request.edit = [&](StoreReport& report) {
        for (Finding& finding : report.findings) {
            if (finding.damage == Damage::cache_id_shared) {
                finding.evidence.homes = {{store.c.text(), "dir-C"}, {store.d.text(), "dir-D"}};
            }
        }
    };
    CHECK(written(plan_for(store, request), record_path(store.d, "cache-id")) == "dir-D");
}

TEST_CASE("what is written to a record that is set aside goes with it, and is answered") {
    SampleModel store;
    store.remove_images();
    store.layer(store.c).diff = in_sight<DiffId>(Sight::empty);
    store.layer(store.c).size = in_sight<std::int64_t>(Sight::empty);
    PlanRequest request{.level = Level::content};
    request.clues.sizes.emplace(store.c, 5);
    const Plan plan = plan_for(store, request);
    CHECK(plan.changes.size() == 1);
    CHECK(plan.refused.empty());
    REQUIRE(plan.steps.size() == 2);
    for (const PlanStep& step : plan.steps) {
        CHECK(step.path == record_path(store.c));
        CHECK(step.action == PlanAction::set_aside);
    }
}

}  // namespace drydock
