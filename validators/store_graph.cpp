#include "validators/store_graph.hpp"

#include "validators/preimage.hpp"

#include <algorithm>
#include <unordered_set>

namespace drydock {

namespace {

constexpr std::size_t kLinkLength = 26;
// For lost cache-ids: about a second. Beyond it only the content can find a directory.
constexpr std::size_t kMaxLowerComparisons = 1'000'000;

bool is_link_name(std::string_view text) {
    return text.size() == kLinkLength && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
           });
}

// Ids that could be the lost half of a record.
PreimageCandidates
collect_candidates(const Inventory& inventory, const std::unordered_map<ChainId, KnownLayer>& known) {
    std::unordered_set<DiffId> diffs;
    std::unordered_set<ChainId> parents;
    for (const auto& [chain, layer] : known) {
        parents.insert(chain);
        diffs.insert(layer.diff);
    }
    for (const LayerRecord& layer : inventory.layers) {
        parents.insert(layer.chain);
        if (layer.diff.present()) diffs.insert(layer.diff.value);
        if (layer.parent.present()) parents.insert(layer.parent.value);
    }
    for (const MountRecord& mount : inventory.mount_records) {
        if (mount.parent.present()) parents.insert(mount.parent.value);
    }
    for (const DistributionRecord& record : inventory.distribution) {
        if (record.diff) diffs.insert(*record.diff);
    }
    PreimageCandidates result{
        .parents = {parents.begin(), parents.end()},
        .diffs = {diffs.begin(), diffs.end()},
    };
    // Order: the same store must give the same answers, whatever the hash table did.
    std::sort(result.parents.begin(), result.parents.end());
    std::sort(result.diffs.begin(), result.diffs.end());
    return result;
}

std::optional<ChainId> parent_as_read(const LayerRecord& layer) {
    return layer.parent.present() ? std::optional(layer.parent.value) : std::nullopt;
}

bool consistent(const LayerRecord& layer) {
    const bool parent_readable = layer.parent.present() || layer.parent.sight == Sight::absent;
    return layer.diff.present() && parent_readable &&
           chain_id(parent_as_read(layer), layer.diff.value) == layer.chain;
}

}  // namespace

StoreGraph::StoreGraph(const Inventory& inventory) : inventory_(&inventory) {
    for (std::size_t i = 0; i < inventory.layers.size(); ++i) {
        layer_index_.emplace(inventory.layers[i].chain, i);
    }
    read_images();
    read_owners();
    prove_layers();
    read_links();
    find_candidates();
}

void StoreGraph::read_images() {
    chains_.resize(inventory_->images.size());
    for (std::size_t i = 0; i < inventory_->images.size(); ++i) {
        const ImageConfig* config = inventory_->images[i].config.get();
        if (config == nullptr || !config->has_rootfs) continue;
        std::optional<ChainId> parent;
        for (const std::string& text : config->diff_ids) {
            const auto diff = DiffId::from_text(text);
            if (!diff) {
                chains_[i].clear();
                break;
            }
            const ChainId chain = chain_id(parent, *diff);
            known_.emplace(chain, KnownLayer{.parent = parent, .diff = *diff, .image = i});
            chains_[i].push_back(chain);
            parent = chain;
        }
    }
}

void StoreGraph::read_owners() {
    for (std::size_t i = 0; i < inventory_->layers.size(); ++i) {
        if (const std::string* id = inventory_->layers[i].cache_id.get()) {
            owners_[*id].push_back({.kind = DirectoryOwner::Kind::layer, .index = i});
        }
    }
    for (std::size_t i = 0; i < inventory_->mount_records.size(); ++i) {
        const MountRecord& mount = inventory_->mount_records[i];
        if (const std::string* id = mount.mount_id.get()) {
            owners_[*id].push_back({.kind = DirectoryOwner::Kind::container_rw, .index = i});
        }
        if (const std::string* id = mount.init_id.get()) {
            owners_[*id].push_back({.kind = DirectoryOwner::Kind::container_init, .index = i});
        } else if (mount.mount_id.present()) {
            owners_[mount.mount_id.value + "-init"].push_back(
                {.kind = DirectoryOwner::Kind::container_init, .index = i}
            );
        }
    }
}

void StoreGraph::prove_layers() {
    truths_.resize(inventory_->layers.size());
    std::vector<PreimageQuery> queries;
    for (std::size_t i = 0; i < inventory_->layers.size(); ++i) {
        const LayerRecord& layer = inventory_->layers[i];
        if (consistent(layer)) {
            truths_[i] = {
                .known = true, .parent = parent_as_read(layer), .diff = layer.diff.value, .witness = {}
            };
        } else if (const KnownLayer* found = known(layer.chain)) {
            truths_[i] = {
                .known = true,
                .parent = found->parent,
                .diff = found->diff,
                .witness = "image config " + inventory_->images[found->image].id.text(),
            };
        } else {
            queries.push_back(
                {.chain = layer.chain,
                 .parent = parent_as_read(layer),
                 .diff = layer.diff.present() ? std::optional(layer.diff.value) : std::nullopt}
            );
        }
    }
    if (!queries.empty()) {
        const auto answers = find_preimages(queries, collect_candidates(*inventory_, known_));
        for (const auto& [chain, answer] : answers) {
            truths_[layer_index_.at(chain)] = {
                .known = true,
                .parent = answer.parent,
                .diff = answer.diff,
                .witness = "chain id of ids that other records hold",
            };
        }
    }
    for (std::size_t i = 0; i < truths_.size(); ++i) {
        if (truths_[i].known && truths_[i].parent) {
            children_[*truths_[i].parent].push_back(i);
        }
    }
}

