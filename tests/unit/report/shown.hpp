// A small store, and what `show` says of it.
#pragma once

#include "cli/show_seeds.hpp"
#include "report/show.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace drydock::test {

template <class T>
Seen<T> seen(T value) {
    Seen<T> result;
    result.sight = Sight::present;
    result.value = std::move(value);
    return result;
}

inline const std::string kContainer(64, 'c');
inline const std::string kMount(64, 'd');

// Two layers, one image with a tag and one whose config is gone, a container, one directory of nobody.
inline Inventory small_store() {
    Inventory store;
    store.store_path = ".";
    store.driver = "overlay2";
    store.builder.folder_present = true;
    const DiffId base_diff = *DiffId::from_hex(std::string(64, '1'));
    const DiffId top_diff = *DiffId::from_hex(std::string(64, '2'));
    const ChainId base = chain_id(std::nullopt, base_diff);
    const ChainId top = chain_id(base, top_diff);
    LayerRecord base_layer;
    base_layer.chain = base;
    base_layer.diff = seen(base_diff);
    base_layer.cache_id = seen(std::string("base-dir"));
    base_layer.size = seen<std::int64_t>(1000);
    LayerRecord top_layer;
    top_layer.chain = top;
    top_layer.parent = seen(base);
    top_layer.size.sight = Sight::malformed;
    store.layers = base < top ? std::vector{base_layer, top_layer} : std::vector{top_layer, base_layer};

    ImageRecord image;
    image.id = *ImageId::from_hex(std::string(64, '3'));
    image.config = seen(ImageConfig{
        .os = "", .has_rootfs = true, .diff_ids = {base_diff.text(), top_diff.text()}, .unusable = ""
    });
    ImageRecord lost;
    lost.id = *ImageId::from_hex(std::string(64, '4'));
    store.images = {image, lost};
    TagRecord tag;
    tag.reference = "demo/web:1\x1b";
    tag.image = image.id;
    store.repositories = seen(Repositories{{tag}});

    MountRecord mount;
    mount.name = kContainer;
    mount.mount_id = seen(kMount);
    mount.init_id = seen(kMount + "-init");
    mount.parent = seen(top);
    store.mount_records = {mount};
    ContainerRecord container;
    container.id = kContainer;
    container.config =
        seen(ContainerConfig{.id = kContainer, .name = "web", .image = image.id.text(), .driver = "overlay2"}
        );
    container.host_config = seen(HostConfig{});
    store.containers = {container};
    for (const std::string& name :
         {std::string("base-dir"), kMount, kMount + "-init", std::string(25, 'k'), std::string(64, 'e')}) {
        DriverDirectory directory;
        directory.name = name;
        directory.has_diff = true;
        store.directories.push_back(directory);
    }
    return store;
}

// The last directory belongs to nobody.
inline StoreReport small_report() {
    StoreReport report;
    Finding finding{
        .damage = Damage::driver_directory_orphan,
        .subject = {.kind = SubjectKind::driver_directory, .id = std::string(64, 'e')},
        .path = "overlay2/" + std::string(64, 'e'),
    };
    finding.evidence.takes = {finding.path};
    finding.evidence.frees = 8192;
    report.findings.push_back(finding);
    return report;
}

inline nlohmann::ordered_json shown_json(const ShowSeeds* seeds = nullptr) {
    std::ostringstream out;
    const Inventory store = small_store();
    const StoreReport report = small_report();
    const std::map<std::string, std::uint64_t> written{{kMount, 4096}};
    write_show_json("/r", {{store, report, written, seeds}}, out);
    return nlohmann::ordered_json::parse(out.str());
}

inline std::string shown_text(const TextStyle& style = {}) {
    std::ostringstream out;
    const Inventory store = small_store();
    const StoreReport report = small_report();
    const std::map<std::string, std::uint64_t> written{{kMount, 4096}};
    write_show_text({{store, report, written}}, out, style);
    return out.str();
}

inline const ImageId kImage = *ImageId::from_hex(std::string(64, '3'));
inline const ChainId kBase = chain_id(std::nullopt, *DiffId::from_hex(std::string(64, '1')));
inline const ChainId kTop = chain_id(kBase, *DiffId::from_hex(std::string(64, '2')));
inline const std::map<std::string, std::uint64_t> kNothing;

inline nlohmann::ordered_json
json_of(const Inventory& store, const StoreReport& report = {}, const ShowSeeds* seeds = nullptr) {
    std::ostringstream out;
    write_show_json("/r", {{store, report, kNothing, seeds}}, out);
    return nlohmann::ordered_json::parse(out.str())["stores"][0];
}

inline std::string text_of(const Inventory& store, const ShowSeeds* seeds = nullptr) {
    std::ostringstream out;
    const StoreReport report;
    write_show_text({{store, report, kNothing, seeds}}, out, TextStyle{});
    return out.str();
}

inline std::string dot_of(const Inventory& store, const ShowSeeds* seeds = nullptr) {
    std::ostringstream out;
    const StoreReport report = small_report();
    write_show_dot({{store, report, kNothing, seeds}}, out);
    return out.str();
}

// Every name in quotes at an end of an arrow that has no line of its own.
inline std::vector<std::string> bare_nodes(const std::string& dot) {
    std::vector<std::string> bare;
    std::istringstream lines(dot);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t arrow = line.find(" -> ");
        if (arrow == std::string::npos) continue;
        for (const std::string& name :
             {line.substr(4, arrow - 4), line.substr(arrow + 4, line.size() - arrow - 5)}) {
            if (dot.find("    " + name + " [label=") == std::string::npos) bare.push_back(name);
        }
    }
    return bare;
}

// Without its container, and with one snapshot that stands on a layer.
inline Inventory built_store(const ChainId& parent) {
    Inventory store = small_store();
    store.mount_records.clear();
    store.containers.clear();
    BuilderSnapshot snapshot;
    snapshot.key = std::string(25, 'k');
    snapshot.parent = parent.text();
    store.builder.snapshots = seen(std::vector{snapshot});
    return store;
}

inline Finding unused(std::vector<std::string> takes, std::optional<std::uint64_t> frees) {
    Finding finding{
        .damage = Damage::temporary_leftover,
        .subject = {.kind = SubjectKind::file, .id = takes.front()},
        .path = takes.front(),
    };
    finding.evidence.takes = std::move(takes);
    finding.evidence.frees = frees;
    return finding;
}

inline Arguments show_arguments(const std::vector<std::string>& words) {
    return parse_arguments(*find_command("show"), words);
}

inline ShowSeeds seeds_of(const Inventory& store, const std::string& option, const std::string& typed) {
    std::set<std::string> known;
    return find_show_seeds(read_show_wanted(show_arguments({"--" + option, typed})), store, known);
}

}  // namespace drydock::test
