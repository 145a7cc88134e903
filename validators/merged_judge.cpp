#include "validators/merged_judge.hpp"

#include "platform/crc64.hpp"

#include <sys/stat.h>

#include <vector>

namespace drydock {

namespace {

// Findings are judged in order of their paths, so few folders are looked at again.
constexpr std::size_t kMaxListings = 32;
constexpr std::size_t kBuffer = std::size_t{64} << 10U;

}  // namespace

bool may_come_from_a_mount(const Finding& finding) {
    const Damage damage = finding.damage;
    if (damage == Damage::content_attributes_changed) {
        return finding.evidence.actual && finding.evidence.actual->find(".opaque=") != std::string::npos;
    }
    return damage == Damage::content_file_extra || damage == Damage::content_file_missing ||
           damage == Damage::content_file_changed || damage == Damage::content_type_changed ||
           damage == Damage::whiteout_missing || damage == Damage::opaque_missing;
}

const MergedView::Listing& MergedJudge::listing_of(const std::string& path, const MergedEntry& folder) {
    if (const auto found = listings_.find(path); found != listings_.end()) return found->second;
    if (listings_.size() >= kMaxListings) listings_.clear();
    return listings_.emplace(path, view_.list(folder)).first->second;
}

bool MergedJudge::same_at(const std::string& path) {
    NodeId node = ExpectedTree::kRoot;
    MergedEntry entry = view_.root();
    bool on_disk = true;
    std::string walked;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string name = path.substr(begin, end - begin);
        if (node != kNone) node = expected_.find_child(node, name);
        if (on_disk) {
            const auto& listing = listing_of(walked, entry);
            const auto found = listing.find(name);
            on_disk = found != listing.end();
            if (on_disk) entry = MergedEntry(found->second);
        }
        walked += name + "/";
        begin = end + 1;
    }
    if (node == kNone || !on_disk) return node == kNone && !on_disk;
    return same(node, entry);
}

bool MergedJudge::same(NodeId node, const MergedEntry& entry) const {
    const ExpectedInode& inode = expected_.inode_of(node);
    if ((inode.mode & S_IFMT) != (entry.stat.mode & S_IFMT)) return false;
    if (!inode.implicit && !same_ownership(inode, entry.stat, ids_)) return false;
    switch (entry.stat.type()) {
    case FileType::directory:
        return same_folder(node, entry);
    case FileType::regular:
        return same_bytes(node, entry);
    case FileType::symlink:
        return expected_.target(inode) == view_.read_link(entry.parts.front());
    case FileType::character_device:
    case FileType::block_device:
        return inode.device_major == entry.stat.device_major && inode.device_minor == entry.stat.device_minor;
    case FileType::fifo:
    case FileType::socket:
    case FileType::unknown:
        return true;
    }
    return false;
}

bool MergedJudge::same_folder(NodeId node, const MergedEntry& entry) const {
    std::size_t matched = 0;
    for (const auto& [name, below] : view_.list(entry)) {
        const NodeId child = expected_.find_child(node, name);
        if (child == kNone && below.stat.type() == FileType::socket) continue;
        if (child == kNone || !same(child, below)) return false;
        ++matched;
    }
    std::size_t wanted = 0;
    for (NodeId child = expected_.node(node).first_child; child != kNone;
         child = expected_.node(child).next_sibling) {
        if (!expected_.node(child).has(NodeFlag::removed)) ++wanted;
    }
    return matched == wanted;
}

bool MergedJudge::same_bytes(NodeId node, const MergedEntry& entry) const {
    const ExpectedInode& inode = expected_.inode_of(node);
    // The bytes are another layer's, which answers for them.
    if (entry.elsewhere && entry.parts.front().layer != 0) return true;
    if (static_cast<std::uint64_t>(entry.stat.size) != inode.size) return false;
    if (inode.size == 0) return true;
    // A file that a lower layer holds and that this layer does not speak of is judged there.
    const bool of_this_layer = expected_.node(node).layer == expected_.current_layer();
    if (!of_this_layer && entry.parts.front().layer != 0) return true;
    const ReadFile file = view_.open_file(entry.parts.front());
    std::vector<char> buffer(kBuffer);
    std::uint64_t crc = 0;
    while (const std::size_t got = file.read(buffer.data(), buffer.size())) {
        crc = crc64_iso(crc, buffer.data(), got);
    }
    return crc == inode.crc;
}

}  // namespace drydock
