// See check_store.hpp. The only file that joins scanner and validators.
#include "cli/check_store.hpp"

#include "platform/parallel.hpp"
#include "scanner/freed_space.hpp"
#include "validators/validate.hpp"

#include <utility>

namespace drydock {

namespace {

// The record folder of a store, from ROOT: "image/vfs", "165536.165536/image/overlay2".
std::string place_of(const StoreLocation& location) {
    const std::string folder =
        location.kind == StoreKind::containerd ? location.detail : "image/" + location.driver;
    return location.path == "." ? folder : location.path + '/' + folder;
}

CheckedStore not_checkable(const StoreLocation& location) {
    const bool containerd = location.kind == StoreKind::containerd;
    CheckedStore store;
    store.report.path = location.path;
    store.report.driver = location.driver;
    store.report.checked = false;
    store.report.verdict = Verdict::undetermined;
    Finding finding{.damage = Damage::unreadable, .subject = {SubjectKind::store, {}}};
    finding.subject.id = location.path + ' ' + location.driver;
    finding.path = place_of(location);
    finding.verdict = Verdict::undetermined;
    finding.evidence.detail =
        containerd ? "the containerd image store, which this version cannot read: nothing in it was checked"
                   : "a store of the driver " + location.driver +
                         ", which this version cannot read: nothing in it was checked";
    store.report.findings.push_back(std::move(finding));
    store.report.victims.emplace_back();
    return store;
}

// What it would free to take away that which nobody uses.
void measure_unused(CheckedStore& store, unsigned jobs, const std::stop_token& stop) {
    std::vector<Finding*> unmeasured;
    for (Finding& finding : store.report.findings) {
        if (!finding.evidence.takes.empty() && !finding.evidence.frees) unmeasured.push_back(&finding);
    }
    parallel_for(unmeasured.size(), jobs, stop, [&](std::size_t i, unsigned) {
        Evidence& evidence = unmeasured[i]->evidence;
        evidence.frees = measure_freed_space(*store.folders, *store.inventory, evidence.takes, stop);
    });
}

}  // namespace

CheckedStore check_store_metadata(
    const ReadDir& root,
    const StoreLocation& location,
    const StoreReading& reading,
    const std::stop_token& stop
) {
    if (location.kind != StoreKind::overlay2) {
        return not_checkable(location);
    }
    return check_folders_metadata(open_store(root, location), location, reading, stop);
}

CheckedStore check_folders_metadata(
    StoreFolders folders,
    const StoreLocation& location,
    const StoreReading& reading,
    const std::stop_token& stop
) {
    CheckedStore store;
    store.folders = std::move(folders);
    Inventory inventory = scan_store(*store.folders, location, reading.jobs, stop);
    inventory.set_aside = reading.set_aside;
    store.inventory = std::make_unique<const Inventory>(std::move(inventory));
    if (stop.stop_requested()) {
        // Half an inventory would make everything else look absent.
        store.report.path = location.path;
        store.report.driver = location.driver;
        return store;
    }
    // From here on the inventory does not change, and nothing below this line opens a record again.
    store.graph = std::make_unique<const StoreGraph>(*store.inventory);
    store.report = validate_metadata(*store.graph);
    measure_unused(store, reading.jobs, stop);
    return store;
}

std::map<std::string, std::uint64_t>
measure_containers(const CheckedStore& store, unsigned jobs, const std::stop_token& stop) {
    std::vector<std::string> names;
    for (const MountRecord& mount : store.inventory->mount_records) {
        const std::string* name = mount.mount_id.get();
        if (name != nullptr && store.inventory->find_directory(*name) != nullptr) names.push_back(*name);
    }
    std::vector<std::optional<std::uint64_t>> bytes(names.size());
    parallel_for(names.size(), jobs, stop, [&](std::size_t i, unsigned) {
        bytes[i] = measure_freed_space(
            *store.folders, *store.inventory, {store.inventory->directory_path(names[i], "diff")}, stop
        );
    });
    std::map<std::string, std::uint64_t> result;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (bytes[i]) result.emplace(names[i], *bytes[i]);
    }
    return result;
}

bool has_content_to_check(const CheckedStore& store) {
    return store.graph && store.folders->image && store.folders->driver && has_content(*store.graph);
}

std::uint64_t expected_content_bytes(const CheckedStore& store) {
    std::uint64_t bytes = 0;
    for (const LayerRecord& layer : store.inventory->layers) {
        const std::int64_t* size = layer.size.get();
        bytes += size != nullptr && *size > 0 ? static_cast<std::uint64_t>(*size) : 0;
    }
    return bytes;
}

bool check_store_content(
    CheckedStore& store, unsigned jobs, const std::stop_token& stop, ProgressCounters& progress
) {
    const StoreAccess access{*store.folders->image, *store.folders->driver};
    const ContentOptions options{jobs, stop, progress};
    const bool complete = validate_content(*store.graph, access, options, store.report);
    measure_unused(store, jobs, stop);
    return complete;
}

}  // namespace drydock
