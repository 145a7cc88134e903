// Names that are one inode: which names a tree has for it, and whether the disk agrees. Names that are
// one file in the tar must be one on disk, and the other way round.
#pragma once

#include "validators/expected_tree.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace drydock {

// Looks a tree through once, at the first question about an inode of several names.
class InodeNames {
public:
    explicit InodeNames(const ExpectedTree& tree) : tree_(tree) {}

    // All live names of the inode that stands at `node`, bytewise sorted.
    [[nodiscard]] std::vector<std::string> of(NodeId node);

private:
    const ExpectedTree& tree_;
    std::unordered_map<InodeId, std::vector<NodeId>> nodes_;
};

// A name found on both sides.
struct LinkedName {
    NodeId node = kNone;
    InodeId inode = kNone;   // in the tree
    std::uint64_t disk = 0;  // inode number on disk
};

struct LinkDifference {
    std::vector<NodeId> nodes;
    bool one_in_tar = false;  // one file in the tar and several on disk; else the other way round
};

[[nodiscard]] std::vector<LinkDifference> compare_links(const std::vector<LinkedName>& names);

[[nodiscard]] std::vector<std::string>
sorted_paths(const ExpectedTree& tree, const std::vector<NodeId>& nodes);

}  // namespace drydock
