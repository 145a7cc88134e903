// See store_builder.hpp.
#include "tests/support/store_builder.hpp"

#include "tests/support/bolt_writer.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/tar_split_writer.hpp"
#include "tests/support/unpacker.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>

namespace drydock {

namespace {

namespace fs = std::filesystem;

constexpr const char* kLastUpdated = "2024-03-01T10:00:05.123456789Z";

void make_folder(const std::string& path, mode_t mode) {
    if (mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
        throw std::runtime_error("cannot create " + path);
    }
    if (chmod(path.c_str(), mode) != 0) {
        throw std::runtime_error("cannot set the mode of " + path);
    }
}

// What overlay2 writes into `size`: the lengths of all that is no folder, each inode once.
std::uintmax_t content_size(const std::string& folder) {
    std::uintmax_t sum = 0;
    std::set<ino_t> seen;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        struct stat stat{};
        if (lstat(entry.path().c_str(), &stat) != 0) {
            throw std::runtime_error("cannot stat " + entry.path().string());
        }
        if (!S_ISDIR(stat.st_mode) && seen.insert(stat.st_ino).second) {
            sum += static_cast<std::uintmax_t>(stat.st_size);
        }
    }
    return sum;
}

struct Directory {
    std::string name;
    std::string link;
    std::string lower;
};

class StoreBuilder {
public:
    StoreBuilder(std::string root, const ImageSet& set, std::string seed);

    void build();
    void image(const SampleImage& image);

private:
    void folders() const;
    void databases() const;
    const Directory& layer(const SampleImage& image, std::size_t index);
    void distribution(const SampleImage& image) const;
    void repositories() const;
    void container(const SampleContainer& container);
    Directory
    directory(const std::string& name, const Directory* parent, const std::vector<TarItem>& items) const;
    [[nodiscard]] const SampleImage& find_image(const std::string& tag) const;

    [[nodiscard]] std::string random_hex(const std::string& what) const {
        return hex_sha256(seed_ + "/" + what);
    }

    [[nodiscard]] std::string random_link(const std::string& what) const;

    std::string root_;
    std::string image_root_;
    const ImageSet& set_;
    std::string seed_;
    std::map<std::string, Directory> layers_;  // by chain id
};

StoreBuilder::StoreBuilder(std::string root, const ImageSet& set, std::string seed)
    : root_(std::move(root)), image_root_(root_ + "/image/overlay2"), set_(set), seed_(std::move(seed)) {}

std::string StoreBuilder::random_link(const std::string& what) const {
    static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const std::string hex = random_hex("link " + what);
    std::string link;
    for (std::size_t i = 0; i < 26; ++i) {
        link += kDigits[std::stoul(hex.substr(2 * i, 2), nullptr, 16) & 31U];
    }
    return link;
}

void StoreBuilder::folders() const {
    fs::create_directories(root_);
    make_folder(root_, 0710);
    for (const char* name : {"containers", "overlay2", "volumes"}) {
        make_folder(root_ + "/" + name, std::string_view(name) == "volumes" ? 0701 : 0710);
    }
    for (const char* name :
         {"image",
          "image/overlay2",
          "image/overlay2/layerdb",
          "image/overlay2/imagedb",
          "image/overlay2/imagedb/content",
          "image/overlay2/imagedb/content/sha256",
          "image/overlay2/imagedb/metadata",
          "image/overlay2/imagedb/metadata/sha256",
          "image/overlay2/distribution",
          "overlay2/l",
          "plugins",
          "runtimes",
          "swarm",
          "tmp",
          "trust"}) {
        make_folder(root_ + "/" + name, 0700);
    }
    make_folder(root_ + "/network", 0750);
    for (const char* name : {"sha256", "tmp", "mounts"}) {
        make_folder(image_root_ + "/layerdb/" + name, 0755);
    }
}

// A network that every daemon has, as libnetwork keeps it: a counter and JSON under the key of a path.
void add_network(
    BoltBucket& bucket, const std::string& id, const std::string& driver, std::uint64_t counter
) {
    const auto numbered = [](std::uint64_t number, const std::string& json) {
        std::string value(8, '\0');
        put_number(value, 0, number, value.size());
        return value + json;
    };
    const std::string home = "docker/network/v1.0/";
    bucket.keys[home + "endpoint_count/"] = numbered(counter + 1, "");
    bucket.keys[home + "endpoint_count/" + id + "/"] = numbered(counter, R"({"Count":0})");
    bucket.keys[home + "network/" + id + "/"] = numbered(
        counter + 1,
        R"({"addrSpace":"","attachable":false,"configFrom":"","configOnly":false,)"
        R"("created":"2024-03-01T10:00:00.000000001Z","enableIPv6":false,)"
        R"("generic":{"com.docker.network.generic":{}},"id":")" +
            id +
            R"(","inDelete":false,"ingress":false,"internal":false,"ipamOptions":null,"ipamType":"default",)"
            R"("labels":null,"loadBalancerIP":"","loadBalancerMode":"NAT","name":")" +
            (driver == "null" ? "none" : driver) + R"(","networkType":")" + driver +
            R"(","persist":true,"postIPv6":false,"scope":"local"})"
    );
}