void StoreGraph::read_links() {
    for (const ShortLink& link : inventory_->short_links) {
        const std::string* target = link.target.get();
        const auto directory = target != nullptr ? target_directory(*target) : std::nullopt;
        if (directory) {
            links_to_[std::string(*directory)].push_back(link.name);
        }
    }
    for (const DriverDirectory& directory : inventory_->directories) {
        if (const std::string* link = directory.link.get()) {
            claims_[*link].push_back(directory.name);
        }
    }
    for (std::size_t i = 0; i < inventory_->directories.size(); ++i) {
        const DriverDirectory& directory = inventory_->directories[i];
        // A container's pair of directories is no layer's, whether its mount record is there or not.
        const bool of_container = directory.name.ends_with("-init") ||
                                  inventory_->find_directory(directory.name + "-init") != nullptr;
        if (of_container || !owners(directory.name).empty()) continue;
        unowned_.push_back(i);
        if (const auto link = link_of(directory.name)) unowned_by_link_.emplace(*link, i);
    }
}

const KnownLayer* StoreGraph::known(const ChainId& chain) const {
    const auto found = known_.find(chain);
    return found == known_.end() ? nullptr : &found->second;
}

std::optional<ChainId> StoreGraph::parent_of(const ChainId& chain) const {
    if (const auto index = layer_index_.find(chain);
        index != layer_index_.end() && truths_[index->second].known) {
        return truths_[index->second].parent;
    }
    const KnownLayer* layer = known(chain);
    return layer != nullptr ? layer->parent : std::nullopt;
}

std::vector<ChainId> StoreGraph::ancestry(const ChainId& chain) const {
    // A proven parent is a hash pre-image, so this cannot run in a circle.
    std::vector<ChainId> result{chain};
    for (auto parent = parent_of(chain); parent && result.size() < kMaxDepth; parent = parent_of(*parent)) {
        result.push_back(*parent);
    }
    return result;
}

std::optional<ChainId> StoreGraph::top_chain_of_container(std::size_t index) const {
    const ContainerConfig* config = inventory_->containers.at(index).own_config();
    const auto id = config != nullptr ? ImageId::from_text(config->image) : std::nullopt;
    const ImageRecord* image = id ? inventory_->find_image(*id) : nullptr;
    if (image == nullptr) return std::nullopt;
    const auto& chain = chains_[static_cast<std::size_t>(image - inventory_->images.data())];
    return chain.empty() ? std::nullopt : std::optional(chain.back());
}

const std::vector<DirectoryOwner>& StoreGraph::owners(std::string_view directory) const {
    static const std::vector<DirectoryOwner> nobody;
    const auto found = owners_.find(std::string(directory));
    return found == owners_.end() ? nobody : found->second;
}

const DriverDirectory* StoreGraph::own_directory(std::size_t layer) const {
    const std::string* id = inventory_->layers.at(layer).cache_id.get();
    return id != nullptr && !shared(*id) ? inventory_->find_directory(*id) : nullptr;
}

const DriverDirectory* StoreGraph::directory_of(std::size_t layer) const {
    const DriverDirectory* own = own_directory(layer);
    return own != nullptr ? own : candidate_directory(layer);
}

const DriverDirectory* StoreGraph::candidate_directory(std::size_t layer) const {
    const auto found = candidates_.find(layer);
    return found == candidates_.end() ? nullptr : found->second;
}

bool StoreGraph::contested(const DriverDirectory& directory) const {
    // Where not all could be looked at, another layer may want it too.
    if (search_cut_) return true;
    const auto found = candidate_uses_.find(&directory);
    return found != candidate_uses_.end() && found->second > 1;
}

// Once for all layers that have no directory of their own: none in a sound store.
void StoreGraph::find_candidates() {
    std::size_t budget = kMaxLowerComparisons;
    for (std::size_t i = 0; i < inventory_->layers.size(); ++i) {
        if (own_directory(i) != nullptr) continue;
        if (const DriverDirectory* found = search_candidate(i, budget)) {
            candidates_.emplace(i, found);
            ++candidate_uses_[found];
        }
    }
    search_cut_ = budget == 0;
}

// A child's `lower` begins with the short link of the directory that is looked for.
const DriverDirectory* StoreGraph::directory_below_children(const ChainId& chain) const {
    const auto children = children_.find(chain);
    if (children == children_.end()) return nullptr;
    for (const std::size_t child : children->second) {
        const DriverDirectory* above = own_directory(child);
        const auto lower =
            above != nullptr && above->lower.present() ? split_lower(above->lower.value) : std::nullopt;
        if (!lower || lower->empty()) continue;
        const auto found = unowned_by_link_.find(lower->front());
        if (found != unowned_by_link_.end()) return &inventory_->directories[found->second];
    }
    return nullptr;
}

