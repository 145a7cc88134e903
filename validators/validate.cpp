#include "validators/validate.hpp"

#include "platform/parallel.hpp"
#include "validators/metadata.hpp"
#include "validators/ownership.hpp"
#include "validators/victims.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace drydock {

namespace {

constexpr std::string_view kNeedsContent = "needs content";

Verdict verdict_of(const StoreReport& report) {
    Verdict result = Verdict::sound;
    const auto raise = [&](Verdict verdict, Severity severity) {
        if (verdict == Verdict::damaged && severity > Severity::note) result = Verdict::damaged;
        if (verdict == Verdict::undetermined && result == Verdict::sound) result = Verdict::undetermined;
    };
    for (const Finding& finding : report.findings) {
        raise(finding.verdict, finding.effective_severity());
    }
    for (const UnlistedFindings& group : report.unlisted) {
        raise(group.damage == Damage::unreadable ? Verdict::undetermined : Verdict::damaged, group.severity);
    }
    return result;
}

// A ruined or hostile store must not take all memory for saying so. What is cut is counted.
constexpr std::size_t kMaxListedOfKind = 10'000;

void limit_findings(StoreReport& report) {
    std::stable_sort(report.findings.begin(), report.findings.end(), report_order);
    std::map<Damage, std::size_t> listed;
    std::map<Damage, UnlistedFindings> cut;
    std::erase_if(report.findings, [&](const Finding& finding) {
        if (++listed[finding.damage] <= kMaxListedOfKind) return false;
        UnlistedFindings& group = cut[finding.damage];
        group.subject = finding.subject;
        group.damage = finding.damage;
        group.severity = finding.effective_severity();
        ++group.count;
        return true;
    });
    for (const auto& [damage, group] : cut) {
        report.unlisted.push_back(group);
    }
}

// What nobody uses, in the light of all other findings.
void check_unused(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings) {
    const Ownership ownership(graph, foundation, findings);
    check_orphans(graph, ownership, foundation, findings);
    check_leftovers(graph, ownership, findings);
}

// That a directory is no layer's rests on every `cache-id` being right, which only the bytes prove.
void set_needs_content(Findings& findings, bool needed) {
    for (Finding& finding : findings) {
        if (finding.damage != Damage::driver_directory_orphan) continue;
        if (form_of(finding.subject.id) == DirectoryName::init) continue;
        finding.evidence.detail = needed ? std::optional<std::string>(kNeedsContent) : std::nullopt;
    }
}

bool is_unused(Damage damage) {
    return damage >= Damage::layer_record_orphan && damage <= Damage::temporary_leftover;
}

// A lost cache-id that the content has proven no longer stands in the way of the others.
void check_unused_again(const StoreGraph& graph, StoreReport& report) {
    const bool any_lost = std::ranges::any_of(report.findings, [](const Finding& finding) {
        return finding.damage == Damage::cache_id_wrong || finding.damage == Damage::cache_id_missing ||
               finding.damage == Damage::cache_id_empty || finding.damage == Damage::cache_id_malformed;
    });
    if (!any_lost) return;
    Findings scratch;
    const StoreFoundation foundation = check_foundation(graph, scratch);
    std::erase_if(report.findings, [](const Finding& finding) { return is_unused(finding.damage); });
    Findings fresh;
    const Ownership ownership(graph, foundation, report.findings);
    check_orphans(graph, ownership, foundation, fresh);
    check_leftovers(graph, ownership, fresh);
    for (Finding& finding : fresh) {
        // What could not be read has been told.
        if (is_unused(finding.damage)) report.findings.push_back(std::move(finding));
    }
}

void name_things(const StoreGraph& graph, StoreReport& report) {
    const Inventory& inventory = graph.inventory();
    for (const ContainerRecord& container : inventory.containers) {
        if (const ContainerConfig* config = container.own_config()) {
            report.container_names.emplace(container.id, config->name);
        }
    }
    const Repositories* repositories = inventory.repositories.get();
    if (repositories == nullptr) return;
    for (const TagRecord& tag : repositories->tags) {
        const ImageRecord* image = tag.image && !tag.is_digest ? inventory.find_image(*tag.image) : nullptr;
        if (image == nullptr) continue;
        for (const ChainId& chain :
             graph.chain_of(static_cast<std::size_t>(image - inventory.images.data()))) {
            report.names_of_layers.emplace(chain.text(), tag.reference);
        }
    }
}

// A finding of the metadata pass, in the light of the layer's content.
class Refinement {
public:
    Refinement(const StoreGraph& graph, LayerChecker& checker) : graph_(graph), checker_(checker) {}

