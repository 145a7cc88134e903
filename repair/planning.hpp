// What the rules are handed: everything known about the store, and the ways to answer a finding.
#pragma once

#include "repair/draft.hpp"
#include "repair/family.hpp"
#include "repair/guard.hpp"
#include "repair/planner.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace drydock {

[[nodiscard]] NewObject new_file(std::string text, std::uint32_t mode);

// Modes that dockerd gives.
inline constexpr std::uint32_t kRecordMode = 0644;
inline constexpr std::uint32_t kTagsMode = 0600;
inline constexpr std::uint32_t kWorkMode = 0700;

class Planning {
public:
    Planning(const PlannedStore& store, const RepairPolicy& policy);

    [[nodiscard]] const StoreGraph& graph() const noexcept { return store_.graph; }

    [[nodiscard]] const Inventory& inventory() const noexcept { return store_.graph.inventory(); }

    [[nodiscard]] const StoreReport& report() const noexcept { return store_.report; }

    [[nodiscard]] const Clues& clues() const noexcept { return store_.clues; }

    [[nodiscard]] const RepairPolicy& policy() const noexcept { return policy_; }

    [[nodiscard]] const Guard& guard() const noexcept { return guard_; }

    [[nodiscard]] bool at_content() const noexcept { return store_.level == Level::content; }

    [[nodiscard]] bool is_kept(const std::string& directory) const;

    // The layer that a finding is about, by index; nullopt where it has no record.
    [[nodiscard]] std::optional<std::size_t> layer_of(const Finding& finding) const;
    // Whether a directory that the content proved to be a layer's can be written down as its: it is nobody's,
    // and no second finding is to be mended with it.
    [[nodiscard]] bool proves_directory(const std::string& directory) const;

    // The answers. Each may turn into a refusal: where the object could not be read, or where nobody is
    // asked and the policy does not allow it.
    void write(const Finding& finding, const std::string& path, NewObject object);
    // False where it became a refusal.
    bool set_aside(const Finding& finding, const std::string& path, const std::string& loss);
    void remove(const Finding& finding, const std::vector<std::string>& paths);
    void refuse(const Finding& finding, std::string reason);
    // With all that stands on it.
    void drop_layer(const Finding& finding, const ChainId& chain);
    void drop_image(const Finding& finding, const ImageId& image);
    // The references of this text that are well-formed, or those that are not.
    enum class TagForm : std::uint8_t { well_formed, malformed };
    void drop_tag(const Finding& finding, const std::string& reference, TagForm form);
    void rebuild_tags(const Finding& finding);

    void make_folder(const std::string& path, std::uint32_t mode);
    void keep(const Seen<std::string>& directory);

    // To be called once, when every finding has had its rule.
    [[nodiscard]] Plan finish();

private:
    struct Falling;

    [[nodiscard]] bool allows_setting_aside(const Finding& finding);
    [[nodiscard]] std::optional<std::string> why_not_drop(const Falling& falling) const;
    [[nodiscard]] Falling find_falling(const ChainId& chain) const;

    void add_step(DraftStep step) { draft_.steps.push_back(std::move(step)); }

    enum class Telling : std::uint8_t { what_is_new, all };
    bool fell(const Finding& finding, const Falling& falling, Telling telling);
    void keep_unowned();
    void fell_layer(const Finding& finding, const ChainId& chain);
    void fell_image(const Finding& finding, const ImageRecord& image, const std::string& loss);
    void drop_tags_of(const Finding& finding, const ImageId& image);
    void drop_tag_record(const Finding& finding, const TagRecord& tag);
    void write_tags();
    void find_losses(Plan& plan) const;
    void find_hidden(Plan& plan) const;

    const PlannedStore& store_;
    const RepairPolicy& policy_;
    Family family_;
    Guard guard_;
    std::map<ChainId, std::vector<std::size_t>> images_on_;
    std::map<std::string, std::size_t> proofs_;  // directory -> findings that it is to mend
    Draft draft_;
    std::set<ChainId> dropped_layers_;
    std::set<ImageId> dropped_images_;
    std::set<std::string> lost_images_;  // by id, also those whose config is not there
    std::set<const TagRecord*> dropped_tags_;
    std::vector<const Finding*> tag_rebuilds_;
};

}  // namespace drydock
