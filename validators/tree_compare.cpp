#include "validators/tree_compare.hpp"

#include "platform/os_error.hpp"
#include "validators/content_evidence.hpp"
#include "validators/hard_links.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>

namespace drydock {

namespace {

FileType expected_type(const ExpectedInode& inode) {
    FileStat stat;
    stat.mode = inode.mode;
    return stat.type();
}

constexpr std::string_view kHeaders = "the layer's tar headers";
// Names told besides the first ones: of one file, and in all the findings of a layer.
constexpr std::size_t kMaxPeers = 1'000;
constexpr std::size_t kMaxAllPeers = ContentFindings::kMaxListed;

class Comparison {
public:
    Comparison(
        ExpectedTree& tree,
        const ReadDir& files,
        const StreamResult& stream,
        const CompareOptions& options,
        ContentFindings& findings
    )
        : tree_(tree), files_(files), options_(options), findings_(findings), inode_names_(tree) {
        for (const PayloadProblem& problem : stream.problems) {
            if (tree.live(problem.node)) problems_.emplace(tree.node(problem.node).inode, problem);
        }
    }

    void run() {
        std::vector<NodeId> open{ExpectedTree::kRoot};
        while (!open.empty()) {
            const NodeId folder = open.back();
            open.pop_back();
            try {
                compare_folder(folder, open);
            } catch (const OsError& error) {
                add_unreadable(tree_.path(folder), error.error());
            }
        }
        report_missing_links();
        report_problems();
        report_links();
    }

private:
    // One finding for an object with several names: at the first of them, the others as peers.
    Finding*
    add_named(Damage damage, const std::vector<std::string>& names, std::optional<Severity> severity = {}) {
        Finding* finding = add(damage, names.front(), severity);
        if (finding != nullptr) add_peers(*finding, names);
        return finding;
    }

    void add_peers(Finding& finding, const std::vector<std::string>& names) {
        const std::size_t count = std::min({names.size() - 1, kMaxPeers, kMaxAllPeers - peers_});
        peers_ += count;
        for (std::size_t i = 1; i <= count; ++i) {
            finding.evidence.peers.push_back(findings_.path_of(names[i]));
        }
        if (count + 1 < names.size()) {
            finding.evidence.detail = std::to_string(names.size() - 1 - count) + " more names are not listed";
        }
    }

    // All names of what stands at a node, sorted; one is enough where the finding is only counted.
    std::vector<std::string> names_of(NodeId id) {
        return findings_.full() ? std::vector{tree_.path(id)} : inode_names_.of(id);
    }

    Finding* add(Damage damage, const std::string& name, std::optional<Severity> severity = {}) {
        Finding* finding = findings_.add(damage, name, severity);
        if (finding != nullptr && finding->effective_repair() == RepairClass::rebuild) {
            if (options_.proven) {
                finding->witness = kHeaders;
            } else {
                finding->repair = RepairClass::needs_donor;
            }
        }
        return finding;
    }

    static void set_provable(Finding& finding) {
        finding.repair = RepairClass::rebuild;
        finding.witness = kHeaders;
    }

    void add_unreadable(const std::string& name, int error, std::optional<std::string> detail = {}) {
        if (Finding* finding = findings_.add(Damage::unreadable, name)) {
            finding->verdict = Verdict::undetermined;
            finding->evidence.actual = describe_errno(error);
            finding->evidence.detail = std::move(detail);
        }
    }

    // Every name in one folder; folders found on both sides are put into `open`.
    void compare_folder(NodeId folder, std::vector<NodeId>& open) {
        const std::optional<ReadDir> below =
            folder == ExpectedTree::kRoot ? std::nullopt : std::optional(files_.open(tree_.path(folder)));
        const ReadDir& dir = below ? *below : files_;
        const FileStat own = dir.stat();
        if (folder != ExpectedTree::kRoot) compare_attributes(dir, ".", folder, own);
        bool names_differ = false;
        std::vector<DirEntry> extra;
        for (const DirEntry& entry : dir.list()) {
            const NodeId child = tree_.find_child(folder, entry.name);
            if (child == kNone) {
                extra.push_back(entry);
                continue;
            }
            tree_.node(child).set(NodeFlag::seen);
            const ExpectedInode& inode = tree_.inode_of(child);
            if (entry.type == FileType::regular && inode.disk_inode == entry.inode && inode.names == 1) {
                continue;  // compared when its bytes were read
            }
            if (entry.type == FileType::directory && S_ISDIR(inode.mode)) {
                open.push_back(child);  // compared when it is open
                continue;
            }
            try {
                if (!compare_child(dir, child, open)) names_differ = true;
            } catch (const OsError& error) {
                tree_.node(child).set(NodeFlag::reported);
                add_unreadable(tree_.path(child), error.error());
            }
        }
        if (report_missing(folder, extra)) names_differ = true;
        if (report_extra(folder, extra)) names_differ = true;
        if (!names_differ) report_folder_time(folder, own);
    }