    void refine(Finding& finding, const LayerOutcome& outcome, std::size_t layer) {
        if (finding.evidence.detail == kNeedsContent && !outcome.stopped) finding.evidence.detail.reset();
        const Damage damage = finding.damage;
        if (damage == Damage::driver_directory_missing) {
            if (outcome.directory) refine_missing(finding, *outcome.directory, layer);
        } else if (damage == Damage::cache_id_missing || damage == Damage::cache_id_empty ||
                   damage == Damage::cache_id_malformed) {
            refine_cache_id(finding, outcome.directory);
        } else if (damage == Damage::cache_id_shared) {
            refine_shared(finding, layer);
        } else if (damage == Damage::diff_missing || damage == Damage::diff_empty ||
                   damage == Damage::diff_malformed || damage == Damage::chain_id_mismatch) {
            if (outcome.digest) refine_diff(finding, *outcome.digest, layer);
        }
    }

private:
    static constexpr std::string_view kBytes = "the directory's own bytes, which hash to the diff id";

    void refine_missing(Finding& finding, const std::string& directory, std::size_t layer) {
        const LayerRecord& record = graph_.inventory().layers[layer];
        finding.damage = Damage::cache_id_wrong;
        finding.path = graph_.inventory().layer_path(record.chain, "cache-id");
        finding.evidence.expected = directory;
        finding.evidence.actual = record.cache_id.value;
        finding.witness = kBytes;
    }

    static void refine_cache_id(Finding& finding, const std::optional<std::string>& directory) {
        if (directory) {
            finding.evidence.expected = directory;
            finding.witness = kBytes;
            finding.repair = RepairClass::rebuild;
        } else {
            finding.evidence.expected.reset();
            finding.witness.reset();
            finding.repair = RepairClass::quarantine;
        }
    }

    // Of several records on one directory, the bytes tell whose it is; the others may have lost theirs
    // to nobody.
    void refine_shared(Finding& finding, std::size_t layer) {
        const Inventory& inventory = graph_.inventory();
        const std::string& directory = inventory.layers[layer].cache_id.value;
        bool all_proven = true;
        std::string detail;
        for (const DirectoryOwner& owner : graph_.owners(directory)) {
            if (owner.kind != DirectoryOwner::Kind::layer) continue;
            const std::string id = inventory.layers[owner.index].chain.text();
            if (checker_.proves(owner.index, directory)) {
                detail = "its bytes are those of " + id;
                finding.evidence.homes.emplace(id, directory);
            } else if (const auto other = checker_.search_directory(owner.index)) {
                detail += (detail.empty() ? "" : "; ") + ("the bytes of " + id) + " lie in " + *other;
                finding.evidence.homes.emplace(id, *other);
            } else {
                all_proven = false;
            }
        }
        if (!detail.empty()) finding.evidence.detail = detail;
        if (all_proven) {
            finding.witness = kBytes;
        } else {
            finding.repair = RepairClass::quarantine;
        }
    }

    void refine_diff(Finding& finding, const DiffId& digest, std::size_t layer) {
        const LayerRecord& record = graph_.inventory().layers[layer];
        if (graph_.truth(layer).known) return;
        const auto parent = record.parent.present() ? std::optional(record.parent.value) : std::nullopt;
        if (chain_id(parent, digest) != record.chain) return;
        if (finding.damage == Damage::chain_id_mismatch) {
            finding.damage = Damage::diff_wrong;
            finding.path = graph_.inventory().layer_path(record.chain, "diff");
            finding.evidence.actual = record.diff.value.text();
        }
        finding.evidence.expected = digest.text();
        finding.witness = kBytes;
        finding.repair = RepairClass::rebuild;
    }

    const StoreGraph& graph_;
    LayerChecker& checker_;
};

// Largest first, so that the last one under way is a small one.
std::vector<std::size_t> by_size(const Inventory& inventory) {
    std::vector<std::size_t> order(inventory.layers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto weight = [&](std::size_t i) {
        const std::int64_t* size = inventory.layers[i].size.get();
        const std::int64_t* tar_split = inventory.layers[i].tar_split.get();
        // `size` is not to be trusted, only good for an order.
        return std::max(size != nullptr ? *size : 0, tar_split != nullptr ? *tar_split : 0);
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return weight(a) > weight(b);
    });
    return order;
}

}  // namespace

