// What the records of one store say together: which layer stands on which (proven by the chain id),
// who owns which driver directory, which short link belongs to which directory. Every validator
// compares single records with this. Built from the inventory alone; reads no disk, reports nothing.
#pragma once

#include "model/inventory.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace drydock {

// A layer as an intact image config describes it.
struct KnownLayer {
    std::optional<ChainId> parent;
    DiffId diff;
    std::size_t image = 0;  // index into Inventory::images: the witness
};

// The pair (parent, diff) whose chain id is a record's name.
struct LayerTruth {
    bool known = false;
    std::optional<ChainId> parent;
    DiffId diff;
    std::string witness;  // what told it; "" where the record itself is consistent
};

struct DirectoryOwner {
    enum class Kind : std::uint8_t { layer, container_rw, container_init };

    Kind kind = Kind::layer;
    std::size_t index = 0;  // into Inventory::layers or ::mount_records
};

// A place in `lower`: a short link's name, or nullopt where no witness tells it.
using LowerElement = std::optional<std::string>;

class StoreGraph {
public:
    // Keeps a reference to `inventory`.
    explicit StoreGraph(const Inventory& inventory);

    [[nodiscard]] const Inventory& inventory() const noexcept { return *inventory_; }

    // By index into Inventory::layers.
    [[nodiscard]] const LayerTruth& truth(std::size_t layer) const { return truths_.at(layer); }

    // nullptr unless an intact image config has this chain id in its chain.
    [[nodiscard]] const KnownLayer* known(const ChainId& chain) const;

    // The chain of an image, base first; empty unless its config is intact and usable.
    [[nodiscard]] const std::vector<ChainId>& chain_of(std::size_t image) const { return chains_.at(image); }

    // The parent of a chain id as proven by a record or a config; nullopt for a base or an unknown one.
    [[nodiscard]] std::optional<ChainId> parent_of(const ChainId& chain) const;
    // A chain id and its proven ancestors, nearest first; stops at unknown parents and at kMaxDepth.
    [[nodiscard]] std::vector<ChainId> ancestry(const ChainId& chain) const;

    // True if a record's name proves that it stands on `chain`.
    [[nodiscard]] bool has_child(const ChainId& chain) const { return children_.contains(chain); }

    // The top chain id of the image that container `index` (Inventory::containers) runs; nullopt where
    // the image is gone or has no layer.
    [[nodiscard]] std::optional<ChainId> top_chain_of_container(std::size_t index) const;

    [[nodiscard]] const std::vector<DirectoryOwner>& owners(std::string_view directory) const;

    [[nodiscard]] bool shared(std::string_view directory) const { return owners(directory).size() > 1; }

    // The driver directory of a layer: its cache-id, if that is a directory of this layer alone; else a
    // directory that nobody owns and that the links of the layer's children name, or whose `lower` fits
    // as no other's does. nullptr where there is none.
    [[nodiscard]] const DriverDirectory* directory_of(std::size_t layer) const;
    // Only the first of the two: no search.
    [[nodiscard]] const DriverDirectory* own_directory(std::size_t layer) const;
    // The search alone, for a lost cache-id.
    [[nodiscard]] const DriverDirectory* candidate_directory(std::size_t layer) const;
    // Whether the same directory would fit another layer as well.
    [[nodiscard]] bool contested(const DriverDirectory& directory) const;

    // The short link's name that belongs to a directory: its `link` if l/ agrees; else the link in l/ that
    // points to it and is no other's; else its `link` if no other directory claims the name.
    [[nodiscard]] LowerElement link_of(std::string_view directory) const;
    // Names in l/ that lead to a directory, its own and others that no other directory's `link` has.
    [[nodiscard]] std::vector<std::string> links_to(std::string_view directory) const;
    // What `lower` of the directory of layer / container must hold, nearest first. nullopt where the
    // chain below is not proven. An empty vector: a base layer, no `lower` file.
    [[nodiscard]] std::optional<std::vector<LowerElement>> expected_lower(std::size_t layer) const;
    // The same for a directory that stands on the layer `top`.
    [[nodiscard]] std::optional<std::vector<LowerElement>> lower_on(const ChainId& top) const;

    // dockerd makes no chain of more than 125 layers, overlay2 no `lower` of more than 128 elements.
    static constexpr std::size_t kMaxDepth = 128;

private:
    void read_images();
    void read_owners();
    void prove_layers();
    void read_links();
    void find_candidates();
    [[nodiscard]] const DriverDirectory* directory_below_children(const ChainId& chain) const;
    [[nodiscard]] const DriverDirectory* search_candidate(std::size_t layer, std::size_t& budget) const;

    const Inventory* inventory_;
    std::unordered_map<ChainId, KnownLayer> known_;
    std::vector<std::vector<ChainId>> chains_;
    std::vector<LayerTruth> truths_;
    std::unordered_map<ChainId, std::size_t> layer_index_;
    std::unordered_map<ChainId, std::vector<std::size_t>> children_;  // proven, by parent
    std::unordered_map<std::string, std::vector<DirectoryOwner>> owners_;
    std::vector<std::size_t> unowned_;  // directories that could be a layer's
    std::unordered_map<std::string, std::size_t> unowned_by_link_;
    std::unordered_map<std::string, std::vector<std::string>> links_to_;  // directory -> names in l/
    std::unordered_map<std::size_t, const DriverDirectory*> candidates_;  // by layer
    std::unordered_map<const DriverDirectory*, std::size_t> candidate_uses_;
    bool search_cut_ = false;                                           // the budget ended it
    std::unordered_map<std::string, std::vector<std::string>> claims_;  // link -> directories naming it
};

// Calls `fn` with the name of each short link in `lower`; elements of another form are left out.
template <class Fn>
void for_each_lower(std::string_view lower, Fn&& fn) {
    while (!lower.empty()) {
        const std::size_t colon = std::min(lower.find(':'), lower.size());
        if (lower.starts_with("l/")) fn(lower.substr(2, colon - 2));
        lower.remove_prefix(std::min(colon + 1, lower.size()));
    }
}

// "l/A:l/B" -> {"A", "B"}; an element of another form gives nullopt for the whole.
[[nodiscard]] std::optional<std::vector<std::string>> split_lower(std::string_view lower);
// Whether `lower` is what is expected, an unknown element standing for any well-formed one.
[[nodiscard]] bool lower_matches(std::string_view lower, const std::vector<LowerElement>& expected);
// Whether a directory stands on what is expected; no `lower` at all for a base layer.
[[nodiscard]] bool has_lower(const DriverDirectory& directory, const std::vector<LowerElement>& expected);
// For evidence: "l/A:l/?".
[[nodiscard]] std::string format_lower(const std::vector<LowerElement>& expected);
// The directory that a short link's target names ("../<directory>/diff"); nullopt for another form.
[[nodiscard]] std::optional<std::string_view> target_directory(std::string_view target);

}  // namespace drydock
