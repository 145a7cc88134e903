#include "validators/metadata.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace drydock {

namespace {

// The codes of one record file, by what it turned out to be.
struct FileCodes {
    std::string_view file;
    Damage missing;
    Damage empty;
    Damage malformed;
};

constexpr FileCodes kDiff{
    .file = "diff",
    .missing = Damage::diff_missing,
    .empty = Damage::diff_empty,
    .malformed = Damage::diff_malformed,
};
constexpr FileCodes kCacheId{
    .file = "cache-id",
    .missing = Damage::cache_id_missing,
    .empty = Damage::cache_id_empty,
    .malformed = Damage::cache_id_malformed,
};
constexpr FileCodes kSize{
    .file = "size",
    .missing = Damage::size_missing,
    .empty = Damage::size_empty,
    .malformed = Damage::size_malformed,
};
constexpr FileCodes kParent{
    .file = "parent",
    .missing = Damage::parent_missing,
    .empty = Damage::parent_empty,
    .malformed = Damage::parent_malformed,
};
constexpr FileCodes kTarSplit{
    .file = "tar-split.json.gz",
    .missing = Damage::tar_split_missing,
    .empty = Damage::tar_split_empty,
    .malformed = Damage::tar_split_damaged,
};
constexpr FileCodes kDescriptor{
    .file = "descriptor.json",
    .missing = Damage::descriptor_malformed,  // absent on Linux; never asked for
    .empty = Damage::descriptor_malformed,
    .malformed = Damage::descriptor_malformed,
};

// How a record came to be provable, or not.
struct Proof {
    std::optional<RepairClass> repair;  // nullopt: the kind's own
    std::optional<std::string> witness;
    std::optional<std::string> expected;
};

class RecordCheck {
public:
    RecordCheck(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings)
        : graph_(graph), foundation_(foundation), findings_(findings) {}

    void run(std::size_t index) {
        const LayerRecord& layer = graph_.inventory().layers[index];
        if (!layer.has_files) {
            add(layer, Damage::layer_record_empty, {});
            return;
        }
        if (layer.diff.sight == Sight::unreadable && layer.size.sight == Sight::unreadable &&
            layer.cache_id.sight == Sight::unreadable && layer.tar_split.sight == Sight::unreadable) {
            const std::string path = graph_.inventory().layer_path(layer.chain);
            findings_.push_back(make_unreadable(layer_subject(layer.chain), path, layer.diff.error));
            return;  // the folder, told once
        }
        const LayerTruth& truth = graph_.truth(index);
        check_diff(layer, truth);
        check_parent(layer, truth);
        if (!truth.known && layer.diff.present() && readable_parent(layer)) {
            check_mismatch(index, layer);
        }
        check_file(
            layer, layer.size, kSize, {.repair = {}, .witness = "the layer's own files", .expected = {}}
        );
        check_cache_id(index, layer);
        check_file(layer, layer.tar_split, kTarSplit, {});
        if (layer.descriptor.sight != Sight::absent) {
            check_file(layer, layer.descriptor, kDescriptor, {});
        }
    }

private:
    static bool readable_parent(const LayerRecord& layer) {
        return layer.parent.present() || layer.parent.sight == Sight::absent;
    }

    Finding& add(const LayerRecord& layer, Damage damage, std::string_view file) {
        Finding finding{
            .damage = damage,
            .subject = layer_subject(layer.chain),
            .path = graph_.inventory().layer_path(layer.chain, file),
        };
        return findings_.emplace_back(std::move(finding));
    }

    // Reports a file that is absent, empty, malformed or unreadable; true if it is one of these.
    template <class T>
    bool
    check_file(const LayerRecord& layer, const Seen<T>& seen, const FileCodes& codes, const Proof& proof) {
        Damage damage = codes.missing;
        switch (seen.sight) {
        case Sight::present:
            return false;
        case Sight::absent:
            break;
        case Sight::empty:
            damage = codes.empty;
            break;
        case Sight::malformed:
            damage = codes.malformed;
            break;
        case Sight::unreadable:
            findings_.push_back(make_unreadable(
                layer_subject(layer.chain), graph_.inventory().layer_path(layer.chain, codes.file), seen.error
            ));
            return true;
        }
        Finding& finding = add(layer, damage, codes.file);
        finding.repair = proof.repair;
        finding.witness = proof.witness;
        finding.evidence.expected = proof.expected;
        if (seen.sight == Sight::malformed) finding.evidence.actual = seen.actual;
        return true;
    }

    static Proof proof_of(const LayerTruth& truth, std::optional<std::string> expected) {
        if (!truth.known) {
            return {
                .repair = RepairClass::quarantine,
                .witness = {},
                .expected = {},
            };
        }
        return {
            .repair = RepairClass::rebuild,
            .witness = truth.witness.empty() ? std::optional<std::string>() : truth.witness,
            .expected = std::move(expected),
        };
    }