// Those of a daemon that has built nothing with BuildKit and has no volumes.
void StoreBuilder::databases() const {
    make_folder(root_ + "/buildkit", 0711);
    make_folder(root_ + "/buildkit/content", 0755);
    make_folder(root_ + "/buildkit/content/ingest", 0755);
    make_folder(root_ + "/buildkit/executor", 0711);
    make_folder(root_ + "/network/files", 0750);
    const std::string idle = write_bolt({});
    write_bytes(root_ + "/buildkit/snapshots.db", idle, 0600);
    write_bytes(root_ + "/buildkit/containerdmeta.db", idle, 0644);
    write_bytes(root_ + "/buildkit/metadata_v2.db", idle, 0600);
    const BoltShape used{.free_pages = 2, .unused_pages = 2, .transaction = 2};
    const BoltBucket cache = parse_bolt_text("_backlinks/\n_byresult/\n_links/\n_result/");
    write_bytes(root_ + "/buildkit/cache.db", write_bolt(cache, used), 0600);
    write_bytes(root_ + "/volumes/metadata.db", write_bolt(parse_bolt_text("volumes/"), used), 0600);
    BoltBucket networks;
    add_network(networks.buckets["libnetwork"], random_hex("network none"), "null", 1);
    add_network(networks.buckets["libnetwork"], random_hex("network host"), "host", 4);
    write_bytes(root_ + "/network/files/local-kv.db", write_bolt(networks, used), 0644);
}

Directory StoreBuilder::directory(
    const std::string& name, const Directory* parent, const std::vector<TarItem>& items
) const {
    Directory result{name, random_link(name), ""};
    const std::string home = root_ + "/overlay2/";
    const std::string path = home + name;
    make_folder(path, 0710);
    make_folder(path + "/diff", 0755);
    fs::create_directory_symlink("../" + name + "/diff", home + "l/" + result.link);
    write_bytes(path + "/link", result.link, 0644);
    if (parent != nullptr) {
        result.lower = "l/" + parent->link + (parent->lower.empty() ? "" : ":" + parent->lower);
        make_folder(path + "/work", 0700);
        write_bytes(home + parent->name + "/committed", "", 0600);
        write_bytes(path + "/lower", result.lower, 0644);
    }
    unpack_layer(path + "/diff", items);
    return result;
}

const Directory& StoreBuilder::layer(const SampleImage& image, std::size_t index) {
    const std::string chain = chain_of(image, index);
    if (const auto known = layers_.find(chain); known != layers_.end()) {
        return known->second;
    }
    const Directory* parent = index > 0 ? &layer(image, index - 1) : nullptr;
    const SampleLayer& layer = *image.layers[index];
    const std::string cache_id = random_hex("cache id " + chain);
    const Directory made = directory(cache_id, parent, layer.items);
    const std::string record = image_root_ + "/layerdb/sha256/" + chain.substr(7);
    make_folder(record, 0700);
    write_bytes(record + "/diff", layer.diff, 0644);
    write_bytes(
        record + "/size", std::to_string(content_size(root_ + "/overlay2/" + cache_id + "/diff")), 0644
    );
    write_bytes(record + "/cache-id", cache_id, 0644);
    if (parent != nullptr) {
        write_bytes(record + "/parent", chain_of(image, index - 1), 0644);
    }
    write_bytes(record + "/tar-split.json.gz", tar_split_file(layer.tar), 0644);
    return layers_.emplace(chain, made).first->second;
}

void StoreBuilder::image(const SampleImage& image) {
    layer(image, image.layers.size() - 1);
    const std::string hex = image.id.substr(7);
    write_bytes(image_root_ + "/imagedb/content/sha256/" + hex, image.config, 0600);
    const std::string metadata = image_root_ + "/imagedb/metadata/sha256/" + hex;
    make_folder(metadata, 0700);
    write_bytes(metadata + "/lastUpdated", kLastUpdated, 0600);
    if (!image.parent.empty()) {
        write_bytes(metadata + "/parent", find_image(image.parent).id, 0600);
    }
    if (image.pulled) {
        distribution(image);
    }
}

void StoreBuilder::distribution(const SampleImage& image) const {
    const std::string home = image_root_ + "/distribution/";
    for (const char* name :
         {"diffid-by-digest", "diffid-by-digest/sha256", "v2metadata-by-diffid", "v2metadata-by-diffid/sha256"
         }) {
        make_folder(home + name, 0755);
    }
    const std::string& tag = image.tags.front();
    for (const LayerPtr& layer : image.layers) {
        const std::string blob = hex_sha256("blob of " + layer->diff);
        write_bytes(home + "diffid-by-digest/sha256/" + blob, layer->diff, 0644);
        write_bytes(
            home + "v2metadata-by-diffid/sha256/" + layer->diff.substr(7),
            R"([{"Digest":"sha256:)" + blob + R"(","SourceRepository":"docker.io/)" +
                tag.substr(0, tag.find(':')) + R"(","HMAC":""}])",
            0644
        );
    }
}

