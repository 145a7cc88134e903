// The damage table as its users see it, the words of the enumerations, the order of findings and the
// exit status. What the compiler proves about the texts is not tested here again.
#include "model/damage.hpp"
#include "model/finding.hpp"
#include "model/run_report.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace drydock;

namespace {

Finding finding(Damage damage, SubjectKind kind, std::string id, std::string path = {}) {
    Finding result;
    result.damage = damage;
    result.subject = Subject{kind, std::move(id)};
    result.path = std::move(path);
    return result;
}

RunReport report_with(std::vector<Finding> findings) {
    StoreReport store;
    store.path = ".";
    store.driver = "overlay2";
    store.findings = std::move(findings);
    RunReport report;
    report.command = "check";
    report.stores.push_back(std::move(store));
    return report;
}

Finding note() {
    return finding(Damage::image_metadata_orphan, SubjectKind::image, "sha256:00");
}

Finding warning() {
    return finding(Damage::tag_malformed, SubjectKind::tag, "x:1");
}

Finding error() {
    return finding(Damage::diff_empty, SubjectKind::layer, "sha256:00");
}

}  // namespace

TEST_CASE("every kind of damage has its own row") {
    REQUIRE(all_damage().size() == static_cast<std::size_t>(Damage::count));
    for (std::size_t i = 0; i < all_damage().size(); ++i) {
        const auto damage = static_cast<Damage>(i);
        CHECK(describe(damage).kind == damage);
        CHECK(&describe(damage) == &all_damage()[i]);
    }
}

TEST_CASE("each code is found again and leads to its kind") {
    for (const DamageKind& kind : all_damage()) {
        INFO(kind.code);
        CHECK(find_damage(kind.code) == kind.kind);
    }
    CHECK(find_damage("diff-empty") == Damage::diff_empty);
    CHECK(find_damage("short-link-wrong") == Damage::short_link_wrong);
}

TEST_CASE("a text that is no code is found nowhere") {
    const auto* text =
        GENERATE("", "diff", "diff_empty", "Diff-Empty", "diff-empty ", "diff-emptyx", "count");
    CHECK(find_damage(text) == std::nullopt);
}

TEST_CASE("rows carry the published subject, severity, level and repair class") {
    const DamageKind& shared = describe(Damage::cache_id_shared);
    CHECK(shared.subject == SubjectKind::layer);
    CHECK(shared.severity == Severity::fatal);
    CHECK(shared.level == Level::metadata);
    CHECK(shared.repair == RepairClass::rebuild);

    const DamageKind& extra = describe(Damage::content_file_extra);
    CHECK(extra.severity == Severity::warning);
    CHECK(extra.level == Level::content);
    CHECK(extra.repair == RepairClass::quarantine);

    CHECK(describe(Damage::distribution_malformed).subject == SubjectKind::distribution);
    CHECK(describe(Damage::distribution_malformed).repair == RepairClass::reclaim);
    CHECK(describe(Damage::committed_wrong).subject == SubjectKind::container);
    CHECK(describe(Damage::image_config_empty).repair == RepairClass::needs_donor);
    CHECK(describe(Damage::rw_directory_missing).repair == RepairClass::leave);
}

TEST_CASE("the kinds whose damage keeps dockerd down or destroys data are fatal, and only those") {
    std::vector<Damage> fatal;
    for (const DamageKind& kind : all_damage()) {
        if (kind.severity == Severity::fatal) fatal.push_back(kind.kind);
    }
    CHECK(
        fatal ==
        std::vector<Damage>{
            Damage::cache_id_malformed,
            Damage::cache_id_shared,
            Damage::parent_cycle,
            Damage::layerdb_not_a_folder,
            Damage::image_config_crashes_daemon,
            Damage::repositories_empty,
            Damage::repositories_corrupt,
            Damage::driver_folder_missing,
            Damage::owner_missing,
            Damage::layer_removing_live,
            Damage::database_corrupt,
        }
    );
}

TEST_CASE("no text tells the reader to run a command that this version lacks") {
    for (const DamageKind& kind : all_damage()) {
        INFO(kind.code);
        for (const auto text : {kind.symptom, kind.cause, kind.explanation, kind.advice}) {
            for (const auto* absent :
                 {"drydock migrate", "drydock diagnose", "drydock scrub", "drydock prestart"}) {
                CHECK(text.find(absent) == std::string_view::npos);
            }
        }
    }
}

