#include "repair/planning.hpp"

#include "validators/victims.hpp"

#include <algorithm>

namespace drydock {

NewObject new_file(std::string text, std::uint32_t mode) {
    return {.kind = NewObject::Kind::file, .text = std::move(text), .mode = mode};
}

Planning::Planning(const PlannedStore& store, const RepairPolicy& policy)
    : store_(store), policy_(policy), family_(store.graph), guard_(store, family_, policy) {
    for (std::size_t i = 0; i < inventory().images.size(); ++i) {
        for (const ChainId& chain : graph().chain_of(i)) {
            images_on_[chain].push_back(i);
        }
    }
    for (const Finding& finding : store_.all) {
        const bool of_cache_id =
            finding.damage == Damage::cache_id_missing || finding.damage == Damage::cache_id_empty ||
            finding.damage == Damage::cache_id_malformed || finding.damage == Damage::cache_id_wrong;
        if (of_cache_id && finding.evidence.expected) ++proofs_[*finding.evidence.expected];
        for (const auto& [layer, directory] : finding.evidence.homes) {
            if (directory != finding.evidence.actual) ++proofs_[directory];
        }
    }
}

bool Planning::is_kept(const std::string& directory) const {
    return std::ranges::find(store_.kept, directory) != store_.kept.end();
}

std::optional<std::size_t> Planning::layer_of(const Finding& finding) const {
    const auto chain =
        finding.subject.kind == SubjectKind::layer ? ChainId::from_text(finding.subject.id) : std::nullopt;
    const LayerRecord* layer = chain ? inventory().find_layer(*chain) : nullptr;
    if (layer == nullptr) return std::nullopt;
    return static_cast<std::size_t>(layer - inventory().layers.data());
}

bool Planning::proves_directory(const std::string& directory) const {
    const auto found = proofs_.find(directory);
    return found != proofs_.end() && found->second == 1 && graph().owners(directory).empty() &&
           inventory().find_directory(directory) != nullptr;
}

void Planning::refuse(const Finding& finding, std::string reason) {
    draft_.refused.push_back({&finding, std::move(reason)});
}

void Planning::write(const Finding& finding, const std::string& path, NewObject object) {
    if (std::string why = guard_.why_blocked(path); !why.empty()) {
        refuse(finding, std::move(why));
        return;
    }
    draft_.steps.push_back({
        .cause = &finding,
        .subject = finding.subject,
        .path = path,
        .action = PlanAction::write,
        .put = std::move(object),
        .witness = finding.witness,
    });
}

bool Planning::set_aside(const Finding& finding, const std::string& path, const std::string& loss) {
    if (!allows_setting_aside(finding)) return false;
    if (std::string why = guard_.why_blocked(path); !why.empty()) {
        refuse(finding, std::move(why));
        return false;
    }
    draft_.steps.push_back({
        .cause = &finding,
        .subject = finding.subject,
        .path = path,
        .action = PlanAction::set_aside,
        .witness = finding.witness,
        .loss = loss.empty() ? std::nullopt : std::optional(loss),
    });
    return true;
}

void Planning::remove(const Finding& finding, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
        if (std::string why = guard_.why_blocked(path); !why.empty()) {
            refuse(finding, std::move(why));
            return;
        }
    }
    auto frees = finding.evidence.frees;
    for (const std::string& path : paths) {
        draft_.steps.push_back({
            .cause = &finding,
            .subject = finding.subject,
            .path = path,
            .action = PlanAction::remove,
            .frees = frees,
        });
        frees.reset();  // it is the sum of all
    }
}

void Planning::make_folder(const std::string& path, std::uint32_t mode) {
    draft_.missing_folders.emplace(path, mode);
}

void Planning::keep(const Seen<std::string>& directory) {
    if (directory.present()) draft_.keeps.insert(directory.value);
}

void Planning::find_losses(Plan& plan) const {
    Losses losses = sort_losses(graph(), lost_images_);
    plan.repull = std::move(losses.repull);
    plan.lost = std::move(losses.lost);
}

void Planning::find_hidden(Plan& plan) const {
    if (dropped_layers_.empty()) return;
    for (std::size_t i = 0; i < inventory().containers.size(); ++i) {
        const ContainerRecord& container = inventory().containers[i];
        const MountRecord* mount = inventory().find_mount(container.id);
        const bool recorded = mount != nullptr && mount->parent.present();
        if (!recorded && !inventory().owns(container)) continue;
        const auto top = recorded ? std::optional(mount->parent.value) : graph().top_chain_of_container(i);
        if (!top) continue;
        const auto chain = graph().ancestry(*top);
        const bool hidden =
            std::ranges::any_of(chain, [&](const auto& one) { return dropped_layers_.contains(one); });
        if (!hidden) continue;
        const ContainerConfig* config = container.own_config();
        plan.hidden.push_back({
            .id = container.id,
            .name = config != nullptr ? config->name : std::string(),
            .writable_path = inventory().writable_path(container.id).value_or(""),
        });
    }
}

Plan Planning::finish() {
    write_tags();
    Plan plan = settle_draft(std::move(draft_), report());
    find_losses(plan);
    find_hidden(plan);
    return plan;
}

}  // namespace drydock
