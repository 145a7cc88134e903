// Small stores written by hand: only what the test names exists. Not for stores with content;
// tests/support has a builder for those.
#pragma once

#include "model/ids.hpp"
#include "platform/sha256.hpp"
#include "platform/sys.hpp"
#include "scanner/scan.hpp"
#include "tests/support/temp_dir.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace drydock::test {

// A TempDir with the odd things that stores can hold.
class Tree {
public:
    [[nodiscard]] std::string path(const std::string& relative = {}) const {
        return relative.empty() ? dir_.path() : dir_.path(relative);
    }

    void file(const std::string& relative, std::string_view bytes) const { dir_.write(relative, bytes); }

    void folder(const std::string& relative) const { dir_.make_directory(relative); }

    void link(const std::string& relative, const std::string& target) const {
        dir_.make_link(relative, target);
    }

    void fifo(const std::string& relative) const {
        std::filesystem::create_directories(std::filesystem::path(path(relative)).parent_path());
        if (::mkfifo(path(relative).c_str(), 0600) != 0) {
            throw std::runtime_error("mkfifo " + relative);
        }
    }

    void sparse_file(const std::string& relative, off_t size) const {
        file(relative, "");
        std::filesystem::resize_file(path(relative), static_cast<std::uintmax_t>(size));
    }

    void remove(const std::string& relative) const { std::filesystem::remove_all(path(relative)); }

    void move(const std::string& from, const std::string& to) const {
        std::filesystem::rename(path(from), path(to));
    }

    [[nodiscard]] ReadDir open() const { return ReadDir::open_path(path()); }

private:
    TempDir dir_;
};

// 64 equal digits: an id that cannot be mistaken for another.
inline std::string hex_of(char digit) {
    return std::string(64, digit);
}

inline std::string digest_of(char digit) {
    return "sha256:" + hex_of(digit);
}

inline std::string hash_hex(std::string_view bytes) {
    return Digest(sha256(bytes)).hex();
}

inline const std::string kLink = "ABCDEFGHIJKLMNOPQRSTUVWX23";
inline const std::string kConfig =
    R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:)" +
    std::string(64, 'a') + R"("]}})";

// One sound base layer "aaaa…" in the directory "ca", one image, one tag, one container.
inline void write_small_store(const Tree& tree, const std::string& base = {}) {
    const std::string image = base + "image/overlay2/";
    const std::string layer = image + "layerdb/sha256/" + hex_of('a') + "/";
    tree.file(layer + "diff", digest_of('a'));
    tree.file(layer + "size", "5");
    tree.file(layer + "cache-id", "ca");
    tree.file(layer + "tar-split.json.gz", "0123456789");
    const std::string mount = image + "layerdb/mounts/" + hex_of('c') + "/";
    tree.file(mount + "mount-id", hex_of('d'));
    tree.file(mount + "init-id", hex_of('d') + "-init");
    tree.file(mount + "parent", digest_of('a'));
    tree.folder(image + "layerdb/tmp");
    const std::string id = hash_hex(kConfig);
    tree.file(image + "imagedb/content/sha256/" + id, kConfig);
    tree.file(image + "imagedb/metadata/sha256/" + id + "/lastUpdated", "2026-11-23T03:28:31.011849167Z");
    tree.file(image + "repositories.json", R"({"Repositories":{"t":{"t:1":"sha256:)" + id + R"("}}})");
    tree.file(base + "overlay2/ca/diff/a", "hello");
    tree.file(base + "overlay2/ca/link", kLink);
    tree.file(base + "overlay2/ca/committed", "");
    tree.link(base + "overlay2/l/" + kLink, "../ca/diff");
    tree.file(
        base + "containers/" + hex_of('c') + "/config.v2.json",
        R"({"ID":")" + hex_of('c') + R"(","Name":"/web","Image":"sha256:)" + id + R"(","Driver":"overlay2"})"
    );
}

inline Inventory scan_tree(const Tree& tree, unsigned jobs = 1, const std::string& store_path = ".") {
    const ReadDir root = tree.open();
    const StoreLocation store{store_path, "overlay2", StoreKind::overlay2, {}};
    return scan_store(open_store(root, store), store, jobs, std::stop_token{});
}

// While it lives, opening or looking at anything whose last component is `name` fails.
class Denied {
public:
    explicit Denied(std::string name, int error = EACCES) : saved_(sys) {
        name_ = std::move(name);
        error_ = error;
        real_ = saved_;
        sys.open_beneath = [](int dir, const char* path, int flags) {
            return matches(path) ? fail() : real_.open_beneath(dir, path, flags);
        };
        sys.open_at = [](int dir, const char* path, int flags) {
            return matches(path) ? fail() : real_.open_at(dir, path, flags);
        };
        sys.read_link_at = [](int dir, const char* path, char* buffer, std::size_t size) {
            return matches(path) ? fail() : real_.read_link_at(dir, path, buffer, size);
        };
    }

    Denied(const Denied&) = delete;
    Denied& operator=(const Denied&) = delete;

    ~Denied() { sys = saved_; }

private:
    static bool matches(std::string_view path) { return path.substr(path.rfind('/') + 1) == name_; }

    static int fail() {
        errno = error_;
        return -1;
    }

    Sys saved_;
    inline static Sys real_;
    inline static std::string name_;
    inline static int error_ = 0;
};

}  // namespace drydock::test
