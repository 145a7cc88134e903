// The plan of a repair and what became of it, for people and as JSON.
#include "report/plan_json.hpp"
#include "report/plan_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>

using namespace drydock;
using Catch::Matchers::Contains;

namespace {

const std::string kLayer = "sha256:" + std::string(64, 'a');
const std::string kImage = "sha256:" + std::string(64, 'b');

PlanStep step_of(PlanAction action, Damage damage, const std::string& path) {
    PlanStep step{
        .store = ".", .driver = "overlay2", .action = action, .damage = damage, .subject = {}, .path = path
    };
    step.subject = {SubjectKind::layer, kLayer};
    return step;
}

RepairReport sample() {
    RepairReport report;
    report.check.command = "repair";
    report.check.root = "/r";
    StoreReport store;
    store.path = ".";
    store.driver = "overlay2";
    report.check.stores.push_back(store);
    PlanStep written = step_of(PlanAction::write, Damage::diff_empty, "a/diff");
    written.witness = "image config x";
    PlanStep aside = step_of(PlanAction::set_aside, Damage::tag_dangling, "b");
    aside.repair = RepairClass::quarantine;
    aside.loss = "the tag \x1b[1m";
    PlanStep removed = step_of(PlanAction::remove, Damage::driver_directory_orphan, "c");
    removed.repair = RepairClass::reclaim;
    removed.frees = 2000;
    report.plan.steps = {written, aside, removed};
    report.plan.changes = {{.path = "a/diff"}, {.path = "b"}, {.path = "c"}};
    for (const char* path : {"x", "y"}) {
        report.plan.refused.push_back(
            {.store = ".",
             .driver = "overlay2",
             .damage = Damage::size_wrong,
             .subject = {},
             .path = path,
             .reason = "harmless"}
        );
    }
    report.plan.repull = {{.image = kImage, .refs = {"demo/web:1"}}};
    report.plan.hidden = {{.id = std::string(64, 'c'), .name = "web", .writable_path = "overlay2/w/diff"}};
    return report;
}

std::string plan_of(const RepairReport& report) {
    std::ostringstream out;
    write_plan_text(report, out, {});
    return out.str();
}

std::string outcome_of(const RepairReport& report) {
    std::ostringstream out;
    write_outcome_text(report, out, {});
    return out.str();
}

nlohmann::json json_of(const RepairReport& report) {
    std::ostringstream out;
    write_json(report, out);
    return nlohmann::json::parse(out.str());
}

}  // namespace

TEST_CASE("A plan tells what comes back, what is set aside, what is removed and what stays") {
    const std::string text = plan_of(sample());
    CHECK_THAT(text, Contains("Comes back\n  layer sha256:aaaaaaaaaaaa: diff-empty\n"));
    CHECK_THAT(text, Contains("image config x"));
    CHECK_THAT(text, Contains("Set aside"));
    CHECK_THAT(text, Contains("the tag \\x1b[1m"));
    CHECK_THAT(text, Contains("Removed, as it belongs to nobody: 1 object, 2 kB"));
    CHECK_THAT(text, Contains("Must be pulled again\n  demo/web:1 (sha256:bbbbbbbbbbbb)"));
    CHECK_THAT(text, Contains("container web (cccccccccccc)"));
    CHECK_THAT(text, Contains("size-wrong (2): harmless"));
    CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("A plan without changes says so") {
    CHECK_THAT(plan_of({}), Contains("Nothing to do."));
}

TEST_CASE("The JSON of a repair has the plan, the transaction and what remains, after the summary") {
    RepairReport report = sample();
    const auto shown = json_of(report);
    CHECK(shown.at("plan").at("steps")[0].at("action") == "write");
    CHECK(shown.at("plan").at("steps")[1].at("loss") == "the tag \x1b[1m");
    CHECK(shown.at("plan").at("refused").size() == 2);
    CHECK(shown.at("transaction").at("id").is_null());
    CHECK(shown.at("exit_code") == 0);
    CHECK(shown.at("summary").at("repull")[0].at("refs")[0] == "demo/web:1");
    report.transaction = "20261201T000000Z-0001";
    report.state = TransactionState::committed;
    report.remaining = report.check.stores;
    const auto done = json_of(report);
    CHECK(done.at("transaction").at("state") == "committed");
    CHECK(done.at("exit_code") == 1);
    CHECK(done.at("remaining").empty());
}

TEST_CASE("What was freed at once is told, and no undo is offered for it") {
    RepairReport report = sample();
    report.transaction = report.forgotten = "20261201T000000Z-0001";
    report.state = TransactionState::committed;
    report.remaining = report.check.stores;
    CHECK_THAT(outcome_of(report), Contains("20261201T000000Z-0001. Its space was freed"));
    CHECK_THAT(outcome_of(report), !Contains("undo --id"));
    CHECK(json_of(report).at("transaction").at("forgotten") == report.forgotten);
    report.transaction = "20261201T000000Z-0002";
    CHECK_THAT(outcome_of(report), Contains("20261201T000000Z-0001. Its space was freed"));
    CHECK_THAT(outcome_of(report), Contains("undo --id 20261201T000000Z-0002"));
}

TEST_CASE("What was freed at once is told also where the rest was taken back") {
    RepairReport report = sample();
    report.forgotten = "20261201T000000Z-0001";
    report.transaction = "20261201T000000Z-0002";
    report.state = TransactionState::rolled_back;
    report.remaining = report.check.stores;
    report.check.notices = {"nothing else was changed: no room"};
    CHECK_THAT(outcome_of(report), Contains("nothing else was changed: no room"));
    CHECK_THAT(outcome_of(report), Contains("20261201T000000Z-0001. Its space was freed"));
    CHECK_THAT(outcome_of(report), !Contains("undo --id"));
    CHECK(json_of(report).at("transaction").at("state") == "rolled-back");
    CHECK(exit_code(report) == 1 + 8);
}

TEST_CASE("A change that was taken back is an operational error") {
    RepairReport report = sample();
    report.state = TransactionState::rolled_back;
    CHECK(exit_code(report) == 8);
}
