// The sentence on what can be done: it exists for every kind and class and promises nothing without proof.
#include "report/repair_summary.hpp"

#include <catch2/catch.hpp>

using namespace drydock;

TEST_CASE("Every kind of damage has one short sentence for each class") {
    for (const DamageKind& kind : all_damage()) {
        for (const RepairClass repair :
             {RepairClass::rebuild,
              RepairClass::quarantine,
              RepairClass::reclaim,
              RepairClass::needs_donor,
              RepairClass::leave}) {
            Finding finding{};
            finding.damage = kind.kind;
            finding.repair = repair;
            const std::string summary = repair_summary(finding);
            CHECK_FALSE(summary.empty());
            CHECK(summary.find('\n') == std::string::npos);
            CHECK((repair == RepairClass::rebuild) == summary.starts_with("can be rebuilt"));
        }
    }
}

TEST_CASE("A witness is named") {
    Finding finding{};
    finding.damage = Damage::diff_empty;
    finding.repair = RepairClass::rebuild;
    finding.witness = "image config x";
    CHECK(repair_summary(finding) == "can be rebuilt: image config x");
}

TEST_CASE("what only the content can prove is not called proven before it was read") {
    Finding finding{.damage = Damage::driver_directory_orphan, .subject = {}};
    CHECK(repair_summary(finding).find("proven") != std::string::npos);
    finding.evidence.detail = "needs content";
    CHECK(repair_summary(finding).find("proven") == std::string::npos);
}

TEST_CASE("what no rule carries out yet is not promised, proof or not") {
    for (const Damage damage : {Damage::content_attributes_changed, Damage::whiteout_missing}) {
        Finding finding{.damage = damage, .subject = {}};
        finding.repair = RepairClass::rebuild;
        finding.witness = "the tar headers";
        CHECK(repair_summary(finding).find("not yet by this version") != std::string::npos);
    }
}