    // True where a name is missing. Leftovers of a whiteout (`.wh.X` as a file) leave `extra`.
    bool report_missing(NodeId folder, std::vector<DirEntry>& extra) {
        bool any = false;
        for (NodeId id = tree_.node(folder).first_child; id != kNone; id = tree_.node(id).next_sibling) {
            TreeNode& node = tree_.node(id);
            if (node.has(NodeFlag::removed) || node.has(NodeFlag::seen)) continue;
            any = true;
            node.set(NodeFlag::reported);
            const ExpectedInode& inode = tree_.inode(node.inode);
            const std::string path = tree_.path(id);
            if (inode.whiteout) {
                const std::string marker = ".wh." + std::string(tree_.name(id));
                std::erase_if(extra, [&](const DirEntry& entry) { return entry.name == marker; });
                add(Damage::whiteout_missing, path);
                continue;
            }
            if (inode.names > 1) {
                missing_names_[node.inode].push_back(id);
            } else {
                report_missing_node(id, {path});
            }
        }
        return any;
    }

    // A file all of whose names are gone is one finding; else each missing name is.
    void report_missing_links() {
        for (const auto& [number, nodes] : missing_names_) {
            if (nodes.size() == tree_.inode(number).names) {
                report_missing_node(nodes.front(), names_of(nodes.front()));
                continue;
            }
            for (const NodeId id : nodes) {
                report_missing_node(id, {tree_.path(id)});
            }
        }
    }

    void report_missing_node(NodeId id, const std::vector<std::string>& names) {
        const ExpectedInode& inode = tree_.inode_of(id);
        std::uint64_t below = 0;
        const bool with_bytes = has_payload(id, below);
        Finding* finding = findings_.add(Damage::content_file_missing, names.front());
        if (finding == nullptr) return;
        finding->evidence.expected = std::string(describe_type(expected_type(inode)));
        if (below > 0)
            finding->evidence.detail = std::to_string(below) + " names below it are missing with it";
        add_peers(*finding, names);
        if (!with_bytes && options_.proven) set_provable(*finding);
    }

    // Whether a node or anything below it has bytes; counts what lies below.
    bool has_payload(NodeId top, std::uint64_t& below) const {
        bool result = false;
        std::vector<NodeId> open{top};
        while (!open.empty()) {
            const NodeId id = open.back();
            open.pop_back();
            const TreeNode& node = tree_.node(id);
            if (node.has(NodeFlag::removed)) continue;
            if (id != top) ++below;
            result = result || tree_.inode(node.inode).size > 0;
            for (NodeId child = node.first_child; child != kNone; child = tree_.node(child).next_sibling) {
                open.push_back(child);
            }
        }
        return result;
    }

    bool report_extra(NodeId folder, const std::vector<DirEntry>& extra) {
        bool any = false;
        for (const DirEntry& entry : extra) {
            // Sockets are in no tar: a build's leave them behind.
            if (entry.type == FileType::socket) continue;
            any = true;
            const std::string base = tree_.path(folder);
            if (Finding* finding =
                    add(Damage::content_file_extra, base.empty() ? entry.name : base + "/" + entry.name)) {
                finding->evidence.actual = std::string(describe_type(entry.type));
            }
        }
        return any;
    }