const SampleImage& StoreBuilder::find_image(const std::string& tag) const {
    for (const SampleImage& image : set_.images) {
        if (std::find(image.tags.begin(), image.tags.end(), tag) != image.tags.end()) {
            return image;
        }
    }
    throw std::runtime_error("no image " + tag);
}

void StoreBuilder::repositories() const {
    std::map<std::string, std::map<std::string, std::string>> repositories;
    for (const SampleImage& image : set_.images) {
        for (const std::string& tag : image.tags) {
            const std::string name = tag.substr(0, tag.rfind(':'));
            repositories[name][tag] = image.id;
            if (image.pulled) {
                repositories[name][name + "@sha256:" + hex_sha256("manifest of " + image.id)] = image.id;
            }
        }
    }
    std::string text;
    for (const auto& [name, references] : repositories) {
        std::string inner;
        for (const auto& [reference, id] : references) {
            inner += (inner.empty() ? "" : ",") + go_json_string(reference) + ":" + go_json_string(id);
        }
        text += (text.empty() ? "" : ",") + go_json_string(name) + ":{" + inner + "}";
    }
    write_bytes(image_root_ + "/repositories.json", R"({"Repositories":{)" + text + "}}", 0600);
}

// What the daemon puts into every container's init layer.
std::vector<TarItem> init_items() {
    return {
        tar_file(".dockerenv", "", 0755),
        tar_folder("dev/"),
        tar_file("dev/console", "", 0755),
        tar_folder("dev/pts/"),
        tar_folder("dev/shm/"),
        tar_folder("etc/"),
        tar_file("etc/hostname", "", 0755),
        tar_file("etc/hosts", "", 0755),
        tar_symlink("etc/mtab", "/proc/mounts"),
        tar_file("etc/resolv.conf", "", 0755),
        tar_folder("proc/"),
        tar_folder("sys/"),
    };
}

void StoreBuilder::container(const SampleContainer& container) {
    const SampleImage& image = find_image(container.image);
    const std::string id = random_hex("container " + container.name);
    const std::string mount_id = random_hex("mount " + container.name);
    const Directory& top = layer(image, image.layers.size() - 1);
    const Directory init = directory(mount_id + "-init", &top, init_items());
    directory(mount_id, &init, container.files);
    if (!container.files.empty()) {
        make_folder(root_ + "/overlay2/" + mount_id + "/work/work", 0);
    }
    const std::string mount = image_root_ + "/layerdb/mounts/" + id;
    make_folder(mount, 0755);
    write_bytes(mount + "/mount-id", mount_id, 0644);
    write_bytes(mount + "/init-id", mount_id + "-init", 0644);
    write_bytes(mount + "/parent", chain_of(image, image.layers.size() - 1), 0644);
    const std::string folder = root_ + "/containers/" + id;
    make_folder(folder, 0710);
    make_folder(folder + "/checkpoints", 0700);
    write_bytes(
        folder + "/hostconfig.json",
        R"({"Binds":null,"NetworkMode":"none"})"
        "\n",
        0644
    );
    write_bytes(
        folder + "/config.v2.json",
        R"({"StreamConfig":{},"State":{"Running":false,"Paused":false,"Restarting":false,"OOMKilled":false,)"
        R"("RemovalInProgress":false,"Dead":false,"Pid":0,"ExitCode":0},"ID":")" +
            id +
            R"(","Created":"2024-03-01T11:00:00Z","Managed":false,"Path":"/bin/sh","Args":[],"Config":{"Image":)" +
            go_json_string(container.image) + R"(},"Image":")" + image.id +
            R"(","NetworkSettings":null,"LogPath":"","Name":)" + go_json_string("/" + container.name) +
            R"(,"Driver":"overlay2","OS":"linux","RestartCount":0})"
            "\n",
        0600
    );
}

void StoreBuilder::build() {
    const mode_t umask_before = umask(022);
    folders();
    databases();
    for (const SampleImage& one : set_.images) {
        image(one);
    }
    repositories();
    for (const SampleContainer& one : set_.containers) {
        container(one);
    }
    umask(umask_before);
}

}  // namespace

void build_store(const std::string& root, const ImageSet& set, const std::string& seed) {
    StoreBuilder(root, set, seed).build();
}

void add_image(const std::string& root, const SampleImage& image) {
    const mode_t umask_before = umask(022);
    const ImageSet set{{image}, {}};
    StoreBuilder(root, set, "added").image(set.images.front());
    umask(umask_before);
}

void build_metadata_only_store(const std::string& root, std::size_t layers) {
    static constexpr std::size_t kLayersPerImage = 100;
    ImageSet set;
    for (std::size_t made = 0; made < layers;) {
        SampleImage image;
        image.tags = {"bench/image-" + std::to_string(set.images.size()) + ":1"};
        for (; made < layers && image.layers.size() < kLayersPerImage; ++made) {
            // No members at all: what makes each layer's diff id its own stands behind the end.
            image.layers.push_back(make_layer({}, {2, true, "layer " + std::to_string(made)}));
        }
        finish_image(image, "/bin/true");
        set.images.push_back(std::move(image));
    }
    build_store(root, set);
}

}  // namespace drydock
