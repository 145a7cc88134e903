#include "repair/witnesses/repositories_salvage.hpp"

#include "formats/documents.hpp"
#include "repair/witnesses/repositories_text.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace drydock {

namespace {

// The longest reference: a name of 255 bytes, "@" and a digest, with room to spare.
constexpr std::size_t kMaxString = 512;

// The string whose opening quote is at `at`, without escapes, which no well-formed reference and no digest
// has; `at` is then behind its closing quote. nullopt leaves `at` alone.
std::optional<std::string_view> read_string(std::string_view text, std::size_t& at) {
    if (at >= text.size() || text[at] != '"') return std::nullopt;
    const std::string_view rest = text.substr(at + 1, kMaxString);
    const std::size_t end = rest.find_first_of("\"\\");
    if (end == std::string_view::npos || rest[end] == '\\') return std::nullopt;
    at += end + 2;
    return rest.substr(0, end);
}

void skip_space(std::string_view text, std::size_t& at) {
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

// "name:tag" and "name@digest" -> "name".
std::string repository_of(std::string_view reference) {
    if (const std::size_t digest = reference.find('@'); digest != std::string_view::npos) {
        return std::string(reference.substr(0, digest));
    }
    const std::size_t slash = reference.rfind('/');
    const std::size_t colon = reference.rfind(':');
    const bool tagged = colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
    return std::string(reference.substr(0, tagged ? colon : reference.size()));
}

// What dockerd's own reader makes of it says whether a reference is well-formed.
std::vector<TagRecord> read_back(const std::map<std::string, std::string>& pairs) {
    TagTable table;
    for (const auto& [reference, image] : pairs) {
        table[repository_of(reference)][reference] = image;
    }
    auto parsed = parse_repositories(repositories_text(table));
    std::vector<TagRecord> result;
    if (!parsed) return result;
    for (TagRecord& tag : parsed->tags) {
        if (tag.well_formed) result.push_back(std::move(tag));
    }
    return result;
}

// What the user typed to name an image, as dockerd would write it down: "docker.io/library/web" is
// "web:latest". nullopt for what names no tag.
std::optional<std::string> as_reference(std::string_view typed) {
    for (const std::string_view domain : {"docker.io/", "index.docker.io/"}) {
        if (typed.starts_with(domain)) typed.remove_prefix(domain.size());
    }
    constexpr std::string_view kLibrary = "library/";
    if (typed.starts_with(kLibrary)) typed.remove_prefix(kLibrary.size());
    if (typed.empty() || typed.find('@') != std::string_view::npos || typed.starts_with("sha256:")) {
        return std::nullopt;
    }
    if (typed.find_first_not_of("0123456789abcdef") == std::string_view::npos && typed.size() >= 12) {
        return std::nullopt;  // an id, or a part of one
    }
    const std::string reference(typed);
    return repository_of(reference) == reference ? reference + ":latest" : reference;
}

// References that all containers made from them agree about.
std::map<std::string, std::string> container_pairs(const Inventory& inventory) {
    std::map<std::string, std::string> pairs;
    std::set<std::string> torn;
    for (const ContainerRecord& container : inventory.containers) {
        const ContainerConfig* config = container.usable_config();
        const auto reference = config != nullptr ? as_reference(config->image_name) : std::nullopt;
        if (!reference || !ImageId::from_text(config->image)) continue;
        const auto [at, fresh] = pairs.emplace(*reference, config->image);
        if (!fresh && at->second != config->image) torn.insert(*reference);
    }
    for (const std::string& reference : torn) {
        pairs.erase(reference);
    }
    return pairs;
}

}  // namespace

std::vector<TagRecord> salvage_pairs(std::string_view text) {
    std::map<std::string, std::string> pairs;
    std::set<std::string> torn;
    for (std::size_t at = text.find('"'); at != std::string_view::npos && pairs.size() < kMaxSalvaged;
         at = text.find('"', at)) {
        const std::size_t start = at;
        const auto key = read_string(text, at);
        skip_space(text, at);
        const bool colon = key && at < text.size() && text[at] == ':';
        if (colon) skip_space(text, ++at);
        const auto value = colon ? read_string(text, at) : std::nullopt;
        if (!value || !ImageId::from_text(*value)) {
            at = start + 1;  // the closing quote may be an opening one
            continue;
        }
        const auto [found, fresh] = pairs.emplace(*key, *value);
        if (!fresh && found->second != *value) torn.insert(found->first);
    }
    for (const std::string& reference : torn) {
        pairs.erase(reference);
    }
    return read_back(pairs);
}

SalvagedTags salvage_tags(const Inventory& inventory, std::string_view text) {
    SalvagedTags result;
    std::set<std::string> known;
    const auto take = [&](std::vector<TagRecord> tags) {
        std::size_t taken = 0;
        for (TagRecord& tag : tags) {
            const ImageRecord* image = inventory.find_image(*tag.image);
            if (image == nullptr || !image->config.present() || !known.insert(tag.reference).second) continue;
            result.tags.push_back(std::move(tag));
            ++taken;
        }
        return taken;
    };
    const std::size_t of_file = take(salvage_pairs(text));
    const std::size_t of_containers = take(read_back(container_pairs(inventory)));
    result.witness = std::to_string(of_file) + " tags that are whole in the file";
    if (of_containers > 0) {
        result.witness += ", " + std::to_string(of_containers) + " that containers were made from";
    }
    return result;
}

}  // namespace drydock
