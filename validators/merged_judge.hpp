// A second opinion on one overlay layer. A layer that went through a mount (rootless daemons, kernels
// with redirect_dir) holds what the kernel chose: copied-up files that its tar lacks, opaque folders in
// place of whiteouts, stubs of files. No record says so. So what looks wrong in the layer alone counts
// as damage only if the merged trees differ there too: the stack on disk against the tars of the chain.
#pragma once

#include "model/finding.hpp"
#include "validators/content_evidence.hpp"
#include "validators/expected_tree.hpp"
#include "validators/merged_view.hpp"

#include <string>

namespace drydock {

// Whether a finding may come from a mount and wants the second opinion.
[[nodiscard]] bool may_come_from_a_mount(const Finding& finding);

class MergedJudge {
public:
    // `expected`: the tars of the chain replayed, the layer in question last. Both must outlive this.
    MergedJudge(const ExpectedTree& expected, const MergedView& view, const IdShift& ids)
        : expected_(expected), view_(view), ids_(ids) {}

    // Whether the object at `path` (from the layer's root) and all below it is the same in both.
    // Throws OsError.
    [[nodiscard]] bool same_at(const std::string& path);

private:
    [[nodiscard]] const MergedView::Listing& listing_of(const std::string& path, const MergedEntry& folder);
    [[nodiscard]] bool same(NodeId node, const MergedEntry& entry) const;
    [[nodiscard]] bool same_folder(NodeId node, const MergedEntry& entry) const;
    [[nodiscard]] bool same_bytes(NodeId node, const MergedEntry& entry) const;

    const ExpectedTree& expected_;
    const MergedView& view_;
    IdShift ids_;
    std::map<std::string, MergedView::Listing> listings_;
};

}  // namespace drydock
