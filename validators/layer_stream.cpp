#include "validators/layer_stream.hpp"

#include "formats/tar_split.hpp"
#include "platform/crc64.hpp"
#include "platform/gunzip.hpp"
#include "platform/os_error.hpp"
#include "platform/sys.hpp"
#include "validators/content_evidence.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace drydock {

namespace {

// Fits a core's second-level cache, so that the second hash finds the bytes there.
constexpr std::size_t kFileBuffer = std::size_t{256} << 10U;

class Stream {
public:
    // `files` is nullptr where only the headers are wanted.
    Stream(const ReadDir* files, ExpectedTree& tree, StreamPass pass, const StreamRun& run)
        : files_(files), tree_(tree), pass_(pass), run_(run), buffers_(run.buffers), progress_(run.progress) {
        buffers_.hash.reset();
    }

    StreamResult run(const ReadFile& tar_split) {
        Gunzip gunzip([&](void* buffer, std::size_t size) { return tar_split.read(buffer, size); });
        TarSplitReader reader(
            [&](std::span<char> out) -> std::ptrdiff_t {
                if (run_.stop.stop_requested()) return -1;
                if (gunzip.total_out() > run_.max_tar_split_bytes) return -1;
                const Gunzip::Result got = gunzip.read(out);
                if (got.status == Gunzip::Status::bad && got.produced == 0) return -1;
                return static_cast<std::ptrdiff_t>(got.produced);
            },
            [&] { return gunzip.error(); }
        );
        TarSplitEntry entry;
        while (next_entry(reader, gunzip, entry) && take(entry)) {
            if (!whole_ && pass_ == StreamPass::digest) {
                result_.state = StreamResult::State::broken_off;
                break;
            }
        }
        if (result_.state == StreamResult::State::whole) finish();
        return std::move(result_);
    }

private:
    void finish() {
        if (!headers_.good_end()) {
            damaged("bytes after the last member that no tar reader takes");
        } else if (whole_) {
            result_.digest = DiffId(Digest(buffers_.hash.finish()));
        }
    }

    // False at the end, for whatever reason: the state tells.
    bool next_entry(TarSplitReader& reader, const Gunzip& gunzip, TarSplitEntry& entry) {
        if (run_.stop.stop_requested()) return stopped();
        const TarSplitReader::Next next = reader.next(entry);
        if (run_.stop.stop_requested()) return stopped();
        if (next == TarSplitReader::Next::end) return false;
        if (gunzip.total_out() > run_.max_tar_split_bytes) return too_large("longer than any layer's");
        if (next == TarSplitReader::Next::bad) {
            return reader.limit_hit() ? too_large(reader.error()) : damaged(reader.error());
        }
        return tree_.full() ? too_large("more members than any layer's") : true;
    }

    bool stopped() {
        result_.state = StreamResult::State::stopped;
        return false;
    }

    bool too_large(std::string error) {
        result_.state = StreamResult::State::unreadable;
        result_.error_number = EFBIG;
        result_.error = std::move(error);
        return false;
    }

    bool damaged(std::string error) {
        result_.state = StreamResult::State::damaged;
        result_.error = std::move(error);
        return false;
    }

    // False where the tar-split is no good from here on.
    bool take(const TarSplitEntry& entry) {
        switch (entry.kind) {
        case TarSplitEntry::Kind::segment:
            if (whole_) buffers_.hash.update(entry.payload.data(), entry.payload.size());
            headers_.feed(entry.payload);
            return true;
        case TarSplitEntry::Kind::file:
            return take_file(entry);
        case TarSplitEntry::Kind::other:
            return true;
        }
        return true;
    }

    bool take_file(const TarSplitEntry& entry) {
        const Parsed<TarMember> parsed = headers_.take(entry.size);
        if (!parsed) return damaged(parsed.error().what);
        const TarMember& member = *parsed;
        if (member.name != entry.name) return damaged("an entry and its tar header have different names");
        if (entry.size != 0 && !entry.has_crc) return damaged("an entry with bytes and no checksum");
        result_.entry_size_sum += static_cast<std::uint64_t>(entry.size);
        result_.header_size_sum += static_cast<std::uint64_t>(std::max<std::int64_t>(member.size, 0));
        const Placed placed = tree_.place(member);
        if (placed.kind == Placed::Kind::duplicate) return damaged("two members have one name");
        if (placed.kind == Placed::Kind::impossible) {
            odd("a member that cannot be unpacked where it stands", member);
        }
        if (member.sparse) {
            odd("a sparse file of the PAX format, whose map tar-split does not keep", member);
            result_.oddity_changes_digest = true;
        }
        if (entry.size != 0) take_payload(entry, member, placed);
        return true;
    }

    // The bytes of one member, where it has any on disk.
    void take_payload(const TarSplitEntry& entry, const TarMember& member, const Placed& placed) {
        // Daemons before 18.09 split off the payload of a global header, and it was never unpacked.
        if (member.type == 'g') return lose_to("a global header whose payload is not kept", member);
        if (member.header_only()) {
            // No payload follows in the stream; dockerd's assembler would look for one.
            odd("a link or special file whose header claims a size", member);
            return;
        }
        if (placed.kind != Placed::Kind::node) {
            return lose_to("a file with bytes whose name leaves none on disk", member);
        }
        if (placed.through_absolute_link) {
            odd("a path through an absolute link, which dockerd follows outside the layer", member);
        }
        ExpectedInode& inode = tree_.inode(tree_.node(placed.node).inode);
        inode.size = static_cast<std::uint64_t>(entry.size);
        inode.crc = entry.crc;
        result_.payload_total += inode.size;
        if (files_ != nullptr) payload(placed.node, inode);
    }

