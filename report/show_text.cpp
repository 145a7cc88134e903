// The text of `show`: a table for each kind of thing. Ids are shortened unless --verbose asks for all of
// them; names come first.
#include "report/safe_text.hpp"
#include "report/show.hpp"
#include "report/show_containers.hpp"
#include "report/show_focus.hpp"
#include "report/show_usage.hpp"
#include "report/words.hpp"

#include <algorithm>
#include <optional>

namespace drydock {

namespace {

using Row = std::vector<std::string>;

constexpr std::size_t kNamesShown = 3;
constexpr std::size_t kColumnLimit = 72;  // a hostile name must not push all other columns away

class Table {
public:
    explicit Table(TextWriter& text) : text_(text) {}

    void add(Row row) { rows_.push_back(std::move(row)); }

    void write(std::string_view title) {
        if (rows_.empty()) {
            return;
        }
        std::vector<std::size_t> widths;
        for (const Row& row : rows_) {
            widths.resize(std::max(widths.size(), row.size()));
            for (std::size_t i = 0; i < row.size(); ++i) {
                widths[i] = std::max(widths[i], std::min(columns(row[i]), kColumnLimit));
            }
        }
        text_.blank();
        text_.line(0, title, Paint::strong);
        for (const Row& row : rows_) {
            std::string line;
            for (std::size_t i = 0; i < row.size(); ++i) {
                const std::size_t used = columns(row[i]);
                line += row[i];
                if (i + 1 < row.size()) {
                    line.append(widths[i] > used ? widths[i] - used + 2 : 2, ' ');
                }
            }
            line.erase(line.find_last_not_of(' ') + 1);
            text_.line(2, line);
        }
    }

private:
    TextWriter& text_;
    std::vector<Row> rows_;
};

struct View {
    const ShownStore& shown;
    const Inventory& store;
    const Usage& usage;
    const Focus& focus;
    TextWriter& text;

    [[nodiscard]] std::string id(std::string_view full) const {
        return terminal_text(text.style().verbose ? std::string(full) : short_id(full));
    }

    [[nodiscard]] std::string some(const std::vector<std::string>& items) const {
        return join_some(items, text.style().verbose ? items.size() : kNamesShown);
    }

    [[nodiscard]] std::string image_name(const ImageId& image) const {
        const auto use = usage.images.find(image);
        const bool tagged = use != usage.images.end() && !use->second.tags.empty();
        return tagged ? terminal_text(use->second.tags.front()) : id(image.text());
    }

    [[nodiscard]] std::string container_name(const std::string& container) const {
        const ContainerRecord* record = store.find_container(container);
        const ContainerConfig* config = record != nullptr ? record->own_config() : nullptr;
        return config != nullptr && !config->name.empty() ? terminal_text(config->name) : id(container);
    }