const DriverDirectory* StoreGraph::search_candidate(std::size_t layer, std::size_t& budget) const {
    const DriverDirectory* below = directory_below_children(inventory_->layers.at(layer).chain);
    const auto expected = below == nullptr ? expected_lower(layer) : std::nullopt;
    if (!expected) return below;
    const DriverDirectory* only = nullptr;
    for (const std::size_t index : unowned_) {
        const DriverDirectory& directory = inventory_->directories[index];
        if (!directory.has_diff) continue;
        if (budget == 0) return nullptr;
        --budget;
        if (!has_lower(directory, *expected)) continue;
        if (only != nullptr) return nullptr;  // several fit: only the content can tell
        only = &directory;
    }
    return only;
}

LowerElement StoreGraph::link_of(std::string_view directory) const {
    const DriverDirectory* found = inventory_->find_directory(directory);
    const std::string* own = found != nullptr ? found->link.get() : nullptr;
    if (own != nullptr) {
        const ShortLink* link = inventory_->find_short_link(*own);
        const std::string* target = link != nullptr ? link->target.get() : nullptr;
        if (target != nullptr && target_directory(*target) == directory) return *own;
    }
    const auto names = links_to_.find(std::string(directory));
    if (names != links_to_.end()) {
        for (const std::string& name : names->second) {
            if (is_link_name(name) && !claims_.contains(name)) return name;
        }
    }
    return own != nullptr && claims_.at(*own).size() == 1 ? std::optional(*own) : std::nullopt;
}

std::vector<std::string> StoreGraph::links_to(std::string_view directory) const {
    std::vector<std::string> result;
    const auto names = links_to_.find(std::string(directory));
    if (names == links_to_.end()) return result;
    for (const std::string& name : names->second) {
        const auto claimed = claims_.find(name);
        const bool foreign =
            claimed != claims_.end() &&
            std::ranges::none_of(claimed->second, [&](const auto& by) { return by == directory; });
        if (!foreign) result.push_back(name);
    }
    return result;
}

std::optional<std::vector<LowerElement>> StoreGraph::lower_on(const ChainId& top) const {
    std::vector<LowerElement> result;
    for (std::optional<ChainId> chain = top; chain; chain = parent_of(*chain)) {
        if (result.size() >= kMaxDepth) return std::nullopt;
        const auto index = layer_index_.find(*chain);
        if (index == layer_index_.end()) {
            if (known(*chain) == nullptr) return std::nullopt;  // not proven down to its base
            result.emplace_back(std::nullopt);
            continue;
        }
        if (!truths_[index->second].known) return std::nullopt;
        // A directory that is missing may still be named by its short link.
        const std::string* id = inventory_->layers[index->second].cache_id.get();
        result.push_back(id != nullptr && !shared(*id) ? link_of(*id) : std::nullopt);
    }
    return result;
}

std::optional<std::vector<LowerElement>> StoreGraph::expected_lower(std::size_t layer) const {
    const LayerTruth& truth = truths_.at(layer);
    if (!truth.known) return std::nullopt;
    return truth.parent ? lower_on(*truth.parent) : std::optional(std::vector<LowerElement>());
}

std::optional<std::vector<std::string>> split_lower(std::string_view lower) {
    std::vector<std::string> result;
    while (true) {
        const std::size_t colon = lower.find(':');
        const std::string_view element = lower.substr(0, colon);
        if (!element.starts_with("l/") || !is_link_name(element.substr(2))) return std::nullopt;
        result.emplace_back(element.substr(2));
        if (colon == std::string_view::npos) return result;
        lower.remove_prefix(colon + 1);
    }
}

bool lower_matches(std::string_view lower, const std::vector<LowerElement>& expected) {
    const auto elements = split_lower(lower);
    return elements &&
           std::equal(
               elements->begin(),
               elements->end(),
               expected.begin(),
               expected.end(),
               [](const std::string& have, const LowerElement& want) { return !want || *want == have; }
           );
}

bool has_lower(const DriverDirectory& directory, const std::vector<LowerElement>& expected) {
    if (expected.empty()) return directory.lower.sight == Sight::absent;
    return directory.lower.present() && lower_matches(directory.lower.value, expected);
}

std::string format_lower(const std::vector<LowerElement>& expected) {
    std::string result;
    for (const LowerElement& element : expected) {
        if (!result.empty()) result += ':';
        result += "l/" + element.value_or("?");
    }
    return result;
}

std::optional<std::string_view> target_directory(std::string_view target) {
    constexpr std::string_view kUp = "../";
    constexpr std::string_view kDiff = "/diff";
    if (!target.starts_with(kUp) || !target.ends_with(kDiff) || target.size() <= kUp.size() + kDiff.size()) {
        return std::nullopt;
    }
    const std::string_view name = target.substr(kUp.size(), target.size() - kUp.size() - kDiff.size());
    return name.find('/') == std::string_view::npos ? std::optional(name) : std::nullopt;
}

}  // namespace drydock