void settle(const StoreGraph& graph, StoreReport& report) {
    std::stable_sort(report.findings.begin(), report.findings.end(), report_order);
    VictimIndex index(graph);
    report.victims.clear();
    for (const Finding& finding : report.findings) {
        report.victims.push_back(index.of(finding));
    }
    Losses losses = find_losses(graph, report);
    report.repull = std::move(losses.repull);
    report.lost = std::move(losses.lost);
    report.verdict = verdict_of(report);
}

StoreReport validate_metadata(const StoreGraph& graph) {
    const Inventory& inventory = graph.inventory();
    StoreReport report;
    report.path = inventory.store_path;
    report.driver = inventory.driver;
    report.layers = inventory.layers.size();
    report.driver_directories = inventory.directories.size();
    report.images = static_cast<std::uint64_t>(std::count_if(
        inventory.images.begin(),
        inventory.images.end(),
        [](const ImageRecord& image) { return image.config.sight != Sight::absent; }
    ));
    report.containers = static_cast<std::uint64_t>(std::count_if(
        inventory.containers.begin(),
        inventory.containers.end(),
        [&](const auto& container) { return inventory.owns(container); }
    ));
    if (const Repositories* repositories = inventory.repositories.get()) {
        report.tags = repositories->tag_count();
    }
    name_things(graph, report);

    const StoreFoundation foundation = check_foundation(graph, report.findings);
    check_layer_records(graph, foundation, report.findings);
    check_layer_chains(graph, foundation, report.findings);
    check_images(graph, foundation, report.findings);
    check_references(graph, foundation, report.findings);
    check_driver_directories(graph, foundation, report.findings);
    check_mounts(graph, foundation, report.findings);
    check_databases(graph, foundation, report.findings);
    check_containers(graph, foundation, report.findings);
    check_unused(graph, foundation, report.findings);
    set_needs_content(report.findings, true);
    tell_writable_data(inventory, report.findings);
    limit_findings(report);
    settle(graph, report);
    return report;
}

bool has_content(const StoreGraph& graph) {
    const Inventory& inventory = graph.inventory();
    return !inventory.layers.empty() && !inventory.directories.empty();
}

bool validate_content(
    const StoreGraph& graph, const StoreAccess& access, const ContentOptions& options, StoreReport& report
) {
    const Inventory& inventory = graph.inventory();
    const std::vector<std::size_t> order = by_size(inventory);
    options.progress.layers_total = order.size();
    std::vector<LayerOutcome> outcomes(order.size());
    std::vector<std::unique_ptr<LayerChecker>> checkers(std::max(1U, options.jobs));
    parallel_for(order.size(), options.jobs, options.stop, [&](std::size_t i, unsigned worker) {
        auto& checker = checkers.at(worker);
        if (!checker) checker = std::make_unique<LayerChecker>(graph, access, options.progress, options.stop);
        outcomes[order[i]] = checker->check(order[i]);
        ++options.progress.layers_done;
    });

    LayerChecker checker(graph, access, options.progress, options.stop);
    Refinement refinement(graph, checker);
    for (Finding& finding : report.findings) {
        const auto chain = finding.subject.kind == SubjectKind::layer ? ChainId::from_text(finding.subject.id)
                                                                      : std::nullopt;
        const LayerRecord* layer = chain ? inventory.find_layer(*chain) : nullptr;
        if (layer == nullptr) continue;
        const auto index = static_cast<std::size_t>(layer - inventory.layers.data());
        refinement.refine(finding, outcomes[index], index);
    }
    bool complete = !options.stop.stop_requested();
    for (LayerOutcome& outcome : outcomes) {
        complete = complete && !outcome.stopped;
        report.bytes_verified += outcome.bytes_verified;
        report.unlisted.insert(report.unlisted.end(), outcome.unlisted.begin(), outcome.unlisted.end());
        std::move(outcome.findings.begin(), outcome.findings.end(), std::back_inserter(report.findings));
    }
    if (complete) {
        check_unused_again(graph, report);
        set_needs_content(report.findings, false);
    }
    settle(graph, report);
    return complete;
}

}  // namespace drydock
