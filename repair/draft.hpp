// A plan in the making: what each rule asked for, not yet judged together.
#pragma once

#include "model/plan.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace drydock {

// What one rule wants of one path, and why.
struct DraftStep {
    const Finding* cause = nullptr;
    Subject subject{};
    std::string path{};
    PlanAction action = PlanAction::write;
    std::optional<NewObject> put{};  // of a write
    std::optional<std::string> witness{};
    std::optional<std::string> loss{};
    std::optional<std::uint64_t> frees{};
};

struct DraftRefusal {
    const Finding* cause = nullptr;
    std::string reason{};
};

struct Draft {
    std::vector<DraftStep> steps{};
    std::vector<DraftRefusal> refused{};
    // Folders that are not there although files are to be written into them, with the mode to make them of.
    std::map<std::string, std::uint32_t> missing_folders{};
    // Records that go, by subject: a finding about one of them goes with it.
    std::map<Subject, std::string> gone{};
    std::set<std::string> keeps{};
};

// The steps, refusals, changes and keeps of a plan: of several wishes for one path one change is made; what
// is set aside takes along all that was to be written below it; wishes that contradict each other become
// refusals.
[[nodiscard]] Plan settle_draft(Draft draft, const StoreReport& report);

}  // namespace drydock
