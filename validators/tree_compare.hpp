// The expected tree of a layer against what lies in its directory: names, types, owners, modes, times,
// link targets, hard-link identity, device numbers, extended attributes, whiteouts, opaque marks. Bytes
// were compared while the stream was read; here their problems are joined with the names.
#pragma once

#include "model/finding.hpp"
#include "model/run_report.hpp"
#include "platform/dir.hpp"
#include "validators/attributes.hpp"
#include "validators/expected_tree.hpp"
#include "validators/layer_stream.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace drydock {

// The findings of one layer. Beyond kMaxListed they are only counted.
class ContentFindings {
public:
    ContentFindings(Subject subject, std::string base_path)
        : subject_(std::move(subject)), base_path_(std::move(base_path)) {}

    // `name` is the path inside the layer; "" for the layer's directory itself. nullptr when the finding
    // was only counted.
    Finding* add(Damage damage, const std::string& name, std::optional<Severity> severity = {});

    [[nodiscard]] const Subject& subject() const noexcept { return subject_; }

    [[nodiscard]] bool empty() const noexcept { return total_ == 0; }

    // Ends the list: the last one tells how many there are in all.
    [[nodiscard]] std::vector<Finding> take();

    [[nodiscard]] std::vector<UnlistedFindings> unlisted() const;

    // A store that lost everything must not take all memory for saying so.
    static constexpr std::size_t kMaxListed = 10'000;

private:
    Subject subject_;
    std::string base_path_;
    std::vector<Finding> findings_;
    std::map<std::pair<Damage, Severity>, std::uint64_t> unlisted_;
    std::uint64_t total_ = 0;
};

struct CompareOptions {
    LayerMaker maker = LayerMaker::unpacked;
    // The layer's bytes hash to its diff id, which proves the headers too.
    bool proven = false;
};

// Compares and reports. `tree` is marked on the way and of no use afterwards.
void compare_tree(
    ExpectedTree& tree,
    const ReadDir& files,
    const StreamResult& stream,
    const CompareOptions& options,
    ContentFindings& findings
);

}  // namespace drydock
