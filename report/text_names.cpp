// How stores, subjects and victims are called in the text report, and the verdict in one line. A name
// that people gave comes before an id, and an id is shortened: the path of the finding has it in full.
#include "report/safe_text.hpp"
#include "report/text_parts.hpp"
#include "report/words.hpp"

#include <algorithm>
#include <set>

namespace drydock {

namespace {

std::string container_text(const StoreReport& store, const std::string& id) {
    const auto name = store.container_names.find(id);
    return terminal_text(name != store.container_names.end() ? name->second : short_id(id));
}

std::string named(std::string_view kind, std::string_view name, std::string_view id) {
    return std::string(kind) + ' ' + terminal_text(name) + " (" + terminal_text(short_id(id)) + ')';
}

std::vector<std::string> names_of(const std::vector<std::string>& ids) {
    std::vector<std::string> names;
    names.reserve(ids.size());
    for (const std::string& id : ids) {
        names.push_back(terminal_text(short_id(id)));
    }
    return names;
}

bool counts_as_damage(const Finding& finding) {
    return finding.verdict == Verdict::damaged && finding.effective_severity() > Severity::note;
}

std::string damage_text(const StoreReport& store) {
    std::set<Subject> layers_with_content_damage;
    std::set<std::string_view> images;
    std::set<std::string_view> tags;
    std::set<std::string_view> containers;
    std::uint64_t causes = 0;
    std::uint64_t fatal = 0;
    for (std::size_t i = 0; i < store.findings.size(); ++i) {
        const Finding& finding = store.findings[i];
        if (!counts_as_damage(finding)) {
            continue;
        }
        const bool counted =
            is_layer_content(finding.damage) && !layers_with_content_damage.insert(finding.subject).second;
        causes += counted ? 0U : 1U;
        fatal += finding.effective_severity() == Severity::fatal ? 1U : 0U;
        if (i < store.victims.size()) {
            images.insert(store.victims[i]->images.begin(), store.victims[i]->images.end());
            tags.insert(store.victims[i]->tags.begin(), store.victims[i]->tags.end());
            containers.insert(store.victims[i]->containers.begin(), store.victims[i]->containers.end());
        }
    }
    std::vector<std::string> hurt;
    if (!images.empty()) {
        hurt.push_back(count_of(images.size(), "image"));
    } else if (!tags.empty()) {
        hurt.push_back(count_of(tags.size(), "tag"));
    }
    if (!containers.empty()) {
        hurt.push_back(count_of(containers.size(), "container"));
    }
    std::string text = "DAMAGED - " + count_of(causes, "cause") + (causes == 1 ? " hurts " : " hurt ") +
                       (hurt.empty() ? "no image and no container" : join_and(hurt));
    if (fatal > 0) {
        text += "; " + std::to_string(fatal) + (fatal == 1 ? " is fatal" : " are fatal");
    }
    return text;
}

std::string sound_text(const StoreReport& store, const RunReport& report) {
    std::string text = report.complete ? "sound: " : "no damage found so far: ";
    text += count_of(store.images, "image") + ", " + count_of(store.layers, "layer") + ", ";
    if (store.containers > 0) {
        text += count_of(store.containers, "container") + ", ";
    }
    if (report.level == Level::metadata) {
        return text + "metadata only: no byte of a layer was read";
    }
    return text + format_bytes(store.bytes_verified) + " of layer bytes verified";
}

}  // namespace

std::string store_name(const StoreReport& store) {
    const std::string name = store.driver.empty() ? "store" : terminal_text(store.driver) + " store";
    return store.path == "." ? name : name + " in " + terminal_text(store.path);
}

bool is_layer_content(Damage damage) {
    return damage >= Damage::content_file_missing && damage <= Damage::opaque_missing;
}

std::string subject_text(const StoreReport& store, std::size_t index) {
    const Finding& finding = store.findings[index];
    const std::string& id = finding.subject.id;
    const std::string kind(to_text(finding.subject.kind));
    switch (finding.subject.kind) {
    case SubjectKind::layer: {
        const auto name = store.names_of_layers.find(id);
        return name != store.names_of_layers.end()
                   ? named("layer of", name->second, id)
                   : "layer " + terminal_text(short_id(id)) + " of no tagged image";
    }
    case SubjectKind::image: {
        const bool tagged = index < store.victims.size() && !store.victims[index]->tags.empty();
        return tagged ? named(kind, store.victims[index]->tags.front(), id)
                      : "image " + terminal_text(short_id(id)) + " without a tag";
    }
    case SubjectKind::container: {
        const auto name = store.container_names.find(id);
        return name != store.container_names.end() ? named(kind, name->second, id)
                                                   : "container " + terminal_text(short_id(id));
    }
    case SubjectKind::store:
        return "the " + store_name(store);
    case SubjectKind::driver_directory:
        return "driver directory " + terminal_text(id);
    case SubjectKind::database:
    case SubjectKind::distribution:
    case SubjectKind::file:
    case SubjectKind::tag:
        return kind + ' ' + terminal_text(id);
    }
    return {};
}

std::string victims_text(const StoreReport& store, const Victims& victims, std::size_t most) {
    if (victims.images.empty() && victims.tags.empty() && victims.containers.empty()) {
        return "no image and no container";
    }
    std::string text;
    if (victims.tags.empty()) {
        text = victims.images.empty() ? "" : "untagged " + join_some(names_of(victims.images), most);
    } else {
        std::vector<std::string> tags;
        tags.reserve(victims.tags.size());
        for (const std::string& tag : victims.tags) {
            tags.push_back(terminal_text(tag));
        }
        text = join_some(tags, most);
        if (victims.images.size() != victims.tags.size() && !victims.images.empty()) {
            text += " (" + count_of(victims.images.size(), "image") + ')';
        }
    }
    if (!victims.containers.empty()) {
        std::vector<std::string> containers;
        containers.reserve(victims.containers.size());
        for (const std::string& id : victims.containers) {
            containers.push_back(container_text(store, id));
        }
        std::sort(containers.begin(), containers.end());
        text += text.empty() ? "" : "; ";
        text += (containers.size() == 1 ? "container " : "containers ") + join_some(containers, most);
    }
    return text;
}

std::string verdict_text(const StoreReport& store, const RunReport& report) {
    if (!store.checked) {
        return "NOT CHECKED - drydock cannot read this kind of store";
    }
    const auto unknown = static_cast<std::uint64_t>(std::count_if(
        store.findings.begin(),
        store.findings.end(),
        [](const Finding& finding) { return finding.verdict == Verdict::undetermined; }
    ));
    switch (store.verdict) {
    case Verdict::sound:
        return sound_text(store, report);
    case Verdict::undetermined:
        return "UNDETERMINED - no damage is proven, but " + count_of(unknown, "thing") +
               " could not be judged";
    case Verdict::damaged:
        return damage_text(store) +
               (unknown > 0 ? "; " + count_of(unknown, "thing") + " could not be judged" : "");
    }
    return {};
}

}  // namespace drydock