    template <class T>
    [[nodiscard]] std::string unless_present(const Seen<T>& seen, std::string_view what) const {
        return std::string(what) + ' ' + std::string(sight_text(seen.sight));
    }
};

// A digest reference is long and says little beside a tag.
std::vector<std::string> shown_tags(const ImageUse& use, const View& view) {
    std::vector<std::string> tags;
    std::vector<std::string> digests;
    for (const std::string& reference : use.tags) {
        (reference.find('@') == std::string::npos ? tags : digests).push_back(terminal_text(reference));
    }
    if (tags.empty() || view.text.style().verbose) {
        tags.insert(tags.end(), digests.begin(), digests.end());
    }
    return tags;
}

void write_images(const View& view) {
    Table table(view.text);
    for (const ImageRecord& record : view.store.images) {
        if (!view.focus.image(record.id)) continue;
        const ImageUse& use = view.usage.images.at(record.id);
        const std::vector<std::string> tags = shown_tags(use, view);
        const bool known = record.config.present();
        table.add({
            tags.empty() ? "<no tag>" : view.some(tags),
            view.id(record.id.text()),
            known ? format_bytes(use.bytes) : "?",
            known ? count_of(use.layers.size(), "layer") : view.unless_present(record.config, "config"),
            use.frees > 0 ? "frees " + format_bytes(use.frees) : "",
        });
    }
    table.write("Images (names, id, size, layers, what its removal alone would free)");
}

std::string users_of(const View& view, const LayerRecord& layer) {
    const auto found = view.usage.layers.find(layer.chain);
    std::vector<std::string> users;
    if (found != view.usage.layers.end()) {
        for (const ImageId& image : found->second.images) {
            users.push_back(view.image_name(image));
        }
        for (const std::string& container : found->second.containers) {
            users.push_back("container " + view.container_name(container));
        }
        if (!found->second.builders.empty()) {
            users.emplace_back("build cache");
        }
        if (users.empty() && !found->second.children.empty()) {
            return count_of(found->second.children.size(), "layer") + " on it";
        }
    }
    return users.empty() ? "no image" : view.some(users);
}

void write_layers(const View& view) {
    Table table(view.text);
    for (const LayerRecord& layer : view.store.layers) {
        if (!view.focus.layer(layer.chain)) continue;
        const bool base = layer.parent.sight == Sight::absent;
        table.add({
            view.id(layer.chain.text()),
            layer.size.present() ? format_bytes(recorded_size(layer))
                                 : view.unless_present(layer.size, "size"),
            base ? "base"
                 : "on " + (layer.parent.present() ? view.id(layer.parent.value.text())
                                                   : view.unless_present(layer.parent, "parent")),
            layer.cache_id.present() ? view.id(layer.cache_id.value)
                                     : view.unless_present(layer.cache_id, "cache-id"),
            users_of(view, layer),
        });
    }
    table.write("Layers (id, size, parent, driver directory, users)");
}

// In full where no command of Docker leads to it.
std::string writable_text(const View& view, const ContainerRecord& record, const std::string& hidden) {
    const std::optional<std::string> path = view.store.writable_path(record.id);
    if (!path) {
        return view.store.owns(record) ? "no data found" : "in another store";
    }
    if (!hidden.empty() || view.text.style().verbose) {
        return terminal_text(*path);
    }
    return view.id(
        path->substr(view.store.driver_root.size() + 1, path->rfind('/') - view.store.driver_root.size() - 1)
    );
}

void write_containers(const View& view) {
    Table table(view.text);
    for (const ContainerRecord& record : view.store.containers) {
        if (!view.focus.container(record.id)) continue;
        const ContainerConfig* config = record.own_config();
        const std::string hidden = hidden_reason(view.store, record);
        std::string image = view.unless_present(record.config, "config");
        if (config != nullptr) {
            const auto id = ImageId::from_text(config->image);
            image = id ? view.image_name(*id) : terminal_text(config->image);
        }
        table.add({
            view.container_name(record.id),
            view.id(record.id),
            image,
            config != nullptr ? terminal_text(config->driver) : "?",
            writable_text(view, record, hidden),
            hidden.empty() ? "" : "hidden from docker ps: " + terminal_text(hidden),
        });
    }
    table.write("Containers (name, id, image, driver, driver directory)");
}

std::string owner_text(const View& view, const DirectoryUse& use) {
    if (use.owner == "layer") {
        return "layer " + view.id(use.id);
    }
    if (use.owner == "container") {
        return "container " + view.container_name(use.id) + ", what it wrote";
    }
    if (use.owner == "container-init") {
        return "container " + view.container_name(use.id) + ", its init layer";
    }
    if (use.owner == "mount" || use.owner == "mount-init") {
        return "mount record " + view.id(use.id) + " without a container";
    }
    if (use.owner == "removing" || use.owner == "write-set") {
        return "record " + view.id(use.id) + ", not finished";
    }
    if (use.owner == "buildkit") {
        return use.id.empty() ? "named as BuildKit names its own" : "build cache " + terminal_text(use.id);
    }
    return use.owner == "nobody" ? "nobody" : "nobody known";
}

void write_directories(const View& view) {
    Table table(view.text);
    for (const DriverDirectory& directory : view.store.directories) {
        if (!view.focus.directory(directory.name)) continue;
        const auto written = view.shown.written.find(directory.name);
        table.add({
            view.id(directory.name),
            owner_text(view, view.usage.directories.at(directory.name)),
            written != view.shown.written.end() ? format_bytes(written->second) : "",
        });
    }
    table.write("Driver directories (name, owner, what a container wrote)");
}

void write_build_cache(const View& view) {
    Table table(view.text);
    for (const BuilderSnapshot& snapshot : view.store.builder.snapshots.value) {
        // A key that is a chain id only marks an image's layer as in use.
        if (ChainId::from_text(snapshot.key) || !view.focus.snapshot(snapshot)) continue;
        const std::string& directory = snapshot.committed.empty() ? snapshot.key : snapshot.committed;
        table.add({
            terminal_text(snapshot.key),
            view.store.find_directory(directory) != nullptr ? terminal_text(directory) : "no directory",
            snapshot.chain ? "layer " + view.id(snapshot.chain->text()) : "",
        });
    }
    table.write("Build cache (snapshot, driver directory, layer that it became)");
}

void write_unused(const View& view) {
    Table table(view.text);
    for (const Finding& finding : view.shown.report.findings) {
        if (!is_unused(finding) || !view.focus.unused(finding)) continue;
        table.add({
            std::string(describe(finding.damage).code),
            finding.evidence.frees ? format_bytes(*finding.evidence.frees) : "?",
            terminal_text(finding.path),
        });
    }
    table.write("Belongs to nobody (code, room it takes, place)");
}

}  // namespace

void write_show_text(const std::vector<ShownStore>& stores, std::ostream& out, const TextStyle& style) {
    TextWriter text(out, style);
    for (const ShownStore& shown : stores) {
        const Inventory& store = shown.inventory;
        const Usage usage(store, shown.report);
        const Focus focus(shown, usage);
        const View view{shown, store, usage, focus, text};
        const std::uint64_t tags = store.repositories.value.tag_count();
        if (&shown != &stores.front()) {
            text.blank();
        }
        const std::string where = store.store_path == "." ? "" : " in " + terminal_text(store.store_path);
        text.paragraph(
            0,
            2,
            terminal_text(store.driver) + " store" + where + ": " + count_of(store.images.size(), "image") +
                ", " + count_of(tags, "tag") + ", " + count_of(store.layers.size(), "layer") + " with " +
                format_bytes(usage.layer_bytes) + ", " + count_of(usage.containers, "container") + ", " +
                count_of(store.directories.size(), "driver directory", "driver directories") +
                (usage.unused_bytes > 0 ? "; " + format_bytes(usage.unused_bytes) + " belong to nobody" : ""),
            Paint::strong
        );
        if (!style.quiet) {
            write_images(view);
            write_layers(view);
            write_containers(view);
            write_directories(view);
            write_build_cache(view);
            write_unused(view);
        }
    }
}

}  // namespace drydock
