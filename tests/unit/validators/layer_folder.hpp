// One layer for a test: its tar unpacked as a daemon does, its tar-split beside it, and what the content
// validators say of both. Needs root, for owners, devices and trusted attributes.
#pragma once

#include "tests/support/bytes.hpp"
#include "tests/support/tar_split_writer.hpp"
#include "tests/support/tar_writer.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/unpacker.hpp"
#include "validators/layer_stream.hpp"
#include "validators/tree_compare.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace drydock::test {

class LayerFolder {
public:
    explicit LayerFolder(const std::vector<TarItem>& items, const TarOptions& options = {})
        : dir_(std::make_unique<TempDir>()), tar_(write_tar(items, options)) {
        dir_->make_directory("diff");
        unpack_layer(dir_->path("diff"), items);
        dir_->write("tar-split.json.gz", tar_split_file(tar_));
    }

    // Contents of tar-split made by hand, and an empty layer beside them.
    static LayerFolder with_tar_split(const std::string& bytes) {
        LayerFolder folder({});
        folder.dir_->write("tar-split.json.gz", bytes);
        return folder;
    }

    [[nodiscard]] std::string path(const std::string& name) const { return dir_->path("diff/" + name); }

    void write(const std::string& name, const std::string& bytes) { dir_->write("diff/" + name, bytes); }

    [[nodiscard]] StreamResult stream(
        ExpectedTree& tree,
        StreamPass pass = StreamPass::files,
        const std::stop_token& stop = {},
        std::uint64_t most = kMaxTarSplitBytes
    ) const {
        const ReadDir root = ReadDir::open_path(dir_->path());
        const ReadFile tar_split = root.open_file("tar-split.json.gz");
        const ReadDir files = root.open("diff");
        StreamBuffers buffers;
        ProgressCounters progress;
        const StreamRun run{
            .buffers = buffers,
            .progress = progress,
            .stop = stop,
            .ids = {},
            .max_tar_split_bytes = most,
        };
        return read_layer_stream(tar_split, files, tree, pass, run);
    }

    [[nodiscard]] StreamResult stream() const {
        ExpectedTree tree;
        return stream(tree);
    }

    [[nodiscard]] ContentFindings compare(LayerMaker maker = LayerMaker::unpacked) const {
        ContentFindings findings({.kind = SubjectKind::layer, .id = "sha256:x"}, "diff");
        ExpectedTree tree;
        const StreamResult result = stream(tree);
        if (result.state != StreamResult::State::whole) throw std::runtime_error(result.error);
        const CompareOptions options{.maker = maker, .ids = {}, .proven = result.digest == digest()};
        compare_tree(tree, ReadDir::open_path(dir_->path("diff")), result, options, findings);
        return findings;
    }

    [[nodiscard]] std::vector<Finding> findings(LayerMaker maker = LayerMaker::unpacked) const {
        return compare(maker).take();
    }

    [[nodiscard]] DiffId digest() const { return DiffId::from_hex(hex_sha256(tar_)).value(); }

private:
    std::unique_ptr<TempDir> dir_;
    std::string tar_;
};

inline void must(int result, const std::string& what) {
    if (result != 0) throw std::runtime_error(what + ": errno " + std::to_string(errno));
}

inline void set_mtime(const std::string& path, std::int64_t seconds) {
    const timespec times[2] = {{.tv_sec = seconds, .tv_nsec = 0}, {.tv_sec = seconds, .tv_nsec = 0}};
    must(utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW), path);
}

inline void set_attribute(const std::string& path, const std::string& name, const std::string& value) {
    must(lsetxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0), path);
}

// Changing what lies in a folder without its time telling.
template <class Change>
void keeping_time(const std::string& folder, Change change) {
    struct stat before{};
    must(lstat(folder.c_str(), &before), folder);
    change();
    const timespec times[2] = {before.st_atim, before.st_mtim};
    must(utimensat(AT_FDCWD, folder.c_str(), times, AT_SYMLINK_NOFOLLOW), folder);
}

}  // namespace drydock::test
