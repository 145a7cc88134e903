// See selection.hpp. An image is selected with everything that hurts it: a finding on one of its layers
// stays, because the image stands among the finding's victims.
#include "cli/selection.hpp"

#include "cli/errors.hpp"
#include "report/explain.hpp"
#include "report/safe_text.hpp"
#include "report/words.hpp"

#include <algorithm>

namespace drydock {

namespace {

// A shorter beginning of an id is more likely a name.
constexpr std::size_t kLeastIdDigits = 6;

std::set<Damage> read_codes(const Arguments& arguments, std::string_view option) {
    std::set<Damage> kinds;
    for (const std::string& code : arguments.list(option)) {
        const std::optional<Damage> kind = find_damage(code);
        if (!kind) {
            const std::vector<std::string_view> near = nearest_codes(code);
            throw UsageError(
                "--" + std::string(option) + ": unknown code " + terminal_text(code) +
                (near.empty() ? "; `drydock explain --list` has them all"
                              : "; did you mean " + std::string(near.front()) + "?")
            );
        }
        kinds.insert(*kind);
    }
    if (arguments.has(option) && kinds.empty()) {
        throw UsageError("--" + std::string(option) + " needs at least one code");
    }
    return kinds;
}

std::string_view hex_part(std::string_view id) {
    constexpr std::string_view kAlgorithm = "sha256:";
    return id.starts_with(kAlgorithm) ? id.substr(kAlgorithm.size()) : id;
}

std::string codes_text(const std::set<Damage>& kinds) {
    std::vector<std::string> codes;
    codes.reserve(kinds.size());
    for (const Damage kind : kinds) {
        codes.emplace_back(describe(kind).code);
    }
    return join_and(codes);
}

Verdict verdict_of(const StoreReport& report) {
    Verdict verdict = report.checked ? Verdict::sound : Verdict::undetermined;
    for (const Finding& finding : report.findings) {
        if (finding.verdict == Verdict::undetermined) {
            verdict = verdict == Verdict::sound ? Verdict::undetermined : verdict;
        } else if (finding.effective_severity() > Severity::note) {
            return Verdict::damaged;
        }
    }
    for (const UnlistedFindings& unlisted : report.unlisted) {
        if (unlisted.damage != Damage::unreadable && unlisted.severity > Severity::note) {
            return Verdict::damaged;
        }
    }
    return verdict;
}

bool any_in(const std::vector<std::string>& items, const std::set<std::string>& wanted) {
    return std::any_of(items.begin(), items.end(), [&wanted](const std::string& item) {
        return wanted.contains(item);
    });
}

}  // namespace

bool begins_id(std::string_view typed, std::string_view hex) {
    const std::string_view digits = hex_part(typed);
    return digits.size() >= kLeastIdDigits && hex.starts_with(digits);
}

std::vector<OptionSpec> selection_options() {
    return {
        {"only", 0, "CODE,...", "report only damage of these codes", true},
        {"ignore", 0, "CODE,...", "report no damage of these codes", true},
        {"image", 0, "REF", "report only what concerns this image: a name or an id", true},
        {"layer", 0, "ID", "report only what concerns this layer: a chain id or a driver directory", true},
    };
}

Selection read_selection(const Arguments& arguments) {
    Selection selection;
    selection.only = read_codes(arguments, "only");
    selection.ignore = read_codes(arguments, "ignore");
    selection.images = arguments.list("image");
    selection.layers = arguments.list("layer");
    return selection;
}

std::string describe_selection(const Selection& selection) {
    std::vector<std::string> parts;
    if (!selection.only.empty()) {
        parts.push_back("of " + codes_text(selection.only));
    }
    if (!selection.ignore.empty()) {
        parts.push_back("without " + codes_text(selection.ignore));
    }
    if (!selection.images.empty()) {
        parts.push_back("about the image " + join_and(selection.images));
    }
    if (!selection.layers.empty()) {
        parts.push_back("about the layer " + join_and(selection.layers));
    }
    return parts.empty() ? std::string() : "only findings " + join_and(parts) + " are reported";
}

std::string familiar_reference(std::string_view typed) {
    for (const std::string_view domain : {"docker.io/", "index.docker.io/"}) {
        if (typed.starts_with(domain)) {
            typed.remove_prefix(domain.size());
            break;
        }
    }
    constexpr std::string_view kLibrary = "library/";
    if (typed.starts_with(kLibrary)) {
        typed.remove_prefix(kLibrary.size());
    }
    const std::size_t slash = typed.rfind('/');
    const std::string_view last = slash == std::string_view::npos ? typed : typed.substr(slash + 1);
    return std::string(typed) + (last.find_first_of(":@") == std::string_view::npos ? ":latest" : "");
}

SelectedThings::SelectedThings(const Selection& selection, const Inventory& inventory)
    : everything_(selection.images.empty() && selection.layers.empty()),
      by_image_(!selection.images.empty()) {
    for (const std::string& typed : selection.images) {
        add_image(typed, inventory);
    }
    for (const std::string& typed : selection.layers) {
        add_layer(typed, inventory);
    }
}

void SelectedThings::add_image(const std::string& typed, const Inventory& inventory) {
    const std::string reference = familiar_reference(typed);
    if (const Repositories* repositories = inventory.repositories.get()) {
        for (const TagRecord& tag : repositories->tags) {
            if (tag.reference != reference) {
                continue;
            }
            known_.insert(typed);
            tags_.insert(tag.reference);
            images_.insert(tag.image_text);
        }
    }
    for (const ImageRecord& image : inventory.images) {
        if (begins_id(typed, image.id.hex())) {
            known_.insert(typed);
            images_.insert(image.id.text());
        }
    }
}

void SelectedThings::add_layer(const std::string& typed, const Inventory& inventory) {
    for (const LayerRecord& layer : inventory.layers) {
        const std::string* directory = layer.cache_id.get();
        const bool by_directory = directory != nullptr && begins_id(typed, *directory);
        if (by_directory || begins_id(typed, layer.chain.hex())) {
            known_.insert(typed);
            layers_.insert(layer.chain.text());
            if (directory != nullptr) {
                directories_.insert(*directory);
            }
        }
    }
    for (const DriverDirectory& directory : inventory.directories) {
        if (begins_id(typed, directory.name)) {
            known_.insert(typed);
            directories_.insert(directory.name);
        }
    }
}

bool SelectedThings::concerns_subject(const Subject& subject) const {
    switch (subject.kind) {
    case SubjectKind::image:
        return images_.contains(subject.id);
    case SubjectKind::tag:
        return tags_.contains(subject.id);
    case SubjectKind::layer:
        return layers_.contains(subject.id);
    case SubjectKind::driver_directory:
        return directories_.contains(subject.id);
    case SubjectKind::container:
    case SubjectKind::database:
    case SubjectKind::distribution:
    case SubjectKind::file:
    case SubjectKind::store:
        return false;
    }
    return false;
}

bool SelectedThings::concerns(const Finding& finding, const Victims& victims) const {
    return everything_ || concerns_subject(finding.subject) || any_in(victims.images, images_) ||
           any_in(victims.tags, tags_) || any_in(finding.evidence.peers, layers_);
}

bool SelectedThings::concerns_image(const std::string& id) const {
    return !by_image_ || images_.contains(id);
}

void apply_selection(const Selection& selection, const SelectedThings& things, StoreReport& report) {
    if (selection.empty()) {
        return;
    }
    const auto selected = [&selection](Damage damage) {
        return (selection.only.empty() || selection.only.contains(damage)) &&
               !selection.ignore.contains(damage);
    };
    std::set<std::string> hurt;
    std::set<Subject> concerned;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
        // A store that could not be checked may hide anything, so its finding concerns every image.
        if (report.checked && !things.concerns(report.findings[i], *report.victims[i])) {
            continue;
        }
        concerned.insert(report.findings[i].subject);
        if (!selected(report.findings[i].damage)) {
            continue;
        }
        hurt.insert(report.victims[i]->images.begin(), report.victims[i]->images.end());
        if (kept != i) {
            report.findings[kept] = std::move(report.findings[i]);
            report.victims[kept] = std::move(report.victims[i]);
        }
        ++kept;
    }
    report.findings.resize(kept);
    report.victims.resize(kept);
    std::erase_if(report.unlisted, [&](const UnlistedFindings& unlisted) {
        return !selected(unlisted.damage) || !concerned.contains(unlisted.subject);
    });
    const auto untouched = [&](const ImageLoss& loss) {
        return !hurt.contains(loss.image) || !things.concerns_image(loss.image);
    };
    std::erase_if(report.repull, untouched);
    std::erase_if(report.lost, untouched);
    report.verdict = verdict_of(report);
}

}  // namespace drydock