    void check_diff(const LayerRecord& layer, const LayerTruth& truth) {
        const Proof proof = proof_of(truth, truth.diff.text());
        if (check_file(layer, layer.diff, kDiff, proof)) return;
        if (truth.known && truth.diff != layer.diff.value) {
            Finding& finding = add(layer, Damage::diff_wrong, kDiff.file);
            finding.evidence.expected = truth.diff.text();
            finding.evidence.actual = layer.diff.value.text();
            finding.witness = truth.witness;
        }
    }

    void check_parent(const LayerRecord& layer, const LayerTruth& truth) {
        const auto expected =
            truth.known && truth.parent ? std::optional(truth.parent->text()) : std::nullopt;
        if (layer.parent.sight != Sight::absent) {
            if (check_file(layer, layer.parent, kParent, proof_of(truth, expected))) return;
            if (truth.known && truth.parent != layer.parent.value) {
                Finding& finding = add(layer, Damage::parent_wrong, kParent.file);
                finding.evidence.expected = expected.value_or("no parent: a base layer");
                finding.evidence.actual = layer.parent.value.text();
                finding.witness = truth.witness;
            }
        } else if (truth.known && truth.parent) {
            check_file(layer, layer.parent, kParent, proof_of(truth, expected));
        }
    }

    // Nothing proves either half. `lower` can still tell that a parent is missing.
    void check_mismatch(std::size_t index, const LayerRecord& layer) {
        const DriverDirectory* directory =
            foundation_.directories_known ? graph_.own_directory(index) : nullptr;
        if (layer.parent.sight == Sight::absent && directory != nullptr && directory->lower.present()) {
            Finding& finding = add(layer, Damage::parent_missing, kParent.file);
            finding.repair = RepairClass::quarantine;
            finding.evidence.detail =
                "the driver directory has a `lower`, so there was a parent; no known id proves which";
            return;
        }
        Finding& finding = add(layer, Damage::chain_id_mismatch, {});
        finding.evidence.expected = layer.chain.text();
        finding.evidence.actual =
            chain_id(
                layer.parent.present() ? std::optional(layer.parent.value) : std::nullopt, layer.diff.value
            )
                .text();
    }

    void check_cache_id(std::size_t index, const LayerRecord& layer) {
        if (layer.cache_id.present()) return;
        Proof proof{.repair = RepairClass::quarantine, .witness = {}, .expected = {}};
        const bool lost = layer.cache_id.sight != Sight::unreadable;
        if (lost && foundation_.directories_known) {
            const DriverDirectory* candidate = graph_.candidate_directory(index);
            // Of two records that one directory would fit, the links cannot tell whose it is.
            if (candidate != nullptr && graph_.contested(*candidate)) candidate = nullptr;
            if (candidate != nullptr) {
                proof = {
                    .repair = RepairClass::rebuild,
                    .witness = "the links of directory " + candidate->name,
                    .expected = {},  // structure alone proves nothing to write
                };
            }
        }
        if (check_file(layer, layer.cache_id, kCacheId, proof) && lost) {
            findings_.back().evidence.detail = "needs content";
        }
    }

    const StoreGraph& graph_;
    const StoreFoundation& foundation_;
    Findings& findings_;
};

// Records that name each other in a circle, each circle once, by its members in order of the ids.
std::vector<std::vector<std::size_t>> find_cycles(const Inventory& inventory) {
    enum class Mark : std::uint8_t { fresh, on_path, done };
    std::map<ChainId, std::size_t> index;
    for (std::size_t i = 0; i < inventory.layers.size(); ++i) {
        index.emplace(inventory.layers[i].chain, i);
    }
    std::vector<Mark> marks(inventory.layers.size(), Mark::fresh);
    std::vector<std::vector<std::size_t>> cycles;
    for (std::size_t start = 0; start < inventory.layers.size(); ++start) {
        std::vector<std::size_t> path;
        std::size_t at = start;
        while (marks[at] == Mark::fresh) {
            marks[at] = Mark::on_path;
            path.push_back(at);
            const LayerRecord& layer = inventory.layers[at];
            const auto next = layer.parent.present() ? index.find(layer.parent.value) : index.end();
            if (next == index.end()) break;
            at = next->second;
        }
        if (!path.empty() && marks[at] == Mark::on_path && at != path.back()) {
            cycles.emplace_back(std::find(path.begin(), path.end(), at), path.end());
        } else if (!path.empty() && inventory.layers[at].parent.present() &&
                   inventory.layers[at].parent.value == inventory.layers[at].chain && at == path.back()) {
            cycles.push_back({at});
        }
        for (const std::size_t member : path) {
            marks[member] = Mark::done;
        }
    }
    for (auto& cycle : cycles) {
        std::sort(cycle.begin(), cycle.end());
    }
    return cycles;
}

}  // namespace

