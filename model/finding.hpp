// A finding: one root cause, as data. It has no words (the damage table has them) and no victims
// (the run report joins them), so that findings can be sorted, compared and counted.
#pragma once

#include "model/damage.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace drydock {

// Of a finding: damaged or undetermined. Of a store: all three.
enum class Verdict : std::uint8_t { sound, damaged, undetermined };

[[nodiscard]] std::string_view to_text(Verdict verdict);

struct Subject {
    SubjectKind kind = SubjectKind::store;
    std::string id;  // as interface: "sha256:<hex>" for layers and images, names and paths as bytes

    auto operator<=>(const Subject&) const = default;
};

struct Evidence {
    std::optional<std::string> expected;
    std::optional<std::string> actual;
    std::optional<std::string> detail;
    std::vector<std::string> peers;  // further ids or names that share the damage
    // Of what nobody uses: all that would be taken away together, from ROOT, and the bytes that this
    // would free (not set where they could not be counted).
    std::vector<std::string> takes{};
    std::optional<std::uint64_t> frees{};
    // Of a directory that several layers claim: the driver directory in which each layer's bytes were
    // found, by the layer's id. For the planner; reports say it in `detail`.
    std::map<std::string, std::string> homes{};
};

struct Finding {
    Damage damage{};
    Subject subject;
    std::string path{};  // what is wrong, from ROOT; "" where nothing on disk can be named
    Evidence evidence{};
    Verdict verdict = Verdict::damaged;
    std::optional<Severity> severity{};    // where it differs from the kind's
    std::optional<RepairClass> repair{};   // where it differs from the kind's
    std::optional<std::string> witness{};  // what proves the rebuilt state ("image config sha256:...")

    [[nodiscard]] Severity effective_severity() const { return severity.value_or(describe(damage).severity); }

    [[nodiscard]] RepairClass effective_repair() const { return repair.value_or(describe(damage).repair); }
};

// The order of reports: subject kind and id, code, path, all bytewise.
[[nodiscard]] bool report_order(const Finding& a, const Finding& b);

}  // namespace drydock
