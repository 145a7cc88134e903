// --only, --ignore, --image, --layer: what of a finished report is shown. They limit the report and the
// exit status that speaks of it, not what is checked.
#pragma once

#include "cli/command.hpp"
#include "model/damage.hpp"
#include "model/inventory.hpp"
#include "model/run_report.hpp"

#include <set>
#include <string>
#include <vector>

namespace drydock {

struct Selection {
    std::set<Damage> only;  // empty: all
    std::set<Damage> ignore;
    std::vector<std::string> images;  // as typed: reference, id or the beginning of an id
    std::vector<std::string> layers;  // as typed: chain id, driver directory or the beginning of one

    [[nodiscard]] bool empty() const {
        return only.empty() && ignore.empty() && images.empty() && layers.empty();
    }
};

[[nodiscard]] std::vector<OptionSpec> selection_options();
// Throws UsageError for an unknown code.
[[nodiscard]] Selection read_selection(const Arguments& arguments);

// "only what concerns the image web is reported", for the notices; "" without a selection.
[[nodiscard]] std::string describe_selection(const Selection& selection);

// What the typed images and layers mean in one store.
class SelectedThings {
public:
    SelectedThings(const Selection& selection, const Inventory& inventory);

    // Of what was typed, that which this store knows.
    [[nodiscard]] const std::set<std::string>& known() const noexcept { return known_; }

    [[nodiscard]] bool concerns(const Finding& finding, const Victims& victims) const;
    [[nodiscard]] bool concerns_image(const std::string& id) const;

private:
    [[nodiscard]] bool concerns_subject(const Subject& subject) const;
    void add_image(const std::string& typed, const Inventory& inventory);
    void add_layer(const std::string& typed, const Inventory& inventory);

    bool everything_;
    bool by_image_;
    std::set<std::string> images_;
    std::set<std::string> tags_;
    std::set<std::string> layers_;
    std::set<std::string> directories_;
    std::set<std::string> known_;
};

// Drops what is not selected and gives the store the verdict of what is left.
void apply_selection(const Selection& selection, const SelectedThings& things, StoreReport& report);

// Whether `hex` begins with what was typed: "sha256:" in front does not count, and a few digits are needed.
[[nodiscard]] bool begins_id(std::string_view typed, std::string_view hex);

// A reference as repositories.json has it: without docker.io/ and library/, with a tag.
[[nodiscard]] std::string familiar_reference(std::string_view typed);

}  // namespace drydock