    void lose_to(const char* what, const TarMember& member) {
        odd(what, member);
        lose_payload();
        result_.oddity_changes_digest = true;
    }

    void odd(const char* what, const TarMember& member) {
        constexpr std::size_t kMaxOddities = 100;
        if (result_.oddities.size() < kMaxOddities)
            result_.oddities.push_back({.what = what, .name = member.name});
    }

    void lose_payload() { whole_ = false; }

    PayloadProblem& problem(PayloadProblem::Kind kind, NodeId node) {
        lose_payload();
        return result_.problems.emplace_back(PayloadProblem{.kind = kind, .node = node});
    }

    // The folder of a member, opened once for the run of members in it.
    const ReadDir* folder_of(NodeId node) {
        const NodeId folder = tree_.node(node).parent;
        if (folder == ExpectedTree::kRoot) return files_;
        if (folder_id_ != folder) {
            folder_id_ = folder;
            folder_ = files_->find(tree_.path(folder));
        }
        return folder_ ? &*folder_ : nullptr;
    }

    void payload(NodeId node, ExpectedInode& inode) {
        try {
            const ReadDir* folder = folder_of(node);
            if (folder == nullptr) {
                problem(PayloadProblem::Kind::missing, node);
                return;
            }
            const ReadFile file = folder->open_file(std::string(tree_.name(node)));
            const auto size = static_cast<std::uint64_t>(file.stat().size);
            if (size != inode.size) {
                problem(size == 0 ? PayloadProblem::Kind::empty : PayloadProblem::Kind::changed, node)
                    .actual_size = size;
                progress_.bytes_done += inode.size;
                return;
            }
            note_attributes(file, inode);
            read_payload(file, node, inode);
        } catch (const OsError& error) {
            folder_id_ = kNone;
            if (is_absence(error.error())) {
                problem(PayloadProblem::Kind::missing, node);
            } else {
                problem(PayloadProblem::Kind::unreadable, node).error = error.error();
            }
        }
    }

    // What a look at the open file tells already needs no second look when the names are compared.
    void note_attributes(const ReadFile& file, ExpectedInode& inode) const {
        inode.no_xattrs_on_disk = sys.list_xattr_fd(file.fd(), nullptr, 0) == 0;
        const FileStat& stat = file.stat();
        const bool same = inode.no_xattrs_on_disk && inode.xattrs == kNone && stat.links == 1 &&
                          compare_mtime(inode.mtime, stat.mtime, FileType::regular) == MtimeMatch::same &&
                          same_ownership(inode, stat, run_.ids);
        inode.disk_inode = same ? stat.inode : 0;
    }

    void read_payload(const ReadFile& file, NodeId node, const ExpectedInode& inode) {
        const bool narrow = pass_ == StreamPass::files;
        std::uint64_t crc = 0;
        std::uint64_t total = 0;
        bool all_zero = true;
        while (total < inode.size) {
            const std::size_t got = file.read(buffers_.file.data(), buffers_.file.size());
            // A file can be very long; run() ends the layer.
            if (got == 0 || run_.stop.stop_requested()) break;
            const std::string_view bytes(buffers_.file.data(), got);
            if (whole_) buffers_.hash.update(bytes.data(), bytes.size());
            if (narrow) {
                crc = crc64_iso(crc, bytes.data(), bytes.size());
                all_zero = all_zero && bytes.find_first_not_of('\0') == std::string_view::npos;
            }
            total += got;
            progress_.bytes_done += got;
        }
        result_.bytes_read += total;
        if (total == inode.size && (!narrow || crc == inode.crc)) return;
        if (!narrow || run_.stop.stop_requested()) return lose_payload();
        // A second, independent reading before anything is called damaged.
        const std::uint64_t again = crc_of(node);
        if (again != crc) {
            problem(PayloadProblem::Kind::unreadable, node).error = EIO;
            return;
        }
        PayloadProblem& found = problem(PayloadProblem::Kind::changed, node);
        found.actual_size = total;
        found.actual_crc = crc;
        found.all_zero = all_zero;
    }

    std::uint64_t crc_of(NodeId node) {
        const ReadFile file = folder_of(node)->open_file(std::string(tree_.name(node)));
        std::uint64_t crc = 0;
        while (const std::size_t got = file.read(buffers_.file.data(), buffers_.file.size())) {
            crc = crc64_iso(crc, buffers_.file.data(), got);
        }
        return crc;
    }

    const ReadDir* files_;
    ExpectedTree& tree_;
    StreamPass pass_;
    const StreamRun& run_;
    StreamBuffers& buffers_;
    ProgressCounters& progress_;
    TarHeaderDecoder headers_;
    StreamResult result_;
    bool whole_ = true;  // every payload so far went into the hash
    NodeId folder_id_ = kNone;
    std::optional<ReadDir> folder_;
};

}  // namespace

StreamBuffers::StreamBuffers() : file(kFileBuffer) {}

StreamResult read_layer_stream(
    const ReadFile& tar_split, const ReadDir& files, ExpectedTree& tree, StreamPass pass, const StreamRun& run
) {
    return Stream(&files, tree, pass, run).run(tar_split);
}

bool replay_layer_headers(const ReadFile& tar_split, ExpectedTree& tree, const std::stop_token& stop) {
    StreamBuffers buffers;
    ProgressCounters uncounted;
    const StreamRun run{.buffers = buffers, .progress = uncounted, .stop = stop, .ids = {}};
    return Stream(nullptr, tree, StreamPass::files, run).run(tar_split).state == StreamResult::State::whole;
}

}  // namespace drydock
