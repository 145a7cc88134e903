// "drydock.show.v1": one object with a member for each store, written store by store. A value that its
// record does not hold is null. Ids carry their algorithm, names are bytes made text by json_text.
#include "report/json_stream.hpp"
#include "report/safe_text.hpp"
#include "report/show.hpp"
#include "report/show_containers.hpp"
#include "report/show_focus.hpp"
#include "report/show_usage.hpp"
#include "report/version.hpp"

#include <nlohmann/json.hpp>

namespace drydock {

namespace {

using Json = nlohmann::ordered_json;

template <class Id>
Json digests(const std::vector<Id>& ids) {
    Json array = Json::array();
    for (const Id& id : ids) {
        array.push_back(id.text());
    }
    return array;
}

Json strings(const std::vector<std::string>& items) {
    Json array = Json::array();
    for (const std::string& item : items) {
        array.push_back(json_text(item));
    }
    return array;
}

template <class Id>
Json digest_or_null(const Seen<Id>& seen) {
    return seen.present() ? Json(seen.value.text()) : Json(nullptr);
}

Json text_or_null(const Seen<std::string>& seen) {
    return seen.present() ? Json(json_text(seen.value)) : Json(nullptr);
}

Json images_json(const Inventory& store, const Usage& usage, const Focus& focus) {
    Json array = Json::array();
    for (const ImageRecord& record : store.images) {
        if (!focus.image(record.id)) continue;
        const ImageUse& use = usage.images.at(record.id);
        Json json = Json::object();
        json["id"] = record.id.text();
        json["config"] = sight_text(record.config.sight);
        json["tags"] = strings(use.tags);
        json["parent"] = digest_or_null(record.parent);
        json["size"] = use.bytes;
        json["frees"] = use.frees;
        json["layers"] = digests(use.layers);
        array.push_back(std::move(json));
    }
    return array;
}

Json layers_json(const Inventory& store, const Usage& usage, const Focus& focus) {
    static const LayerUse unused;
    Json array = Json::array();
    for (const LayerRecord& record : store.layers) {
        if (!focus.layer(record.chain)) continue;
        const auto found = usage.layers.find(record.chain);
        const LayerUse& use = found == usage.layers.end() ? unused : found->second;
        Json json = Json::object();
        json["id"] = record.chain.text();
        json["diff_id"] = digest_or_null(record.diff);
        json["parent"] = digest_or_null(record.parent);
        json["directory"] = text_or_null(record.cache_id);
        json["size"] = record.size.present() ? Json(record.size.value) : Json(nullptr);
        json["images"] = digests(use.images);
        json["children"] = digests(use.children);
        json["containers"] = strings(use.containers);
        json["build_cache"] = strings(use.builders);
        array.push_back(std::move(json));
    }
    return array;
}

Json containers_json(const Inventory& store, const Focus& focus) {
    Json array = Json::array();
    for (const ContainerRecord& record : store.containers) {
        if (!focus.container(record.id)) continue;
        const ContainerConfig* config = record.own_config();
        const MountRecord* mount = store.find_mount(record.id);
        Json json = Json::object();
        json["id"] = json_text(record.id);
        json["config"] = sight_text(record.config.sight);
        json["name"] = config != nullptr ? Json(json_text(config->name)) : Json(nullptr);
        json["image"] = config != nullptr ? Json(json_text(config->image)) : Json(nullptr);
        json["driver"] = config != nullptr ? Json(json_text(config->driver)) : Json(nullptr);
        json["layer"] = mount != nullptr ? digest_or_null(mount->parent) : Json(nullptr);
        json["directory"] = mount != nullptr ? text_or_null(mount->mount_id) : Json(nullptr);
        json["init_directory"] = mount != nullptr ? text_or_null(mount->init_id) : Json(nullptr);
        const auto writable = store.writable_path(record.id);
        json["writable"] = writable ? Json(json_text(*writable)) : Json(nullptr);
        const std::string hidden = hidden_reason(store, record);
        json["hidden"] = hidden.empty() ? Json(nullptr) : Json(hidden);
        array.push_back(std::move(json));
    }
    return array;
}

// What is known of a directory's size without reading it all: a layer's record, what a container wrote.
Json bytes_of(const ShownStore& store, const std::string& name, const DirectoryUse& use) {
    if (const auto written = store.written.find(name); written != store.written.end()) return written->second;
    const auto chain = use.owner == "layer" ? ChainId::from_text(use.id) : std::nullopt;
    const LayerRecord* layer = chain ? store.inventory.find_layer(*chain) : nullptr;
    if (layer != nullptr && layer->size.present()) return recorded_size(*layer);
    for (const Finding& finding : store.report.findings) {
        if (finding.damage == Damage::driver_directory_orphan && finding.subject.id == name &&
            finding.evidence.frees) {
            return *finding.evidence.frees;
        }
    }
    return nullptr;
}

Json directories_json(const ShownStore& store, const Usage& usage, const Focus& focus) {
    Json array = Json::array();
    for (const DriverDirectory& directory : store.inventory.directories) {
        if (!focus.directory(directory.name)) continue;
        const DirectoryUse& use = usage.directories.at(directory.name);
        Json json = Json::object();
        json["name"] = json_text(directory.name);
        json["owner"] = Json{
            {"kind", use.owner},
            {"id", use.id.empty() ? Json(nullptr) : Json(json_text(use.id))},
        };
        json["bytes"] = bytes_of(store, directory.name, use);
        array.push_back(std::move(json));
    }
    return array;
}

Json builder_json(const Inventory& store, const Focus& focus) {
    Json array = Json::array();
    for (const BuilderSnapshot& snapshot : store.builder.snapshots.value) {
        if (!focus.snapshot(snapshot)) continue;
        const std::string& directory = snapshot.committed.empty() ? snapshot.key : snapshot.committed;
        Json json = Json::object();
        json["key"] = json_text(snapshot.key);
        json["parent"] = snapshot.parent.empty() ? Json(nullptr) : Json(json_text(snapshot.parent));
        json["layer"] = snapshot.chain ? Json(snapshot.chain->text()) : Json(nullptr);
        json["directory"] =
            store.find_directory(directory) != nullptr ? Json(json_text(directory)) : Json(nullptr);
        array.push_back(std::move(json));
    }
    return array;
}

Json unused_json(const StoreReport& report, const Focus& focus) {
    Json array = Json::array();
    for (const Finding& finding : report.findings) {
        if (!is_unused(finding) || !focus.unused(finding)) continue;
        Json json = Json::object();
        json["code"] = describe(finding.damage).code;
        json["id"] = json_text(finding.subject.id);
        json["takes"] = strings(finding.evidence.takes);
        json["frees"] = finding.evidence.frees ? Json(*finding.evidence.frees) : Json(nullptr);
        array.push_back(std::move(json));
    }
    return array;
}

Json store_json(const ShownStore& shown) {
    const Inventory& store = shown.inventory;
    const Usage usage(store, shown.report);
    const Focus focus(shown, usage);
    Json json = Json::object();
    json["path"] = json_text(store.store_path);
    json["driver"] = json_text(store.driver);
    json["images"] = images_json(store, usage, focus);
    json["layers"] = layers_json(store, usage, focus);
    json["containers"] = containers_json(store, focus);
    json["driver_directories"] = directories_json(shown, usage, focus);
    json["build_cache"] = builder_json(store, focus);
    json["unused"] = unused_json(shown.report, focus);
    json["totals"] = Json{
        {"images", store.images.size()},
        {"tags", store.repositories.value.tag_count()},
        {"layers", store.layers.size()},
        {"containers", usage.containers},
        {"driver_directories", store.directories.size()},
        {"layer_bytes", usage.layer_bytes},
        {"unused_bytes", usage.unused_bytes},
    };
    return json;
}

}  // namespace

void write_show_json(const std::string& root, const std::vector<ShownStore>& stores, std::ostream& out) {
    JsonObjectStream json(out);
    json.member("schema", "drydock.show.v1");
    json.member("tool", Json{{"name", "drydock"}, {"version", version()}});
    json.member("root", json_text(root));
    json.begin_array("stores");
    for (const ShownStore& store : stores) {
        json.element(store_json(store));
    }
    json.end_array();
    json.finish();
}

}  // namespace drydock
