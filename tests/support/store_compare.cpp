// See store_compare.hpp.
#include "tests/support/store_compare.hpp"

#include "tests/support/bytes.hpp"

#include <nlohmann/json.hpp>

#include <sys/stat.h>
#include <sys/xattr.h>

#include <ctime>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

namespace drydock {

namespace {

namespace fs = std::filesystem;

struct stat status(const std::string& path) {
    struct stat result{};
    if (lstat(path.c_str(), &result) != 0) {
        throw std::runtime_error("cannot stat " + path);
    }
    return result;
}

std::string xattrs(const std::string& path) {
    std::string names(65536, '\0');
    const ssize_t size = llistxattr(path.c_str(), names.data(), names.size());
    std::set<std::string> lines;
    std::istringstream list(names.substr(0, size > 0 ? static_cast<std::size_t>(size) : 0));
    for (std::string name; std::getline(list, name, '\0');) {
        // The kernel's own notes on a directory that was once mounted read-write.
        if (name.starts_with("trusted.overlay.") && name != "trusted.overlay.opaque") {
            continue;
        }
        std::string value(65536, '\0');
        const ssize_t length = lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
        value.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
        lines.insert(name + "=" + base64_text(value));
    }
    std::string out;
    for (const std::string& line : lines) {
        out += line + ' ';
    }
    return out;
}

// Folders that no member made have the time of unpacking.
bool is_time_of_unpacking(std::time_t time) {
    static constexpr std::time_t kDay = 86'400;
    const std::time_t now = std::time(nullptr);
    return time > now - 30 * kDay && time < now + kDay;
}

// Everything about one object but its names: what must be the same on both sides.
std::string describe(const std::string& path) {
    const struct stat stat = status(path);
    const bool folder = S_ISDIR(stat.st_mode);
    const bool node = S_ISCHR(stat.st_mode) || S_ISBLK(stat.st_mode);
    const bool whiteout = S_ISCHR(stat.st_mode) && stat.st_rdev == 0;
    std::ostringstream out;
    out << "mode " << std::oct << stat.st_mode << std::dec << " owner " << stat.st_uid << ':' << stat.st_gid;
    if (!whiteout && !(folder && is_time_of_unpacking(stat.st_mtime))) {
        out << " mtime " << stat.st_mtim.tv_sec << '.' << stat.st_mtim.tv_nsec;
    }
    if (S_ISREG(stat.st_mode)) {
        out << " bytes " << stat.st_size << ' ' << hex_sha256(read_bytes(path)).substr(0, 16);
    }
    if (S_ISLNK(stat.st_mode)) {
        out << " to " << fs::read_symlink(path).string();
    }
    if (node) {
        out << " device " << stat.st_rdev;
    }
    out << " xattrs " << xattrs(path);
    return out.str();
}

// Relative name -> description, with the names that share the inode.
std::map<std::string, std::string> describe_tree(const std::string& folder) {
    std::map<std::string, std::string> out;
    std::map<ino_t, std::set<std::string>> inodes;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        const std::string name = entry.path().string().substr(folder.size() + 1);
        out[name] = describe(entry.path().string());
        const struct stat stat = status(entry.path().string());
        if (!S_ISDIR(stat.st_mode) && (!S_ISCHR(stat.st_mode) || stat.st_rdev != 0)) {
            inodes[stat.st_ino].insert(name);
        }
    }
    for (const auto& [inode, names] : inodes) {
        for (const std::string& name : names) {
            out[name] += " first of its inode: " + *names.begin();
        }
    }
    return out;
}

// The text with neighbouring segments joined: how a daemon cuts what follows the last member depends
// on the sizes of its reads.
std::string joined_tar_split(const std::string& text) {
    std::istringstream lines(text);
    std::string out;
    std::string segment;
    for (std::string line; std::getline(lines, line);) {
        const nlohmann::json entry = nlohmann::json::parse(line);
        if (entry.at("type") == 2) {
            std::string payload = entry.at("payload");
            // Only the last group of a segment may be padded; longer ones are whole groups of three.
            segment += payload.substr(0, payload.find('='));
        } else {
            out += segment + '\n' + line.substr(0, line.rfind(",\"position\"")) + '\n';
            segment.clear();
        }
    }
    return out + segment;
}

std::string first_difference(const std::string& ours, const std::string& theirs) {
    std::istringstream our_lines(ours);
    std::istringstream their_lines(theirs);
    std::string our_line;
    std::string their_line;
    do {
        our_line = "(end)";
        their_line = "(end)";
        std::getline(our_lines, our_line);
        std::getline(their_lines, their_line);
    } while (our_line == their_line && our_lines && their_lines);
    return "\n  built " + our_line.substr(0, 300) + "\n  real  " + their_line.substr(0, 300);
}

class Comparison {
public:
    Comparison(std::string built, std::string real) : built_(std::move(built)), real_(std::move(real)) {}

    std::vector<std::string> run();

private:
    void same_file(const std::string& path);
    void same_mode(const std::string& path, const std::string& real_path);
    void layer(const std::string& chain);
    void same_tree(const std::string& what, const std::string& built, const std::string& real);

    void differ(const std::string& text) { differences_.push_back(text); }

