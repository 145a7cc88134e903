// See places.hpp.
#include "tests/support/places.hpp"

#include "tests/support/bytes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>
#include <vector>

namespace drydock {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kImageRoot = "image/overlay2/";

constexpr std::array kLayerKinds{
    "record", "chain", "chainhex", "diff", "dir", "cache", "link", "blob", "v2metadata"
};
constexpr std::array kImageKinds{"image", "config", "metadata"};
constexpr std::array kContainerKinds{
    "container", "containerdir", "mount", "rw", "init", "rwid", "rwlink", "initlink"
};

template <class Kinds>
bool is_one_of(const Kinds& kinds, const std::string& kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;) {
        words.push_back(word);
    }
    return words;
}

bool is_place(const std::string& text) {
    const std::vector<std::string> words = words_of(text);
    return (words.size() == 3 && is_one_of(kLayerKinds, words[0])) ||
           (words.size() == 2 && (is_one_of(kImageKinds, words[0]) || is_one_of(kContainerKinds, words[0])));
}

}  // namespace

Places Places::of_store(std::string root) {
    return Places(std::move(root));
}

Places Places::load(const std::string& file) {
    Places places("");
    places.known_ = Json::parse(read_bytes(file)).get<std::map<std::string, std::string>>();
    return places;
}

void Places::save(const std::string& file) const {
    write_bytes(file, Json(known_).dump(2) + "\n", 0644);
}

std::string Places::resolve(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t end = text[at] == '{' ? text.find('}', at) : std::string_view::npos;
        const std::string inner(end == std::string_view::npos ? "" : text.substr(at + 1, end - at - 1));
        if (!inner.empty() && is_place(inner)) {
            out += place(inner);
            at = end;
        } else {
            out += text[at];
        }
    }
    return out;
}

std::string Places::place(const std::string& text) {
    if (const auto found = known_.find(text); found != known_.end()) {
        return found->second;
    }
    if (root_.empty()) {
        throw NoSuchPlace("{" + text + "} was not noted when the damage was done");
    }
    return known_[text] = look_up(text);
}

std::string Places::look_up(const std::string& text) const {
    const std::vector<std::string> words = words_of(text);
    try {
        if (is_one_of(kContainerKinds, words[0])) {
            return container_place(words[0], words[1]);
        }
        return image_place(words[0], image_id(words[1]), words.size() > 2 ? std::stoul(words[2]) : 0);
    } catch (const std::exception& error) {
        throw NoSuchPlace("{" + text + "}: " + error.what());
    }
}

std::string Places::image_id(const std::string& reference) const {
    const Json json = Json::parse(read_bytes(root_ + "/" + kImageRoot + "repositories.json"));
    return json.at("Repositories").at(reference.substr(0, reference.rfind(':'))).at(reference);
}

std::string Places::image_place(const std::string& kind, const std::string& id, std::size_t layer) const {
    const std::string hex = id.substr(7);
    const std::string config = kImageRoot + ("imagedb/content/sha256/" + hex);
    if (kind == "image") {
        return id;
    }
    if (kind == "config" || kind == "metadata") {
        return kind == "config" ? config : kImageRoot + ("imagedb/metadata/sha256/" + hex);
    }
    const Json diffs = Json::parse(read_bytes(root_ + "/" + config)).at("rootfs").at("diff_ids");
    const std::string diff = diffs.at(layer);
    std::string chain = diffs.at(0);
    for (std::size_t i = 1; i <= layer; ++i) {
        chain = "sha256:" + hex_sha256(chain + " " + diffs.at(i).get<std::string>());
    }
    if (kind == "chain" || kind == "chainhex" || kind == "diff") {
        return kind == "diff" ? diff : kind == "chain" ? chain : chain.substr(7);
    }
    std::string record = kImageRoot + ("layerdb/sha256/" + chain.substr(7));
    if (kind == "record") {
        return record;
    }
    if (kind == "v2metadata" || kind == "blob") {
        const std::string home = std::string(kImageRoot) + "distribution/";
        const std::string v2metadata = home + "v2metadata-by-diffid/sha256/" + diff.substr(7);
        const Json blobs = Json::parse(read_bytes(root_ + "/" + v2metadata));
        const std::string blob = blobs.at(0).at("Digest");
        return kind == "v2metadata" ? v2metadata : home + "diffid-by-digest/sha256/" + blob.substr(7);
    }
    const std::string cache_id = read_bytes(root_ + "/" + record + "/cache-id");
    if (kind == "link") {
        return read_bytes(root_ + "/overlay2/" + cache_id + "/link");
    }
    return kind == "cache" ? cache_id : "overlay2/" + cache_id;
}

std::string Places::container_place(const std::string& kind, const std::string& name) const {
    std::string id;
    for (const fs::directory_entry& entry : fs::directory_iterator(root_ + "/containers")) {
        const Json config = Json::parse(read_bytes(entry.path().string() + "/config.v2.json"));
        if (config.at("Name") == "/" + name) {
            id = config.at("ID");
        }
    }
    if (id.empty()) {
        throw std::runtime_error("no such container");
    }
    const std::string mount = kImageRoot + ("layerdb/mounts/" + id);
    if (kind == "container" || kind == "containerdir" || kind == "mount") {
        return kind == "container" ? id : kind == "mount" ? mount : "containers/" + id;
    }
    const std::string rw = read_bytes(root_ + "/" + mount + "/mount-id");
    if (kind == "rwid" || kind == "rw" || kind == "init") {
        return kind == "rwid" ? rw : "overlay2/" + rw + (kind == "init" ? "-init" : "");
    }
    return read_bytes(root_ + "/overlay2/" + rw + (kind == "initlink" ? "-init" : "") + "/link");
}

}  // namespace drydock
