#include "validators/victims.hpp"

#include <algorithm>
#include <set>

namespace drydock {

namespace {

template <class Map>
std::vector<std::string> lookup(const Map& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::vector<std::string>() : found->second;
}

template <class Map>
void sort_values(Map& map) {
    for (auto& [key, values] : map) {
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
    }
}

// "localhost:5000/app", "example.com/app": the first component is a host.
bool names_registry(const std::string& repository) {
    const std::size_t slash = repository.find('/');
    if (slash == std::string::npos) return false;
    const std::string domain = repository.substr(0, slash);
    return domain == "localhost" || domain.find_first_of(".:") != std::string::npos;
}

bool adds_peers(Damage damage) {
    return damage == Damage::cache_id_shared || damage == Damage::parent_cycle ||
           damage == Damage::layer_removing_live;
}

}  // namespace

VictimIndex::VictimIndex(const StoreGraph& graph) : graph_(graph) {
    const Inventory& inventory = graph.inventory();
    for (std::size_t i = 0; i < inventory.images.size(); ++i) {
        for (const ChainId& chain : graph.chain_of(i)) {
            images_of_layer_[chain.text()].push_back(inventory.images[i].id.text());
        }
    }
    for (std::size_t i = 0; i < inventory.containers.size(); ++i) {
        add_container(i);
    }
    for (const TagRecord& tag : inventory.repositories.value.tags) {
        if (tag.image && !tag.is_digest) tags_of_image_[tag.image->text()].push_back(tag.reference);
    }
    sort_values(images_of_layer_);
    sort_values(containers_of_layer_);
    sort_values(tags_of_image_);
}

void VictimIndex::add_container(std::size_t index) {
    const Inventory& inventory = graph_.inventory();
    const ContainerRecord& container = inventory.containers[index];
    const MountRecord* mount = inventory.find_mount(container.id);
    const bool recorded = mount != nullptr && mount->parent.present();
    if (!recorded && !inventory.owns(container)) return;
    const auto top = recorded ? std::optional(mount->parent.value) : graph_.top_chain_of_container(index);
    if (!top) return;
    for (const ChainId& chain : graph_.ancestry(*top)) {
        containers_of_layer_[chain.text()].push_back(container.id);
    }
}

SharedVictims VictimIndex::of(const Finding& finding) {
    // Peers add to the victims of these two; the others depend on the subject alone.
    if (adds_peers(finding.damage)) {
        return find(finding);
    }
    const auto known = shared_.find(finding.subject);
    if (known != shared_.end()) return known->second;
    return shared_.emplace(finding.subject, find(finding)).first->second;
}

Victims VictimIndex::find(const Finding& finding) const {
    Victims result;
    switch (finding.subject.kind) {
    case SubjectKind::layer: {
        result = of_layer(finding.subject.id);
        // Two records of one directory, or a circle, hurt whatever stands on any of them; a removal hurts
        // those who use the directory that it would take.
        if (adds_peers(finding.damage)) {
            for (const std::string& peer : finding.evidence.peers) {
                Victims more = of_layer(peer);
                if (graph_.inventory().find_container(peer) != nullptr) more.containers.push_back(peer);
                result.images.insert(result.images.end(), more.images.begin(), more.images.end());
                result.tags.insert(result.tags.end(), more.tags.begin(), more.tags.end());
                result.containers.insert(
                    result.containers.end(), more.containers.begin(), more.containers.end()
                );
            }
        }
        break;
    }
    case SubjectKind::image:
        result = of_image(finding.subject.id);
        break;
    case SubjectKind::tag:
        result.tags.push_back(finding.subject.id);
        break;
    case SubjectKind::container:
        // A mount record may have no container.
        if (finding.damage != Damage::mount_record_orphan) result.containers.push_back(finding.subject.id);
        if (finding.damage == Damage::cache_id_shared) {
            const auto& peers = finding.evidence.peers;
            result.containers.insert(result.containers.end(), peers.begin(), peers.end());
        }
        break;
    case SubjectKind::store:
        result = of_store();
        break;
    case SubjectKind::driver_directory:
    case SubjectKind::distribution:
    case SubjectKind::database:
    case SubjectKind::file:
        break;
    }
    for (auto* list : {&result.images, &result.tags, &result.containers}) {
        std::sort(list->begin(), list->end());
        list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    return result;
}

Victims VictimIndex::of_layer(const std::string& id) const {
    Victims result;
    result.images = lookup(images_of_layer_, id);
    for (const std::string& image : result.images) {
        const auto tags = lookup(tags_of_image_, image);
        result.tags.insert(result.tags.end(), tags.begin(), tags.end());
    }
    result.containers = lookup(containers_of_layer_, id);
    return result;
}

Victims VictimIndex::of_image(const std::string& id) const {
    Victims result;
    if (ImageId::from_text(id)) result.images.push_back(id);
    result.tags = lookup(tags_of_image_, id);
    return result;
}

Victims VictimIndex::of_store() const {
    Victims result;
    for (const ImageRecord& image : graph_.inventory().images) {
        if (image.config.sight != Sight::absent) result.images.push_back(image.id.text());
    }
    for (const auto& [image, tags] : tags_of_image_) {
        result.tags.insert(result.tags.end(), tags.begin(), tags.end());
    }
    for (const ContainerRecord& container : graph_.inventory().containers) {
        if (graph_.inventory().owns(container)) result.containers.push_back(container.id);
    }
    return result;
}

namespace {

// Images that stay unusable although everything provable is rebuilt.
std::set<std::string> unusable_images(const StoreReport& report) {
    std::set<std::string> result;
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
        const Finding& finding = report.findings[i];
        const RepairClass repair = finding.effective_repair();
        const bool stays = repair == RepairClass::needs_donor || repair == RepairClass::quarantine;
        const bool of_images =
            finding.subject.kind == SubjectKind::layer || finding.subject.kind == SubjectKind::image;
        if (stays && of_images && finding.verdict == Verdict::damaged &&
            finding.effective_severity() >= Severity::error) {
            result.insert(report.victims[i]->images.begin(), report.victims[i]->images.end());
        }
    }
    return result;
}

// Images whose topmost layer came from a registry, as a distribution record says.
std::set<std::string> pulled_images(const StoreGraph& graph) {
    const Inventory& inventory = graph.inventory();
    std::set<DiffId> pulled;
    for (const DistributionRecord& record : inventory.distribution) {
        if (record.diff && !record.repositories.empty()) pulled.insert(*record.diff);
    }
    std::set<std::string> result;
    for (std::size_t i = 0; i < inventory.images.size(); ++i) {
        const auto& chain = graph.chain_of(i);
        const KnownLayer* top = chain.empty() ? nullptr : graph.known(chain.back());
        if (top != nullptr && pulled.contains(top->diff)) result.insert(inventory.images[i].id.text());
    }
    return result;
}

}  // namespace

Losses find_losses(const StoreGraph& graph, const StoreReport& report) {
    return sort_losses(graph, unusable_images(report));
}

Losses sort_losses(const StoreGraph& graph, const std::set<std::string>& images) {
    Losses result;
    if (images.empty()) return result;
    std::set<std::string> with_registry = pulled_images(graph);
    std::map<std::string, std::vector<std::string>> references;
    for (const TagRecord& tag : graph.inventory().repositories.value.tags) {
        if (!tag.image) continue;
        references[tag.image->text()].push_back(tag.reference);
        if (tag.is_digest || names_registry(tag.repository)) with_registry.insert(tag.image->text());
    }
    for (const std::string& id : images) {
        ImageLoss loss{.image = id, .refs = lookup(references, id)};
        std::sort(loss.refs.begin(), loss.refs.end());
        (with_registry.contains(id) ? result.repull : result.lost).push_back(std::move(loss));
    }
    return result;
}

}  // namespace drydock
