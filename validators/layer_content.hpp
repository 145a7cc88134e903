// The content check of single layers: which directory is the layer's, whether its bytes hash to the diff
// id, which file is wrong if not, and whether everything else is as the tar's headers say.
#pragma once

#include "validators/layer_stream.hpp"
#include "validators/store_graph.hpp"
#include "validators/tree_compare.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace drydock {

// Where a store's folders are open. The driver's folder is there: validate_content sees to it.
struct StoreAccess {
    const ReadDir& image;   // image/<driver>
    const ReadDir& driver;  // <driver>
};

// What the content of one layer said.
struct LayerOutcome {
    std::vector<Finding> findings;
    std::vector<UnlistedFindings> unlisted;
    std::uint64_t bytes_verified = 0;
    bool stopped = false;
    std::optional<DiffId> digest;          // of the reassembled tar, where every byte was to be had
    std::optional<std::string> directory;  // the one that was proven to be the layer's, if searched for
};

// One worker's state.
class LayerChecker {
public:
    LayerChecker(
        const StoreGraph& graph, const StoreAccess& access, ProgressCounters& progress, std::stop_token stop
    );

    // Everything about one layer. Never throws OsError: what cannot be read is undetermined.
    [[nodiscard]] LayerOutcome check(std::size_t layer);

    // Whether the bytes in `directory` reassemble to the diff id of `layer`.
    [[nodiscard]] bool proves(std::size_t layer, const std::string& directory);

    // A directory that nobody owns and whose bytes prove it to be the layer's.
    [[nodiscard]] std::optional<std::string> search_directory(std::size_t layer);

private:
    // A layer's stream, read once where it is sound and twice where it is not.
    struct Reading {
        ExpectedTree tree;
        StreamResult result;
        bool proven = false;  // the bytes hash to the diff id
        bool differ = false;  // the two readings do not agree
    };

    [[nodiscard]] Reading read(std::size_t layer, const ReadDir& files);
    [[nodiscard]] std::optional<DiffId> wanted_digest(std::size_t layer) const;
    [[nodiscard]] StreamResult
    stream(std::size_t layer, const ReadDir& files, ExpectedTree& tree, StreamPass pass);
    LayerOutcome check_directory(std::size_t layer, const DriverDirectory& directory);
    void look_elsewhere(std::size_t layer, LayerOutcome& outcome);
    void judge_digest(std::size_t layer, const Reading& reading, ContentFindings& findings);
    void judge_reading(
        std::size_t layer,
        const DriverDirectory& directory,
        const ReadDir& files,
        Reading& reading,
        LayerOutcome& outcome
    );
    // Takes back what only comes from a mount that the layer went through.
    void ask_merged_trees(std::size_t layer, const std::string& base, std::vector<Finding>& findings);
    [[nodiscard]] bool replay_chain(const std::vector<std::size_t>& chain, ExpectedTree& tree);
    void judge_size(
        std::size_t layer,
        const ExpectedTree& tree,
        const StreamResult& result,
        std::vector<Finding>& findings
    ) const;

    const StoreGraph& graph_;
    const StoreAccess& access_;
    ProgressCounters& progress_;
    std::stop_token stop_;
    TrustedSight trusted_;
    IdShift ids_;
    StreamBuffers buffers_;
};

}  // namespace drydock
