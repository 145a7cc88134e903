// Looking a damage kind up, and the words of its enumerations as reports and scripts know them.
// These words are public: changing one breaks readers of the JSON report. Texts about damage do not
// belong here but in damage_table.cpp.
#include "model/damage.hpp"

#include "model/finding.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <tuple>

namespace drydock {

const DamageKind& describe(Damage damage) {
    const auto index = static_cast<std::size_t>(damage);
    if (index >= all_damage().size()) std::abort();  // Damage::count is no kind
    return all_damage()[index];
}

std::optional<Damage> find_damage(std::string_view code) {
    const auto kinds = all_damage();
    const auto found = std::ranges::find(kinds, code, &DamageKind::code);
    if (found == kinds.end()) return std::nullopt;
    return found->kind;
}

std::string_view to_text(Severity severity) {
    switch (severity) {
    case Severity::note:
        return "note";
    case Severity::warning:
        return "warning";
    case Severity::error:
        return "error";
    case Severity::fatal:
        return "fatal";
    }
    std::abort();
}

std::string_view to_text(RepairClass repair) {
    switch (repair) {
    case RepairClass::rebuild:
        return "rebuild";
    case RepairClass::quarantine:
        return "quarantine";
    case RepairClass::reclaim:
        return "reclaim";
    case RepairClass::needs_donor:
        return "needs-donor";
    case RepairClass::leave:
        return "leave";
    }
    std::abort();
}

std::string_view to_text(SubjectKind kind) {
    switch (kind) {
    case SubjectKind::container:
        return "container";
    case SubjectKind::database:
        return "database";
    case SubjectKind::distribution:
        return "distribution";
    case SubjectKind::driver_directory:
        return "driver-directory";
    case SubjectKind::file:
        return "file";
    case SubjectKind::image:
        return "image";
    case SubjectKind::layer:
        return "layer";
    case SubjectKind::store:
        return "store";
    case SubjectKind::tag:
        return "tag";
    }
    std::abort();
}

std::string_view to_text(Level level) {
    switch (level) {
    case Level::metadata:
        return "metadata";
    case Level::content:
        return "content";
    }
    std::abort();
}

std::string_view to_text(Verdict verdict) {
    switch (verdict) {
    case Verdict::sound:
        return "sound";
    case Verdict::damaged:
        return "damaged";
    case Verdict::undetermined:
        return "undetermined";
    }
    std::abort();
}

bool report_order(const Finding& a, const Finding& b) {
    const auto key = [](const Finding& finding) {
        return std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>(
            to_text(finding.subject.kind), finding.subject.id, describe(finding.damage).code, finding.path
        );
    };
    return key(a) < key(b);
}

}  // namespace drydock
