#include "validators/tree_compare.hpp"

#include "platform/os_error.hpp"
#include "validators/content_evidence.hpp"

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

class Comparison {
public:
    Comparison(
        ExpectedTree& tree,
        const ReadDir& files,
        const StreamResult& stream,
        const CompareOptions& options,
        ContentFindings& findings
    )
        : tree_(tree), files_(files), options_(options), findings_(findings) {
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
        report_problems();
        report_links();
    }

private:
    Finding* add(Damage damage, const std::string& name, std::optional<Severity> severity = {}) {
        Finding* finding = findings_.add(damage, name, severity);
        if (finding != nullptr && !options_.proven && finding->effective_repair() == RepairClass::rebuild) {
            finding->repair = RepairClass::needs_donor;
        }
        return finding;
    }

    void add_unreadable(const std::string& name, int error) {
        if (Finding* finding = findings_.add(Damage::unreadable, name)) {
            finding->verdict = Verdict::undetermined;
            finding->evidence.actual = describe_errno(error);
        }
    }

    // Every name in one folder; folders found on both sides are put into `open`.
    void compare_folder(NodeId folder, std::vector<NodeId>& open) {
        const std::optional<ReadDir> below =
            folder == ExpectedTree::kRoot ? std::nullopt : std::optional(files_.open(tree_.path(folder)));
        const ReadDir& dir = below ? *below : files_;
        bool names_differ = false;
        std::vector<DirEntry> extra;
        for (const DirEntry& entry : dir.list()) {
            const NodeId child = tree_.find_child(folder, entry.name);
            if (child == kNone) {
                extra.push_back(entry);
                continue;
            }
            tree_.node(child).set(NodeFlag::seen);
            try {
                if (!compare_child(dir, child, open)) names_differ = true;
            } catch (const OsError& error) {
                tree_.node(child).set(NodeFlag::reported);
                add_unreadable(tree_.path(child), error.error());
            }
        }
        if (report_missing(folder, extra)) names_differ = true;
        if (report_extra(folder, extra)) names_differ = true;
        if (!names_differ) report_folder_time(folder, dir);
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
            report_missing_node(id, inode, path);
        }
        return any;
    }

    void report_missing_node(NodeId id, const ExpectedInode& inode, const std::string& path) {
        std::uint64_t below = 0;
        const bool with_bytes = has_payload(id, below);
        Finding* finding = findings_.add(Damage::content_file_missing, path);
        if (finding == nullptr) return;
        finding->evidence.expected = std::string(describe_type(expected_type(inode)));
        if (below > 0)
            finding->evidence.detail = std::to_string(below) + " names below it are missing with it";
        if (!with_bytes && options_.proven) {
            finding->repair = RepairClass::rebuild;
            finding->witness = "the layer's tar headers";
        }
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
            open.push_back(id);
        } else if (inode.names > 1 || found->links > 1) {
            linked_.push_back({.node = id, .inode = tree_.node(id).inode, .disk = found->inode});
        }
        compare_target(dir, id, inode, *found);
        compare_size(id, inode, *found);
        compare_attributes(dir, id, inode, *found);
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

    void compare_attributes(const ReadDir& dir, NodeId id, const ExpectedInode& inode, const FileStat& stat) {
        if (inode.opaque || !inode.no_xattrs_on_disk || inode.xattrs != kNone) {
            compare_extended(dir, id, inode);
        }
        if (inode.implicit) return;
        const InodeId number = tree_.node(id).inode;
        if (inode.names > 1 && !compared_.insert(number).second) return;  // once for all its names
        const FileType type = stat.type();
        const bool time_differs = type != FileType::directory &&
                                  compare_mtime(inode.mtime, stat.mtime, type) == MtimeMatch::different &&
                                  !problems_.contains(number);
        const AttributeDifference difference = compare_ownership(inode, stat);
        if (difference.empty() && !time_differs) return;
        // A time alone changes nothing that runs.
        const auto severity = difference.empty() ? std::optional(Severity::warning) : std::nullopt;
        Finding* finding = add(Damage::content_attributes_changed, tree_.path(id), severity);
        if (finding == nullptr) return;
        finding->evidence.expected = difference.expected;
        finding->evidence.actual = difference.actual;
        if (time_differs) {
            append_field(*finding->evidence.expected, "mtime", inode.mtime);
            append_field(*finding->evidence.actual, "mtime", stat.mtime);
        }
    }

    void compare_extended(const ReadDir& dir, NodeId id, const ExpectedInode& inode) {
        const auto actual = dir.xattrs(std::string(tree_.name(id)));
        const bool marked = has_opaque_mark(actual);
        if (inode.opaque && !marked) add(Damage::opaque_missing, tree_.path(id));
        const XattrContext context{
            .type = expected_type(inode),
            .maker = options_.maker,
            .link_xattrs = &tree_.link_xattrs(),
        };
        auto differences = compare_xattrs(tree_.xattrs(inode), actual, context);
        if (S_ISDIR(inode.mode) && marked && !inode.opaque) {
            differences.push_back({.name = "trusted.overlay.opaque", .expected = {}, .actual = "y"});
        }
        if (differences.empty()) return;
        if (Finding* finding = add(Damage::content_attributes_changed, tree_.path(id))) {
            describe_xattrs(differences, finding->evidence);
        }
    }

    // A folder's own time, when nothing in it explains the difference.
    void report_folder_time(NodeId id, const ReadDir& dir) {
        const ExpectedInode& inode = tree_.inode_of(id);
        if (id == ExpectedTree::kRoot || inode.implicit) return;
        const FileStat stat = dir.stat();
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
            std::vector<std::string> names;
            if (inode.names > 1) {
                names = tree_.names_of(number);
            } else {
                names.push_back(tree_.path(problem.node));
            }
            if (Finding* finding = findings_.add(damage_of(problem.kind), names.front())) {
                finding->evidence.peers.assign(names.begin() + 1, names.end());
                describe_payload(inode, problem, *finding);
            }
        }
    }

    struct Linked {
        NodeId node = kNone;
        InodeId inode = kNone;
        std::uint64_t disk = 0;
    };

    // Names that are one inode in the tar must be one on disk, and the other way round.
    void report_links() {
        std::map<InodeId, std::vector<const Linked*>> by_inode;
        std::map<std::uint64_t, std::vector<const Linked*>> by_disk;
        for (const Linked& name : linked_) {
            by_inode[name.inode].push_back(&name);
            by_disk[name.disk].push_back(&name);
        }
        const auto report =
            [&](const std::vector<const Linked*>& group, const char* expected, const char* actual) {
                std::vector<std::string> names;
                for (const Linked* name : group) {
                    names.push_back(tree_.path(name->node));
                }
                std::sort(names.begin(), names.end());
                if (Finding* finding = add(Damage::content_link_changed, names.front())) {
                    finding->evidence.expected = expected;
                    finding->evidence.actual = actual;
                    finding->evidence.peers.assign(names.begin() + 1, names.end());
                }
            };
        for (const auto& [inode, group] : by_inode) {
            const bool one = std::all_of(group.begin(), group.end(), [&](const Linked* name) {
                return name->disk == group.front()->disk;
            });
            if (!one) report(group, "one file with these names", "separate files");
        }
        for (const auto& [disk, group] : by_disk) {
            const bool one = std::all_of(group.begin(), group.end(), [&](const Linked* name) {
                return name->inode == group.front()->inode;
            });
            if (!one) report(group, "separate files", "one file with these names");
        }
    }

    ExpectedTree& tree_;
    const ReadDir& files_;
    const CompareOptions& options_;
    ContentFindings& findings_;
    std::unordered_map<InodeId, PayloadProblem> problems_;
    std::vector<Linked> linked_;
    std::set<InodeId> compared_;
};

}  // namespace

Finding* ContentFindings::add(Damage damage, const std::string& name, std::optional<Severity> severity) {
    ++total_;
    if (findings_.size() >= kMaxListed) {
        ++unlisted_[{damage, severity.value_or(describe(damage).severity)}];
        return nullptr;
    }
    Finding finding{
        .damage = damage,
        .subject = subject_,
        .path = name.empty() ? base_path_ : base_path_ + "/" + name,
    };
    finding.severity = severity;
    return &findings_.emplace_back(std::move(finding));
}

std::vector<UnlistedFindings> ContentFindings::unlisted() const {
    std::vector<UnlistedFindings> result;
    for (const auto& [kind, count] : unlisted_) {
        result.push_back({.subject = subject_, .damage = kind.first, .severity = kind.second, .count = count}
        );
    }
    return result;
}

std::vector<Finding> ContentFindings::take() {
    std::sort(findings_.begin(), findings_.end(), report_order);
    if (total_ > findings_.size()) {
        findings_.back().evidence.detail =
            "the last one listed of " + std::to_string(total_) + " findings of this layer";
    }
    return std::move(findings_);
}

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
