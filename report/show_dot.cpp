// The graph of `show`: images and containers stand on layers, layers on layers, each has its directory;
// what belongs to nobody stands alone in red. In the language of Graphviz: `dot -Tsvg`.
#include "report/safe_text.hpp"
#include "report/show.hpp"
#include "report/show_focus.hpp"
#include "report/show_usage.hpp"
#include "report/words.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace drydock {

namespace {

// A string in quotes.
std::string quoted(std::string_view bytes) {
    std::string result = "\"";
    for (const char c : terminal_text(bytes)) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

class Graph {
public:
    Graph(const ShownStore& shown, std::ostream& out)
        : shown_(shown),
          store_(shown.inventory),
          usage_(store_, shown.report),
          focus_(shown, usage_),
          out_(out) {}

    void write(std::size_t number) {
        prefix_ = std::to_string(number) + " ";
        const std::string title = store_.driver + " in " + store_.store_path;
        out_ << "  subgraph " << quoted("cluster " + prefix_) << " {\n    label=" << quoted(title) << ";\n";
        write_layers();
        write_images();
        write_containers();
        write_builder();
        write_unused();
        write_edges();
        out_ << "  }\n";
    }

private:
    void node(std::string_view name, const std::string& label, std::string_view style) {
        nodes_.emplace(name);
        out_ << "    " << quoted(prefix_ + std::string(name)) << " [label=" << quoted(label) << ", " << style
             << "];\n";
    }

    void edge(std::string_view from, std::string_view to) { edges_.emplace_back(from, to); }

    // Graphviz makes a node of each name that it meets, so what is not drawn must have no edge.
    void write_edges() {
        for (const auto& [from, to] : edges_) {
            if (!nodes_.contains(from) || !nodes_.contains(to)) continue;
            out_ << "    " << quoted(prefix_ + from) << " -> " << quoted(prefix_ + to) << ";\n";
        }
    }

    void write_layers() {
        for (const LayerRecord& layer : store_.layers) {
            if (!focus_.layer(layer.chain)) continue;
            const std::string id = layer.chain.text();
            std::string label = "layer " + short_id(id) + ", " + format_bytes(recorded_size(layer));
            if (layer.cache_id.present()) label += ", " + short_id(layer.cache_id.value);
            node(id, label, "shape=ellipse");
            if (layer.parent.present()) edge(id, layer.parent.value.text());
        }
    }

    void write_images() {
        for (const ImageRecord& image : store_.images) {
            if (!focus_.image(image.id)) continue;
            const ImageUse& use = usage_.images.at(image.id);
            const std::string id = image.id.text();
            node(id, use.tags.empty() ? "image " + short_id(id) : use.tags.front(), "shape=box, style=bold");
            if (!use.layers.empty()) edge(id, use.layers.back().text());
        }
    }

    void write_containers() {
        for (const ContainerRecord& container : store_.containers) {
            if (!focus_.container(container.id)) continue;
            const ContainerConfig* config = container.own_config();
            const bool named = config != nullptr && !config->name.empty();
            node(
                container.id,
                "container " + (named ? config->name : short_id(container.id)),
                "shape=component"
            );
            const auto layer = usage_.standing.find(container.id);
            if (layer != usage_.standing.end()) edge(container.id, layer->second.text());
        }
    }

    void write_builder() {
        for (const BuilderSnapshot& snapshot : store_.builder.snapshots.value) {
            if (ChainId::from_text(snapshot.key) || !focus_.snapshot(snapshot)) continue;
            node(snapshot.key, "build cache " + snapshot.key, "shape=note");
            if (snapshot.chain) {
                edge(snapshot.key, snapshot.chain->text());
            } else if (!snapshot.parent.empty()) {
                edge(snapshot.key, snapshot.parent);
            }
        }
    }

    void write_unused() {
        for (const Finding& finding : shown_.report.findings) {
            if (!is_unused(finding) || !focus_.unused(finding)) continue;
            std::string label(describe(finding.damage).code);
            const std::string room = finding.evidence.frees ? format_bytes(*finding.evidence.frees) : "?";
            label.append(", ").append(short_id(finding.subject.id)).append(", ").append(room);
            // A layer that nobody uses is drawn already.
            const bool layer = finding.damage == Damage::layer_record_orphan;
            node(layer ? finding.subject.id : finding.path, label, "shape=box, color=red");
        }
    }

    const ShownStore& shown_;
    const Inventory& store_;
    Usage usage_;
    Focus focus_;
    std::ostream& out_;
    std::string prefix_;
    std::set<std::string> nodes_;
    std::vector<std::pair<std::string, std::string>> edges_;
};

}  // namespace

void write_show_dot(const std::vector<ShownStore>& stores, std::ostream& out) {
    out << "digraph drydock {\n  rankdir=BT;\n  node [fontsize=10];\n";
    for (std::size_t i = 0; i < stores.size(); ++i) {
        Graph(stores[i], out).write(i);
    }
    out << "}\n";
}

}  // namespace drydock