    // False where the entry cannot be what the tar has, so that its folder's time says nothing.
    bool compare_child(const ReadDir& dir, NodeId id, std::vector<NodeId>& open) {
        const std::string name(tree_.name(id));
        const auto found = dir.find_stat(name);
        if (!found) throw OsError(EAGAIN, "stat", name);  // it was listed a moment ago
        const ExpectedInode& inode = tree_.inode_of(id);
        const FileType want = expected_type(inode);
        const FileType have = found->type();
        if (want != have || (inode.whiteout && (found->device_major != 0 || found->device_minor != 0))) {
            tree_.node(id).set(NodeFlag::reported);
            if (Finding* finding = add(Damage::content_type_changed, tree_.path(id))) {
                finding->evidence.expected = inode.whiteout ? "whiteout" : std::string(describe_type(want));
                finding->evidence.actual = std::string(describe_type(have));
            }
            return false;
        }
        if (inode.whiteout) return true;  // owner, mode, time and links of a whiteout mean nothing
        if (want == FileType::directory) {
            open.push_back(id);  // a file system that tells no types in its listings
            return true;
        }
        if (inode.names > 1 || found->links > 1) {
            linked_.push_back({.node = id, .inode = tree_.node(id).inode, .disk = found->inode});
        }
        compare_target(dir, id, inode, *found);
        compare_size(id, inode, *found);
        compare_attributes(dir, name, id, *found);
        return true;
    }

    void compare_target(const ReadDir& dir, NodeId id, const ExpectedInode& inode, const FileStat& stat) {
        std::string want;
        std::string have;
        if (S_ISLNK(inode.mode)) {
            want = tree_.target(inode);
            have = dir.read_link(std::string(tree_.name(id)));
        } else if (S_ISCHR(inode.mode) || S_ISBLK(inode.mode)) {
            want = std::to_string(inode.device_major) + ":" + std::to_string(inode.device_minor);
            have = std::to_string(stat.device_major) + ":" + std::to_string(stat.device_minor);
        }
        if (want == have) return;
        if (Finding* finding = add(Damage::content_link_changed, tree_.path(id))) {
            finding->evidence.expected = want;
            finding->evidence.actual = have;
        }
    }

    // Files that should be empty: nothing was read of them.
    void compare_size(NodeId id, const ExpectedInode& inode, const FileStat& stat) {
        if (!S_ISREG(inode.mode) || inode.size != 0 || stat.size == 0) return;
        const InodeId number = tree_.node(id).inode;
        if (problems_.contains(number)) return;
        problems_.emplace(
            number,
            PayloadProblem{
                .kind = PayloadProblem::Kind::changed,
                .node = id,
                .actual_size = static_cast<std::uint64_t>(stat.size),
            }
        );
    }

    // `name` is the object in `dir`; "." for the folder itself.
    void compare_attributes(const ReadDir& dir, const std::string& name, NodeId id, const FileStat& stat) {
        const ExpectedInode& inode = tree_.inode_of(id);
        const InodeId number = tree_.node(id).inode;
        if (inode.names > 1 && !compared_.insert(number).second) return;  // once for all its names
        std::vector<XattrDifference> extended;
        if (inode.opaque || !inode.no_xattrs_on_disk || inode.xattrs != kNone) {
            extended = compare_extended(dir.xattrs(name), id, inode);
        }
        if (inode.implicit) return;  // nothing but that it is a folder
        const FileType type = stat.type();
        const bool time_differs = type != FileType::directory &&
                                  compare_mtime(inode.mtime, stat.mtime, type) == MtimeMatch::different &&
                                  !problems_.contains(number);
        AttributeDifference difference = compare_ownership(inode, stat, options_.ids);
        append_xattrs(extended, difference);
        if (difference.empty() && !time_differs) return;
        // A time alone changes nothing that runs.
        const auto severity = difference.empty() ? std::optional(Severity::warning) : std::nullopt;
        if (type == FileType::directory) differing_folders_.insert(id);
        Finding* finding = add_named(Damage::content_attributes_changed, names_of(id), severity);
        if (finding == nullptr) return;
        if (time_differs) {
            append_field(difference.expected, "mtime", inode.mtime);
            append_field(difference.actual, "mtime", stat.mtime);
        }
        finding->evidence.expected = difference.expected;
        finding->evidence.actual = difference.actual;
    }