TEST_CASE("enumerators have the words of the JSON report") {
    CHECK(to_text(Severity::note) == "note");
    CHECK(to_text(Severity::warning) == "warning");
    CHECK(to_text(Severity::error) == "error");
    CHECK(to_text(Severity::fatal) == "fatal");
    CHECK(to_text(RepairClass::rebuild) == "rebuild");
    CHECK(to_text(RepairClass::quarantine) == "quarantine");
    CHECK(to_text(RepairClass::reclaim) == "reclaim");
    CHECK(to_text(RepairClass::needs_donor) == "needs-donor");
    CHECK(to_text(RepairClass::leave) == "leave");
    CHECK(to_text(SubjectKind::store) == "store");
    CHECK(to_text(SubjectKind::image) == "image");
    CHECK(to_text(SubjectKind::tag) == "tag");
    CHECK(to_text(SubjectKind::layer) == "layer");
    CHECK(to_text(SubjectKind::container) == "container");
    CHECK(to_text(SubjectKind::driver_directory) == "driver-directory");
    CHECK(to_text(SubjectKind::distribution) == "distribution");
    CHECK(to_text(SubjectKind::database) == "database");
    CHECK(to_text(SubjectKind::file) == "file");
    CHECK(to_text(Level::metadata) == "metadata");
    CHECK(to_text(Level::content) == "content");
    CHECK(to_text(Verdict::sound) == "sound");
    CHECK(to_text(Verdict::damaged) == "damaged");
    CHECK(to_text(Verdict::undetermined) == "undetermined");
}

TEST_CASE("findings are ordered by subject kind, id, code and path, bytewise") {
    const std::vector<Finding> ordered{
        finding(Damage::mount_id_missing, SubjectKind::container, "zz", "p"),
        finding(Damage::distribution_malformed, SubjectKind::distribution, "a", "p"),
        finding(Damage::unreadable, SubjectKind::driver_directory, "a", "p"),
        finding(Damage::image_config_empty, SubjectKind::image, "a", "p"),
        finding(Damage::size_empty, SubjectKind::layer, "a", "z"),
        finding(Damage::cache_id_empty, SubjectKind::layer, "b", "z"),
        finding(Damage::diff_empty, SubjectKind::layer, "b", "y"),
        finding(Damage::diff_empty, SubjectKind::layer, "b", "z"),
        finding(Damage::diff_empty, SubjectKind::layer, "b\xff", "a"),
        finding(Damage::owner_missing, SubjectKind::store, "", ""),
        finding(Damage::tag_dangling, SubjectKind::tag, "A", ""),
        finding(Damage::tag_dangling, SubjectKind::tag, "a", ""),
    };
    for (std::size_t i = 0; i < ordered.size(); ++i) {
        for (std::size_t j = 0; j < ordered.size(); ++j) {
            INFO(i << " and " << j);
            CHECK(report_order(ordered[i], ordered[j]) == (i < j));
        }
    }
    auto shuffled = ordered;
    std::ranges::reverse(shuffled);
    std::ranges::sort(shuffled, report_order);
    for (std::size_t i = 0; i < ordered.size(); ++i)
        CHECK(shuffled[i].subject == ordered[i].subject);
}

TEST_CASE("the codes, not the enumerators, decide the order within a subject") {
    const auto by_enum_first = finding(Damage::size_wrong, SubjectKind::layer, "a");
    const auto by_code_first = finding(Damage::link_empty, SubjectKind::layer, "a");
    REQUIRE(by_enum_first.damage < by_code_first.damage);
    CHECK(report_order(by_code_first, by_enum_first));
}

TEST_CASE("a report without findings exits with 0") {
    CHECK(exit_code(RunReport{}) == 0);
    CHECK(exit_code(report_with({})) == 0);
}

TEST_CASE("only damage above a note sets the damage bit") {
    CHECK(exit_code(report_with({note()})) == 0);
    CHECK(exit_code(report_with({warning()})) == 4);
    CHECK(exit_code(report_with({error()})) == 4);
    CHECK(exit_code(report_with({note(), error(), error()})) == 4);
}

TEST_CASE("a finding's own severity counts, not that of its kind") {
    Finding lowered = error();
    lowered.severity = Severity::note;
    CHECK(exit_code(report_with({lowered})) == 0);
    Finding raised = note();
    raised.severity = Severity::warning;
    CHECK(exit_code(report_with({raised})) == 4);
}

TEST_CASE("an undetermined finding sets the operational bit and not the damage bit") {
    Finding open = error();
    open.verdict = Verdict::undetermined;
    CHECK(exit_code(report_with({open})) == 8);
    CHECK(exit_code(report_with({open, error()})) == 12);
    Finding open_note = note();
    open_note.verdict = Verdict::undetermined;
    CHECK(exit_code(report_with({open_note})) == 8);
}

TEST_CASE("an undetermined store sets the operational bit without a finding") {
    RunReport report = report_with({});
    report.stores[0].verdict = Verdict::undetermined;
    report.stores[0].checked = false;
    CHECK(exit_code(report) == 8);
}

TEST_CASE("a run that was cut short says so beside what it found") {
    RunReport report = report_with({});
    report.complete = false;
    CHECK(exit_code(report) == 32);
    Finding open = error();
    open.verdict = Verdict::undetermined;
    report.stores[0].findings = {open, error()};
    CHECK(exit_code(report) == 44);
}

TEST_CASE("the findings of every store count") {
    RunReport report = report_with({});
    report.stores.push_back(report_with({error()}).stores[0]);
    CHECK(exit_code(report) == 4);
}
