#include "repair/in_use.hpp"

#include "formats/mountinfo.hpp"
#include "platform/dir.hpp"
#include "platform/os_error.hpp"
#include "validators/store_graph.hpp"

#include <algorithm>
#include <set>

namespace drydock {

namespace {

// A host with thousands of containers has some MiB.
constexpr std::size_t kMaxMountinfoBytes = std::size_t{64} << 20U;

bool is_process(const std::string& name) {
    return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

// ".../overlay2/<directory>/diff", "<directory>/work", ".../l/<short link>"
std::string directory_of(const std::string& layer, const Inventory& inventory) {
    const std::size_t slash = layer.rfind('/');
    if (slash == std::string::npos) return {};
    const std::string last = layer.substr(slash + 1);
    const std::string before = layer.substr(0, slash);
    const std::string above = before.substr(before.rfind('/') + 1);
    if (above == "l") {
        const ShortLink* link = inventory.find_short_link(last);
        const std::string* target = link == nullptr ? nullptr : link->target.get();
        const auto directory = target == nullptr ? std::nullopt : target_directory(*target);
        return std::string(directory.value_or(""));
    }
    return last == "diff" || last == "work" ? above : std::string();
}

void add_mounts(const std::string& text, const Inventory& inventory, DirectoriesInUse& in_use) {
    for (const OverlayMount& mount : parse_overlay_mounts(text)) {
        for (const std::string& layer : mount.layers) {
            const std::string directory = directory_of(layer, inventory);
            if (inventory.find_directory(directory) != nullptr) in_use.try_emplace(directory, mount.point);
        }
    }
}

}  // namespace

DirectoriesInUse find_directories_in_use(const Inventory& inventory) {
    DirectoriesInUse in_use;
    if (inventory.directories.empty()) return in_use;
    const ReadDir top = ReadDir::open_path("/");
    const std::optional<ReadDir> proc = top.find("proc");
    if (!proc) return in_use;
    std::set<std::string> texts;
    for (const DirEntry& entry : proc->list()) {
        if (!is_process(entry.name)) continue;
        const SmallFile file = [&]() -> SmallFile {
            const std::optional<ReadDir> process = proc->find(entry.name);
            return process ? read_small_file(*process, "mountinfo", kMaxMountinfoBytes) : SmallFile{};
        }();
        // Most processes share one list of mounts.
        if (file.state == SmallFile::State::present && texts.insert(file.bytes).second) {
            add_mounts(file.bytes, inventory, in_use);
        }
    }
    return in_use;
}

}  // namespace drydock
