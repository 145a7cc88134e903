#include "validators/hard_links.hpp"

#include <algorithm>
#include <map>

namespace drydock {

std::vector<std::string> sorted_paths(const ExpectedTree& tree, const std::vector<NodeId>& nodes) {
    std::vector<std::string> result;
    result.reserve(nodes.size());
    for (const NodeId id : nodes) {
        result.push_back(tree.path(id));
    }
    std::sort(result.begin(), result.end());
    return result;
}

std::vector<std::string> InodeNames::of(NodeId node) {
    if (tree_.inode_of(node).names <= 1) return {tree_.path(node)};
    if (nodes_.empty()) {
        for (NodeId id = 1; id < tree_.node_count(); ++id) {
            if (tree_.live(id) && tree_.inode_of(id).names > 1) nodes_[tree_.node(id).inode].push_back(id);
        }
    }
    return sorted_paths(tree_, nodes_[tree_.node(node).inode]);
}

std::vector<LinkDifference> compare_links(const std::vector<LinkedName>& names) {
    std::map<InodeId, std::vector<const LinkedName*>> by_inode;
    std::map<std::uint64_t, std::vector<const LinkedName*>> by_disk;
    for (const LinkedName& name : names) {
        by_inode[name.inode].push_back(&name);
        by_disk[name.disk].push_back(&name);
    }
    std::vector<LinkDifference> result;
    const auto add = [&](const std::vector<const LinkedName*>& group, bool one_in_tar) {
        const LinkedName& first = *group.front();
        const bool one = std::all_of(group.begin(), group.end(), [&](const LinkedName* name) {
            return name->disk == first.disk && name->inode == first.inode;
        });
        if (one) return;
        LinkDifference& difference = result.emplace_back();
        difference.one_in_tar = one_in_tar;
        for (const LinkedName* name : group) {
            difference.nodes.push_back(name->node);
        }
    };
    for (const auto& [inode, group] : by_inode) {
        add(group, true);
    }
    for (const auto& [disk, group] : by_disk) {
        add(group, false);
    }
    return result;
}

}  // namespace drydock
