// What a plan must not rely on: everything that a finding says could not be told, and what stands on it.
#pragma once

#include "repair/family.hpp"
#include "repair/in_use.hpp"
#include "repair/paths.hpp"
#include "repair/planner.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace drydock {

class Guard {
public:
    Guard(const PlannedStore& store, const Family& family, const RepairPolicy& policy);

    // Why nothing at all may be planned: the medium failed. "" where it did not.
    [[nodiscard]] const std::string& why_nothing() const noexcept { return why_nothing_; }

    // Why layers may not be set aside: not all that stands on them is known. "" where it is.
    [[nodiscard]] const std::string& why_no_drops() const noexcept { return why_no_drops_; }

    // Why a lost `cache-id` must not count as lost for good. "" where it may.
    [[nodiscard]] const std::string& why_not_lost() const noexcept { return why_not_lost_; }

    // Why nothing may be done about a finding; nullopt where something may.
    [[nodiscard]] std::optional<std::string> why_not(const Finding& finding) const;

    // Why an object may not be touched: it, something in it, or what it lies in could not be read, or is
    // part of a mounted overlay. "" where nothing speaks against it.
    [[nodiscard]] std::string why_blocked(std::string_view path) const;

    [[nodiscard]] bool blocks(const ChainId& chain) const { return chains_.contains(chain); }

    [[nodiscard]] bool blocks(const Subject& subject) const { return subjects_.contains(subject); }

private:
    void note(const Finding& finding, const PlannedStore& store, const Family& family);
    void note_layer(const ChainId& chain, const StoreGraph& graph, const Family& family);
    void note_container(const Finding& finding, const StoreGraph& graph, const Family& family);
    void note_in_use(const DirectoriesInUse& in_use, const Inventory& inventory);
    void note_place(const Finding& finding, const Inventory& inventory);
    void no_drops(std::string why);
    [[nodiscard]] bool accepts(const Finding& finding) const;

    const RepairPolicy& policy_;
    std::string why_nothing_;
    std::string why_no_drops_;
    std::string why_not_lost_;
    std::set<ChainId> chains_;
    std::set<Subject> subjects_;
    std::map<std::string, std::string, std::less<>> paths_;  // and why
};

// Which of --accept-missing-owner's words speaks of a finding `owner-missing`.
[[nodiscard]] std::string_view owner_word(const Finding& finding);

}  // namespace drydock
