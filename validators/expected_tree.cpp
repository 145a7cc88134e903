#include "validators/expected_tree.hpp"

#include "validators/member_path.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <ranges>

namespace drydock {

namespace {

constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
constexpr std::string_view kCapability = "security.capability";
// The kernel's own bound on links in one path.
constexpr unsigned kMaxLinks = 40;
constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxPath = 4095;
// More than listxattr(2) could tell the names of.
constexpr std::size_t kMaxXattrs = 1000;
// What a node and its inode take, the index included; an entry of a container besides its text.
constexpr std::size_t kNodeBytes = 120;
constexpr std::size_t kEntryBytes = 64;
// Names are kept in chunks, an offset being chunk * kChunkBytes + place.
constexpr std::size_t kChunkBytes = std::size_t{64} << 10U;
constexpr std::uint32_t kImplicitMode = S_IFDIR | 0755U;

std::uint32_t type_bits(char type) {
    switch (type) {
    case '2':
        return S_IFLNK;
    case '3':
        return S_IFCHR;
    case '4':
        return S_IFBLK;
    case '5':
        return S_IFDIR;
    case '6':
        return S_IFIFO;
    default:
        return S_IFREG;
    }
}

// lchown(2) leaves as it is what is given as -1.
void set_id(std::uint32_t& id, std::int64_t wanted) {
    const auto number = static_cast<std::uint32_t>(wanted);
    if (number != 0xffffffff) id = number;
}

}  // namespace

ExpectedTree::ExpectedTree() : index_(64, kNone) {
    ExpectedInode root;
    root.mode = kImplicitMode;
    root.implicit = true;
    root.names = 1;
    inodes_.push_back(root);
    TreeNode node;
    node.inode = 0;
    nodes_.push_back(node);
}

void ExpectedTree::begin_layer(Replay replay) {
    replay_ = replay;
    ++layer_;
    odd_names_.clear();
    for (TreeNode& node : nodes_) {
        node.flags =
            node.has(NodeFlag::removed) ? static_cast<std::uint8_t>(NodeFlag::removed) : std::uint8_t{0};
    }
}

std::string_view ExpectedTree::name(NodeId id) const {
    const TreeNode& node = nodes_[id];
    const std::string& chunk = name_chunks_.at(node.name_offset / kChunkBytes);
    return std::string_view(chunk).substr(node.name_offset % kChunkBytes, node.name_size);
}

std::string ExpectedTree::path(NodeId id) const {
    if (id == kRoot) return {};
    std::vector<NodeId> chain;
    for (; id != kRoot; id = nodes_[id].parent) {
        chain.push_back(id);
    }
    std::string result;
    for (const NodeId node : std::views::reverse(chain)) {
        if (!result.empty()) result += '/';
        result += name(node);
    }
    return result;
}

const XattrList& ExpectedTree::xattrs(const ExpectedInode& inode) const {
    static const XattrList empty;
    return inode.xattrs == kNone ? empty : xattr_lists_[inode.xattrs];
}

bool ExpectedTree::is_folder(NodeId id) const {
    return S_ISDIR(inodes_[nodes_[id].inode].mode);
}

// The index: open addressing, linear probing; a removed node stays in it and is skipped on lookup, until
// one of the same name takes its place.

std::size_t ExpectedTree::index_slot(NodeId folder, std::string_view name) const {
    const std::size_t hash =
        std::hash<std::string_view>()(name) ^ (std::size_t{folder} * 0x9E3779B97F4A7C15U);
    return hash & (index_.size() - 1);
}

NodeId ExpectedTree::find_child(NodeId folder, std::string_view wanted) const {
    for (std::size_t slot = index_slot(folder, wanted);; slot = (slot + 1) & (index_.size() - 1)) {
        const NodeId id = index_[slot];
        if (id == kNone) return kNone;
        const TreeNode& node = nodes_[id];
        if (node.parent == folder && !node.has(NodeFlag::removed) && name(id) == wanted) return id;
    }
}

void ExpectedTree::index_insert(NodeId id) {
    const NodeId folder = nodes_[id].parent;
    std::size_t slot = index_slot(folder, name(id));
    for (; index_[slot] != kNone; slot = (slot + 1) & (index_.size() - 1)) {
        const TreeNode& there = nodes_[index_[slot]];
        if (there.parent == folder && there.has(NodeFlag::removed) && name(index_[slot]) == name(id)) break;
    }
    if (index_[slot] == kNone) ++index_used_;
    index_[slot] = id;
}

void ExpectedTree::index_grow() {
    index_.assign(index_.size() * 2, kNone);
    index_used_ = 0;
    for (NodeId id = 1; id < node_count(); ++id) {
        if (!nodes_[id].has(NodeFlag::removed)) index_insert(id);
    }
}

NodeId ExpectedTree::add_node(NodeId folder, std::string_view text, InodeId inode) {
    if (name_chunks_.empty() || name_chunks_.back().size() + text.size() > kChunkBytes) {
        name_chunks_.emplace_back().reserve(kChunkBytes);
    }
    std::string& chunk = name_chunks_.back();
    TreeNode node;
    node.parent = folder;
    node.name_offset = static_cast<std::uint32_t>((name_chunks_.size() - 1) * kChunkBytes + chunk.size());
    node.name_size = static_cast<std::uint16_t>(text.size());
    node.inode = inode;
    node.layer = layer_;
    node.next_sibling = nodes_[folder].first_child;
    chunk += text;
    weight_ += kNodeBytes + text.size();
    const NodeId id = node_count();
    nodes_.push_back(node);
    nodes_[folder].first_child = id;
    ++inodes_[inode].names;
    if ((index_used_ + 1) * 4 > index_.size() * 3) {
        index_grow();
    } else {
        index_insert(id);
    }
    return id;
}

void ExpectedTree::remove(NodeId id) {
    // The nodes below stay linked to it and are not live from here on; their inodes lose the names.
    std::vector<NodeId> open{id};
    while (!open.empty()) {
        const NodeId at = open.back();
        open.pop_back();
        if (nodes_[at].has(NodeFlag::removed)) continue;
        nodes_[at].set(NodeFlag::removed);
        --inodes_[nodes_[at].inode].names;
        for (NodeId child = nodes_[at].first_child; child != kNone; child = nodes_[child].next_sibling) {
            open.push_back(child);
        }
    }
}

void ExpectedTree::add_xattrs(ExpectedInode& inode, const TarMember& member) {
    if (member.xattrs.empty()) return;
    if (inode.xattrs == kNone) {
        inode.xattrs = static_cast<std::uint32_t>(xattr_lists_.size());
        xattr_lists_.emplace_back();
    }
    XattrList& list = xattr_lists_[inode.xattrs];
    for (const auto& attribute : member.xattrs) {
        weight_ += kEntryBytes + attribute.first.size() + attribute.second.size();
        list.push_back(attribute);
    }
    // Of one name the last counts.
    const auto name_of = [](const auto& attribute) -> const std::string& { return attribute.first; };
    std::ranges::stable_sort(list, {}, name_of);
    const auto kept = std::unique(list.rbegin(), list.rend(), [](const auto& a, const auto& b) {
        return a.first == b.first;
    });
    list.erase(list.begin(), kept.base());
    if (list.size() > kMaxXattrs) weight_ = kMaxBytes + 1;  // by many hard links
}

void ExpectedTree::set_attributes(ExpectedInode& inode, const TarMember& member) {
    inode.disk_inode = 0;
    set_id(inode.uid, member.uid);
    set_id(inode.gid, member.gid);
    if (inode.xattrs != kNone && !S_ISDIR(inode.mode)) {
        // chown(2) drops a file's capabilities.
        std::erase_if(xattr_lists_[inode.xattrs], [](const auto& have) { return have.first == kCapability; });
    }
    add_xattrs(inode, member);
    if (S_ISLNK(inode.mode)) return;
    inode.mode = (inode.mode & S_IFMT) | member.mode;
    inode.mtime = member.mtime;
}

InodeId ExpectedTree::add_inode(const TarMember& member) {
    ExpectedInode inode;
    inode.mode = type_bits(member.type) | member.mode;
    set_id(inode.uid, member.uid);
    set_id(inode.gid, member.gid);
    inode.mtime = member.mtime;
    // As many bits as a device number has.
    inode.device_major = static_cast<std::uint32_t>(member.device_major) & 0xfffU;
    inode.device_minor = static_cast<std::uint32_t>(member.device_minor) & 0xfffffU;
    if (member.type == '2') {
        inode.target = static_cast<std::uint32_t>(targets_.size());
        targets_.push_back(member.link_name);
        weight_ += kEntryBytes + member.link_name.size();
        link_xattrs_.insert(member.xattrs.begin(), member.xattrs.end());
    }
    add_xattrs(inode, member);
    inodes_.push_back(inode);
    return static_cast<InodeId>(inodes_.size() - 1);
}

void ExpectedTree::step(Walk& walk, std::string_view component, Missing missing) {
    ++steps_;
    if (component.empty() || component == ".") return;
    if (component == "..") {
        walk.folder = walk.folder == kRoot ? kRoot : nodes_[walk.folder].parent;
        return;
    }
    NodeId child = find_child(walk.folder, component);
    if (child != kNone && replay_ == Replay::merged && nodes_[child].layer != layer_ && !is_folder(child) &&
        missing == Missing::create) {
        remove(child);
        child = kNone;
    }
    if (child == kNone) {
        if (missing == Missing::fail || component.size() > kMaxName) {
            walk.folder = kNone;
            return;
        }
        ExpectedInode inode;
        inode.mode = kImplicitMode;
        inode.implicit = true;
        inodes_.push_back(inode);
        child = add_node(walk.folder, component, static_cast<InodeId>(inodes_.size() - 1));
    }
    const ExpectedInode& inode = inodes_[nodes_[child].inode];
    if (S_ISDIR(inode.mode)) {
        walk.folder = child;
    } else if (S_ISLNK(inode.mode) && ++walk.links <= kMaxLinks) {
        const std::string& to = target(inode);
        walk.through_link = true;
        if (to.starts_with('/')) {
            walk.through_absolute_link = true;
            walk.folder = kRoot;
        }
        // Depth is bounded by kMaxLinks. What a link leads to is never made.
        this->walk(walk, to, Missing::fail);
    } else {
        walk.folder = kNone;
    }
}

void ExpectedTree::walk(Walk& walk, std::string_view path, Missing missing) {
    while (walk.folder != kNone && !path.empty()) {
        const auto [first, rest] = split_first(path);
        step(walk, first, missing);
        path = rest;
    }
}

// False if it was noted before.
bool ExpectedTree::note_odd_name(std::string name) {
    weight_ += kEntryBytes + name.size();
    return odd_names_.insert(std::move(name)).second;
}

bool ExpectedTree::named_before(std::string_view clean, NodeId node, bool direct, NodeFlag flag) {
    if (!direct) return !note_odd_name(std::string(clean));
    if (nodes_[node].has(flag)) return true;
    nodes_[node].set(flag);
    return false;
}

// Hides what the layers below put into a folder.
void ExpectedTree::carry_out_opaque(NodeId folder) {
    std::vector<NodeId> below;
    for (NodeId id = nodes_[folder].first_child; id != kNone; id = nodes_[id].next_sibling) {
        ++steps_;
        if (nodes_[id].layer != layer_ && !nodes_[id].has(NodeFlag::removed)) below.push_back(id);
    }
    for (const NodeId id : below) {
        remove(id);
    }
}

Placed ExpectedTree::place_whiteout(NodeId folder, std::string_view hidden, bool direct) {
    const NodeId taken = find_child(folder, hidden);
    if (taken != kNone && nodes_[taken].has(NodeFlag::named_whiteout)) {
        return {.kind = Placed::Kind::duplicate};
    }
    if (replay_ != Replay::own) {
        if (taken != kNone && nodes_[taken].layer != layer_) remove(taken);
        return {.kind = Placed::Kind::nothing};
    }
    const bool self = hidden.empty() || hidden == "." || hidden == "..";
    if (self || taken != kNone) {
        return {.kind = Placed::Kind::impossible};  // mknod: the name is taken
    }
    ExpectedInode inode;
    inode.mode = S_IFCHR;
    inode.whiteout = true;
    inodes_.push_back(inode);
    const NodeId node = add_node(folder, hidden, static_cast<InodeId>(inodes_.size() - 1));
    if (direct) nodes_[node].set(NodeFlag::named_whiteout);
    return {.kind = Placed::Kind::nothing, .node = node};
}

Placed ExpectedTree::place_link(NodeId folder, std::string_view base, const TarMember& member) {
    const std::string to = clean_path(member.link_name);
    const std::size_t slash = to.rfind('/');
    Walk walk{.folder = kRoot};
    if (slash != std::string::npos) this->walk(walk, std::string_view(to).substr(0, slash), Missing::fail);
    const std::string_view last = std::string_view(to).substr(slash == std::string::npos ? 0 : slash + 1);
    const NodeId source = walk.folder == kNone ? kNone : find_child(walk.folder, last);
    if (source == kNone || is_folder(source)) return {.kind = Placed::Kind::impossible};
    const InodeId inode = nodes_[source].inode;
    const NodeId node = add_node(folder, base, inode);
    set_attributes(inodes_[inode], member);
    return {.kind = Placed::Kind::node, .node = node};
}

Placed ExpectedTree::place(const TarMember& member) {
    // What no kernel takes: paths, link targets and attributes beyond its limits.
    const std::size_t longest = std::max(member.name.size(), member.link_name.size());
    if (longest > kMaxPath || member.xattrs.size() > kMaxXattrs) return {.kind = Placed::Kind::impossible};
    const std::string clean = clean_path(member.name);
    const std::size_t slash = clean.rfind('/');
    const std::string_view base = std::string_view(clean).substr(slash == std::string::npos ? 0 : slash + 1);
    // A global header leaves nothing, and its name counts as any other for tar-split's check.
    if (member.type == 'g') return nothing_named(std::string(1, '\0') + clean);
    if (clean == "." || clean == "/" || base == "..") return nothing_named(clean);

    Walk walk{.folder = kRoot};
    if (slash != std::string::npos) {
        this->walk(walk, std::string_view(clean).substr(0, slash), Missing::create);
    }
    if (walk.folder == kNone || base.size() > kMaxName) return {.kind = Placed::Kind::impossible};
    const bool direct = !walk.through_link && !clean.starts_with('/') && !clean.starts_with("..");
    if (base == kOpaque) {
        if (replay_ == Replay::own) {
            inodes_[nodes_[walk.folder].inode].opaque = true;
        } else {
            carry_out_opaque(walk.folder);
        }
        return nothing_named(clean);
    }
    if (base.starts_with(kWhiteout)) {
        return place_whiteout(walk.folder, base.substr(kWhiteout.size()), direct);
    }
    Placed result =
        place_entry(member, {.folder = walk.folder, .base = base, .clean = clean, .direct = direct});
    result.through_absolute_link = walk.through_absolute_link;
    return result;
}

Placed ExpectedTree::nothing_named(const std::string& name) {
    return {.kind = note_odd_name(name) ? Placed::Kind::nothing : Placed::Kind::duplicate, .node = kRoot};
}

Placed ExpectedTree::place_entry(const TarMember& member, const Spot& spot) {
    const NodeId there = find_child(spot.folder, spot.base);
    if (there != kNone && named_before(spot.clean, there, spot.direct, NodeFlag::named)) {
        return {.kind = Placed::Kind::duplicate};
    }
    if (there != kNone && is_folder(there) && member.type == '5') {
        ExpectedInode& inode = inodes_[nodes_[there].inode];
        inode.implicit = false;
        nodes_[there].layer = layer_;
        set_attributes(inode, member);
        return {.kind = Placed::Kind::node, .node = there};
    }
    std::uint8_t used_names = 0;  // names stay used when another member takes the place
    if (there != kNone) {
        used_names = nodes_[there].flags;
        remove(there);
    }
    const Placed result = member.type == '1'
                              ? place_link(spot.folder, spot.base, member)
                              : Placed{
                                    .kind = Placed::Kind::node,
                                    .node = add_node(spot.folder, spot.base, add_inode(member)),
                                };
    if (result.node == kNone) return result;
    nodes_[result.node].flags |= used_names;
    if (spot.direct) {
        nodes_[result.node].set(NodeFlag::named);
    } else if (there == kNone) {
        static_cast<void>(note_odd_name(std::string(spot.clean)));
    }
    return result;
}

}  // namespace drydock