    // The marks are told here, the rest is given back.
    std::vector<XattrDifference>
    compare_extended(const std::vector<Xattr>& actual, NodeId id, const ExpectedInode& inode) {
        const bool marked = has_opaque_mark(actual);
        if (inode.opaque && !marked) {
            if (options_.trusted == TrustedSight::visible) {
                add(Damage::opaque_missing, tree_.path(id));
            } else {
                add_unreadable(tree_.path(id), EPERM, "without CAP_SYS_ADMIN an opaque mark cannot be seen");
            }
        }
        const XattrContext context{
            .type = expected_type(inode),
            .maker = options_.maker,
            .trusted = options_.trusted,
            .link_xattrs = &tree_.link_xattrs(),
        };
        const XattrList& expected = tree_.xattrs(inode);
        const bool by_header = std::any_of(expected.begin(), expected.end(), [](const auto& attribute) {
            return attribute.first.ends_with(".overlay.opaque");
        });
        if (S_ISDIR(inode.mode) && marked && !inode.opaque && !by_header) {
            if (Finding* finding = add(Damage::content_attributes_changed, tree_.path(id))) {
                AttributeDifference mark;
                append_xattrs({{.name = "trusted.overlay.opaque", .expected = {}, .actual = "y"}}, mark);
                finding->evidence.expected = mark.expected;
                finding->evidence.actual = mark.actual;
            }
        }
        return compare_xattrs(expected, actual, context);
    }

    // A folder's own time, when nothing in it explains the difference.
    void report_folder_time(NodeId id, const FileStat& stat) {
        const ExpectedInode& inode = tree_.inode_of(id);
        if (id == ExpectedTree::kRoot || inode.implicit || differing_folders_.contains(id)) return;
        if (compare_mtime(inode.mtime, stat.mtime, FileType::directory) == MtimeMatch::same) return;
        if (Finding* finding = add(Damage::content_attributes_changed, tree_.path(id), Severity::note)) {
            finding->evidence.expected.emplace();
            finding->evidence.actual.emplace();
            append_field(*finding->evidence.expected, "mtime", inode.mtime);
            append_field(*finding->evidence.actual, "mtime", stat.mtime);
        }
    }

    [[nodiscard]] bool spoken_for(NodeId id) const {
        for (; id != ExpectedTree::kRoot; id = tree_.node(id).parent) {
            if (tree_.node(id).has(NodeFlag::reported)) return true;
        }
        return false;
    }

    // Bytes: one finding an inode, at its first name, with the others as peers.
    void report_problems() {
        std::vector<std::pair<InodeId, PayloadProblem>> sorted(problems_.begin(), problems_.end());
        std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
            return a.first < b.first;
        });
        for (const auto& [number, problem] : sorted) {
            if (spoken_for(problem.node)) continue;
            const ExpectedInode& inode = tree_.inode(number);
            const std::vector<std::string> names = names_of(problem.node);
            if (Finding* finding = findings_.add(damage_of(problem.kind), names.front())) {
                describe_payload(inode, problem, *finding);
                add_peers(*finding, names);
                // What it should hold is known: nothing.
                if (inode.size == 0 && options_.proven) set_provable(*finding);
            }
        }
    }

    void report_links() {
        constexpr const char* kOne = "one file with these names";
        constexpr const char* kSeveral = "separate files";
        for (const LinkDifference& difference : compare_links(linked_)) {
            const auto names = findings_.full() ? std::vector{tree_.path(difference.nodes.front())}
                                                : sorted_paths(tree_, difference.nodes);
            if (Finding* finding = add_named(Damage::content_link_changed, names)) {
                finding->evidence.expected = difference.one_in_tar ? kOne : kSeveral;
                finding->evidence.actual = difference.one_in_tar ? kSeveral : kOne;
            }
        }
    }

    ExpectedTree& tree_;
    const ReadDir& files_;
    const CompareOptions& options_;
    ContentFindings& findings_;
    std::unordered_map<InodeId, PayloadProblem> problems_;
    InodeNames inode_names_;
    std::vector<LinkedName> linked_;
    std::map<InodeId, std::vector<NodeId>> missing_names_;
    std::set<InodeId> compared_;
    std::set<NodeId> differing_folders_;  // with a finding of their own attributes
    std::size_t peers_ = 0;
};

}  // namespace

void compare_tree(
    ExpectedTree& tree,
    const ReadDir& files,
    const StreamResult& stream,
    const CompareOptions& options,
    ContentFindings& findings
) {
    Comparison(tree, files, stream, options, findings).run();
}

}  // namespace drydock
