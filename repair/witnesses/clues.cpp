#include "repair/witnesses/clues.hpp"

#include "platform/os_error.hpp"
#include "repair/witnesses/layer_size.hpp"
#include "scanner/look.hpp"

namespace drydock {

namespace {

bool asks_for_size(const Finding& finding) {
    return finding.damage == Damage::size_missing || finding.damage == Damage::size_empty ||
           finding.damage == Damage::size_malformed;
}

bool asks_for_tags(const Finding& finding) {
    return finding.damage == Damage::repositories_empty || finding.damage == Damage::repositories_corrupt;
}

// Directories that the content proved to be those of layers whose `cache-id` is lost.
std::map<std::string, std::string> proven_directories(const StoreReport& report) {
    std::map<std::string, std::string> result;
    for (const Finding& finding : report.findings) {
        const bool of_cache_id =
            finding.damage == Damage::cache_id_missing || finding.damage == Damage::cache_id_empty ||
            finding.damage == Damage::cache_id_malformed || finding.damage == Damage::cache_id_wrong;
        if (of_cache_id && finding.witness && finding.evidence.expected) {
            result.emplace(finding.subject.id, *finding.evidence.expected);
        }
    }
    return result;
}

void gather_sizes(
    const StoreFolders& folders,
    const StoreGraph& graph,
    const StoreReport& report,
    const std::stop_token& stop,
    Clues& clues
) {
    const auto proven = proven_directories(report);
    for (const Finding& finding : report.findings) {
        const auto chain = asks_for_size(finding) ? ChainId::from_text(finding.subject.id) : std::nullopt;
        const LayerRecord* layer = chain ? graph.inventory().find_layer(*chain) : nullptr;
        if (layer == nullptr || !folders.driver) continue;
        std::string directory;
        if (const auto found = proven.find(finding.subject.id); found != proven.end()) {
            directory = found->second;
        } else if (const DriverDirectory* own =
                       graph.own_directory(static_cast<std::size_t>(layer - graph.inventory().layers.data())
                       )) {
            directory = own->name;
        }
        if (directory.empty()) continue;
        const auto size = sum_layer_size(*folders.driver, directory + "/diff", stop);
        if (size && !stop.stop_requested()) clues.sizes.emplace(*chain, *size);
    }
}

void gather_tags(const StoreFolders& folders, Clues& clues) {
    if (!folders.image) return;
    SmallFile file = read_small_file(*folders.image, "repositories.json", kMaxRepositoriesBytes);
    if (file.state == SmallFile::State::unreadable) {
        throw OsError(file.error, "read", folders.image->path() + "/repositories.json");
    }
    if (file.state == SmallFile::State::present) clues.repositories_text = std::move(file.bytes);
}

}  // namespace

Clues gather_clues(
    const StoreFolders& folders,
    const StoreGraph& graph,
    const StoreReport& report,
    const std::stop_token& stop
) {
    Clues clues;
    if (!report.findings.empty()) clues.in_use = find_directories_in_use(graph.inventory());
    gather_sizes(folders, graph, report, stop, clues);
    for (const Finding& finding : report.findings) {
        if (!asks_for_tags(finding)) continue;
        gather_tags(folders, clues);
        break;
    }
    return clues;
}

}  // namespace drydock
