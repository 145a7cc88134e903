// The tree that unpacking a layer's tar leaves behind: every member replayed in stream order by the
// rules of dockerd's overlay2 (moby pkg/archive Unpack, createTarFile, overlayWhiteoutConverter). Built
// from headers alone, in at most 250 bytes a member; what lies on disk is compared with it afterwards.
#pragma once

#include "formats/tar_header.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace drydock {

using NodeId = std::uint32_t;
using InodeId = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xffffffff;

using XattrList = std::vector<std::pair<std::string, std::string>>;  // in a tree: sorted by name
using XattrSet = std::set<std::pair<std::string, std::string>>;

struct ExpectedInode {
    // Not 0: the file with this number was seen to have all these attributes, and no others.
    std::uint64_t disk_inode = 0;
    std::int64_t mtime = 0;
    std::uint64_t size = 0;
    std::uint64_t crc = 0;
    std::uint32_t mode = 0;  // type and permission bits
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint32_t device_major = 0;
    std::uint32_t device_minor = 0;
    std::uint32_t names = 0;         // nodes that are this inode
    std::uint32_t target = kNone;    // symlink: index into the targets
    std::uint32_t xattrs = kNone;    // index into the attribute lists
    bool implicit = false;           // a folder without a header of its own
    bool whiteout = false;           // a device 0:0 that hides a name below
    bool opaque = false;             // a folder that hides what lies below it
    bool no_xattrs_on_disk = false;  // seen while its bytes were read
};

// Set while the tree is built and compared.
enum class NodeFlag : std::uint8_t {
    removed = 1,  // replaced by a later member
    named = 2,    // a member has exactly this name: a second one is a duplicate
    named_whiteout = 4,
    seen = 8,       // there on disk
    reported = 16,  // has a finding, which also speaks for all below it
};

struct TreeNode {
    NodeId parent = kNone;
    std::uint32_t name_offset = 0;
    std::uint16_t name_size = 0;
    std::uint8_t flags = 0;
    std::uint8_t layer = 0;  // of the chain, that made it
    InodeId inode = kNone;
    NodeId first_child = kNone;
    NodeId next_sibling = kNone;

    [[nodiscard]] bool has(NodeFlag flag) const noexcept {
        return (flags & static_cast<std::uint8_t>(flag)) != 0;
    }

    void set(NodeFlag flag) noexcept {
        flags = static_cast<std::uint8_t>(flags | static_cast<std::uint8_t>(flag));
    }
};

// How members act on what earlier layers of the chain left in the same tree.
enum class Replay : std::uint8_t {
    own,     // one layer alone: whiteouts and opaque marks are entries of their own
    merged,  // on top of the layers below, as overlayfs shows it: a link of a layer below is not followed
    full,    // on top of the layers below, as unpacked through a mount of them: links are followed
};

// What one member came to.
struct Placed {
    enum class Kind : std::uint8_t {
        node,        // stands at `node`
        nothing,     // leaves nothing of its own: a global header, the root, an opaque mark, a whiteout
        duplicate,   // a second member of the same name, which tar-split refuses
        impossible,  // cannot be unpacked: through a file, a dangling link, onto nothing
    };

    Kind kind = Kind::nothing;
    NodeId node = kNone;
    bool through_absolute_link = false;  // dockerd would look for it outside the layer
};

class ExpectedTree {
public:
    ExpectedTree();

    // The members that follow are of the next layer of the chain. A tree holds at most kMaxLayers.
    void begin_layer(Replay replay);
    [[nodiscard]] Placed place(const TarMember& member);
    static constexpr unsigned kMaxLayers = 255;

    [[nodiscard]] std::uint8_t current_layer() const noexcept { return layer_; }

    static constexpr NodeId kRoot = 0;

    [[nodiscard]] const TreeNode& node(NodeId id) const { return nodes_[id]; }

    [[nodiscard]] TreeNode& node(NodeId id) { return nodes_[id]; }

    [[nodiscard]] const ExpectedInode& inode(InodeId id) const { return inodes_[id]; }

    [[nodiscard]] ExpectedInode& inode(InodeId id) { return inodes_[id]; }