    std::string built_;
    std::string real_;
    std::vector<std::string> differences_;
};

void Comparison::same_mode(const std::string& path, const std::string& real_path) {
    const struct stat ours = status(built_ + "/" + path);
    const struct stat theirs = status(real_ + "/" + real_path);
    if (ours.st_mode != theirs.st_mode) {
        std::ostringstream text;
        text << path << ": mode " << std::oct << ours.st_mode << ", real " << theirs.st_mode;
        differ(text.str());
    }
}

void Comparison::same_file(const std::string& path) {
    if (!fs::exists(real_ + "/" + path)) {
        differ(path + ": not in the real store");
        return;
    }
    same_mode(path, path);
    if (read_bytes(built_ + "/" + path) != read_bytes(real_ + "/" + path)) {
        differ(path + ": other bytes than in the real store");
    }
}

void Comparison::same_tree(const std::string& what, const std::string& built, const std::string& real) {
    const std::map<std::string, std::string> ours = describe_tree(built);
    const std::map<std::string, std::string> theirs = describe_tree(real);
    for (const auto& [name, text] : ours) {
        const auto found = theirs.find(name);
        if (found == theirs.end()) {
            differ(what + name + ": not in the real store");
        } else if (found->second != text) {
            differ(what + name + ":\n  built " + text + "\n  real  " + found->second);
        }
    }
    for (const auto& [name, text] : theirs) {
        if (!ours.contains(name)) {
            differ(what + name + ": only in the real store, " + text);
        }
    }
}

void Comparison::layer(const std::string& chain) {
    const std::string record = "image/overlay2/layerdb/sha256/" + chain;
    if (!fs::exists(real_ + "/" + record)) {
        differ(record + ": not in the real store");
        return;
    }
    same_mode(record, record);
    same_file(record + "/diff");
    same_file(record + "/size");
    if (fs::exists(built_ + "/" + record + "/parent") != fs::exists(real_ + "/" + record + "/parent")) {
        differ(record + "/parent: only in one of the stores");
    } else if (fs::exists(built_ + "/" + record + "/parent")) {
        same_file(record + "/parent");
    }
    same_mode(record + "/tar-split.json.gz", record + "/tar-split.json.gz");
    const std::string ours = gunzip_bytes(read_bytes(built_ + "/" + record + "/tar-split.json.gz"));
    const std::string theirs = gunzip_bytes(read_bytes(real_ + "/" + record + "/tar-split.json.gz"));
    if (ours != theirs && joined_tar_split(ours) != joined_tar_split(theirs)) {
        differ(record + "/tar-split.json.gz: " + first_difference(ours, theirs));
    }
    const std::string built_directory = "overlay2/" + read_bytes(built_ + "/" + record + "/cache-id");
    const std::string real_directory = "overlay2/" + read_bytes(real_ + "/" + record + "/cache-id");
    for (const char* name : {"", "/diff", "/link", "/lower", "/work", "/committed"}) {
        const bool here = fs::exists(built_ + "/" + built_directory + name);
        if (here != fs::exists(real_ + "/" + real_directory + name)) {
            differ(record + ": " + name + " of its directory is only in one of the stores");
        } else if (here) {
            same_mode(built_directory + name, real_directory + name);
        }
    }
    same_tree(
        chain.substr(0, 12) + " ",
        built_ + "/" + built_directory + "/diff",
        real_ + "/" + real_directory + "/diff"
    );
}

std::vector<std::string> Comparison::run() {
    for (const char* path :
         {".",
          "image",
          "image/overlay2",
          "image/overlay2/layerdb",
          "image/overlay2/layerdb/sha256",
          "image/overlay2/layerdb/mounts",
          "image/overlay2/layerdb/tmp",
          "image/overlay2/imagedb",
          "image/overlay2/imagedb/metadata/sha256",
          "image/overlay2/repositories.json",
          "overlay2",
          "overlay2/l",
          "containers",
          "volumes",
          "tmp",
          "plugins",
          "volumes/metadata.db",
          "network",
          "network/files",
          "network/files/local-kv.db",
          "buildkit",
          "buildkit/content",
          "buildkit/content/ingest",
          "buildkit/executor",
          "buildkit/cache.db",
          "buildkit/containerdmeta.db",
          "buildkit/metadata_v2.db",
          "buildkit/snapshots.db",
          "trust",
          "swarm"}) {
        same_mode(path, path);
    }
    for (const auto& entry : fs::directory_iterator(built_ + "/image/overlay2/layerdb/sha256")) {
        layer(entry.path().filename());
    }
    for (const auto& entry : fs::directory_iterator(built_ + "/image/overlay2/imagedb/content/sha256")) {
        const std::string id = entry.path().filename();
        same_file("image/overlay2/imagedb/content/sha256/" + id);
        const std::string metadata = "image/overlay2/imagedb/metadata/sha256/" + id;
        // The daemon writes lastUpdated for `docker tag` only, neither for a load nor for a pull.
        if (fs::exists(real_ + "/" + metadata + "/lastUpdated")) {
            same_mode(metadata, metadata);
            same_mode(metadata + "/lastUpdated", metadata + "/lastUpdated");
        }
        if (fs::exists(built_ + "/" + metadata + "/parent")) {
            same_file(metadata + "/parent");
        }
    }
    return differences_;
}

}  // namespace

std::vector<std::string> compare_stores(const std::string& built, const std::string& real) {
    return Comparison(built, real).run();
}

}  // namespace drydock