void check_layer_records(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings) {
    RecordCheck check(graph, foundation, findings);
    for (std::size_t i = 0; i < graph.inventory().layers.size(); ++i) {
        check.run(i);
    }

    // One finding for each directory that has several owners.
    std::set<std::string> seen;
    for (const LayerRecord& layer : graph.inventory().layers) {
        const std::string* id = layer.cache_id.get();
        if (id == nullptr || !graph.shared(*id) || !seen.insert(*id).second) continue;
        Finding finding{
            .damage = Damage::cache_id_shared,
            .subject = layer_subject(layer.chain),
            .path = graph.inventory().layer_path(layer.chain, "cache-id"),
        };
        finding.evidence.actual = *id;
        for (const DirectoryOwner& owner : graph.owners(*id)) {
            if (owner.kind != DirectoryOwner::Kind::layer) {
                finding.evidence.peers.push_back(graph.inventory().mount_records[owner.index].name);
            } else if (graph.inventory().layers[owner.index].chain != layer.chain) {
                finding.evidence.peers.push_back(graph.inventory().layers[owner.index].chain.text());
            }
        }
        finding.evidence.detail = "needs content";
        findings.push_back(std::move(finding));
    }
}

namespace {

// A circle of hashes cannot be: at least one `parent` in it is wrong. It is the root cause.
Finding make_cycle_finding(const StoreGraph& graph, const std::vector<std::size_t>& cycle) {
    const Inventory& inventory = graph.inventory();
    const ChainId& first = inventory.layers[cycle.front()].chain;
    Finding finding{
        .damage = Damage::parent_cycle,
        .subject = layer_subject(first),
        .path = inventory.layer_path(first, "parent"),
    };
    for (const std::size_t index : cycle) {
        const LayerRecord& layer = inventory.layers[index];
        const LayerTruth& truth = graph.truth(index);
        if (layer.chain != first) finding.evidence.peers.push_back(layer.chain.text());
        if (!truth.known) {
            finding.repair = RepairClass::quarantine;
        } else if (truth.parent != layer.parent.value) {
            // The one whose `parent` is proven wrong is the place to mend.
            finding.path = inventory.layer_path(layer.chain, "parent");
            finding.witness = truth.witness;
            finding.evidence.actual = layer.parent.value.text();
            finding.evidence.expected =
                truth.parent ? truth.parent->text() : std::string("no parent: a base layer");
        }
    }
    return finding;
}

void check_cycles(const StoreGraph& graph, Findings& findings) {
    for (const auto& cycle : find_cycles(graph.inventory())) {
        std::set<std::string> members;
        for (const std::size_t index : cycle) {
            members.insert(graph.inventory().layers[index].chain.text());
        }
        std::erase_if(findings, [&](const Finding& finding) {
            const bool about_parent =
                finding.damage == Damage::parent_wrong || finding.damage == Damage::chain_id_mismatch;
            return about_parent && members.contains(finding.subject.id);
        });
        findings.push_back(make_cycle_finding(graph, cycle));
    }
}

// Absent records, and who stands on them.
std::map<ChainId, std::set<std::string>> find_absent_records(const StoreGraph& graph) {
    const Inventory& inventory = graph.inventory();
    std::map<ChainId, std::set<std::string>> absent;
    for (std::size_t i = 0; i < inventory.layers.size(); ++i) {
        const LayerTruth& truth = graph.truth(i);
        if (truth.known && truth.parent && inventory.find_layer(*truth.parent) == nullptr) {
            absent[*truth.parent].insert(inventory.layers[i].chain.text());
        }
    }
    for (const MountRecord& mount : inventory.mount_records) {
        const bool names_absent =
            mount.parent.present() && inventory.find_layer(mount.parent.value) == nullptr;
        if (names_absent && graph.known(mount.parent.value) != nullptr) {
            absent[mount.parent.value].insert(mount.name);
        }
    }
    return absent;
}

}  // namespace

void check_layer_chains(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings) {
    check_cycles(graph, findings);
    if (!foundation.layers_known) return;
    for (const auto& [chain, peers] : find_absent_records(graph)) {
        Finding finding{
            .damage = Damage::layer_record_missing,
            .subject = layer_subject(chain),
            .path = graph.inventory().layer_path(chain),
        };
        finding.evidence.peers.assign(peers.begin(), peers.end());
        findings.push_back(std::move(finding));
    }
}

}  // namespace drydock