    [[nodiscard]] const ExpectedInode& inode_of(NodeId id) const { return inodes_[nodes_[id].inode]; }

    [[nodiscard]] NodeId node_count() const { return static_cast<NodeId>(nodes_.size()); }

    [[nodiscard]] std::string_view name(NodeId id) const;
    // "usr/bin/env"; "" for the root.
    [[nodiscard]] std::string path(NodeId id) const;
    // kNone where there is none.
    [[nodiscard]] NodeId find_child(NodeId folder, std::string_view wanted) const;

    // False once the member that made the node was replaced, or a folder above it was.
    [[nodiscard]] bool live(NodeId id) const { return !nodes_[id].has(NodeFlag::removed); }

    [[nodiscard]] const std::string& target(const ExpectedInode& inode) const {
        return targets_[inode.target];
    }

    [[nodiscard]] const XattrList& xattrs(const ExpectedInode& inode) const;

    // Attributes that headers of symlinks carry: newer daemons set them on what the link points to.
    [[nodiscard]] const XattrSet& link_xattrs() const { return link_xattrs_; }

    // True once the tree has taken more memory or time than any real layer's: nothing more may be placed.
    [[nodiscard]] bool full() const noexcept { return weight_ > kMaxBytes || steps_ > kMaxSteps; }

    // Some six million members of the usual kind; a hostile tar-split makes no more of it.
    static constexpr std::size_t kMaxBytes = std::size_t{1} << 30U;
    // Components looked up: some seconds. Links that lead through links make many of few bytes.
    static constexpr std::uint64_t kMaxSteps = std::uint64_t{1} << 27U;

private:
    struct Walk {
        NodeId folder = kNone;  // kNone: cannot be reached
        bool through_link = false;
        bool through_absolute_link = false;
        unsigned links = 0;
    };
    enum class Missing : std::uint8_t { create, fail };

    // Where an entry goes: `clean` is its whole name, `direct` that this is its path in the tree too.
    struct Spot {
        NodeId folder = kNone;
        std::string_view base;
        std::string_view clean;
        bool direct = true;
    };

    // A member that leaves no node, but uses its name.
    Placed nothing_named(const std::string& name);
    Placed place_entry(const TarMember& member, const Spot& spot);
    Placed place_whiteout(NodeId folder, std::string_view hidden, bool direct);
    Placed place_link(NodeId folder, std::string_view base, const TarMember& member);
    void walk(Walk& walk, std::string_view path, Missing missing);
    void step(Walk& walk, std::string_view component, Missing missing);
    NodeId add_node(NodeId folder, std::string_view text, InodeId inode);
    InodeId add_inode(const TarMember& member);
    void set_attributes(ExpectedInode& inode, const TarMember& member);
    void add_xattrs(ExpectedInode& inode, const TarMember& member);
    void remove(NodeId id);
    [[nodiscard]] bool is_folder(NodeId id) const;
    [[nodiscard]] bool note_odd_name(std::string name);
    // True if a member of this cleaned name was placed before.
    [[nodiscard]] bool named_before(std::string_view clean, NodeId node, bool direct, NodeFlag flag);

    void index_insert(NodeId id);
    void index_grow();
    [[nodiscard]] std::size_t index_slot(NodeId folder, std::string_view name) const;

    void carry_out_opaque(NodeId folder);

    Replay replay_ = Replay::own;
    std::uint8_t layer_ = 0;
    // Chunked, so that growth never holds two copies.
    std::deque<TreeNode> nodes_;
    std::deque<ExpectedInode> inodes_;
    std::vector<std::string> name_chunks_;
    std::vector<NodeId> index_;  // open addressing over (folder, name)
    std::size_t index_used_ = 0;
    std::size_t weight_ = 0;  // bytes taken, roughly
    std::uint64_t steps_ = 0;
    std::vector<std::string> targets_;
    std::vector<XattrList> xattr_lists_;
    XattrSet link_xattrs_;
    std::set<std::string> odd_names_;  // members whose cleaned name is not their path in the tree
};

}  // namespace drydock
