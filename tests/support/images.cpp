// See images.hpp. Config and archive formats: moby image/spec v1.2; chain ids: OCI image-spec.
#include "tests/support/images.hpp"

#include "tests/support/bytes.hpp"

#include <set>

namespace drydock {

LayerPtr make_layer(std::vector<TarItem> items, const TarOptions& options) {
    auto layer = std::make_shared<SampleLayer>();
    layer->tar = write_tar(items, options);
    layer->diff = "sha256:" + hex_sha256(layer->tar);
    layer->items = std::move(items);
    return layer;
}

std::string chain_of(const SampleImage& image, std::size_t index) {
    std::string chain = image.layers.at(0)->diff;
    for (std::size_t i = 1; i <= index; ++i) {
        chain = "sha256:" + hex_sha256(chain + " " + image.layers.at(i)->diff);
    }
    return chain;
}

void finish_image(SampleImage& image, const std::string& command) {
    std::string history;
    std::string diff_ids;
    for (const LayerPtr& layer : image.layers) {
        const std::string comma = diff_ids.empty() ? "" : ",";
        history += comma + R"({"created":"2024-03-01T10:00:00Z","created_by":"layer )" +
                   layer->diff.substr(7, 12) + "\"}";
        diff_ids += comma + '"' + layer->diff + '"';
    }
    image.config = R"({"architecture":"amd64","config":{"Env":["PATH=/usr/sbin:/usr/bin:/bin"],"Cmd":[)" +
                   go_json_string(command) + R"(]},"created":"2024-03-01T10:00:00Z","history":[)" + history +
                   R"(],"os":"linux","rootfs":{"type":"layers","diff_ids":[)" + diff_ids + "]}}";
    image.id = "sha256:" + hex_sha256(image.config);
}

namespace {

// The member of the manifest that names the image's parent; empty for an image without one in the set.
std::string parent_member(const ImageSet& set, const SampleImage& image) {
    std::string member;
    for (const SampleImage& other : set.images) {
        if (!image.parent.empty() && other.tags.front() == image.parent) {
            member = R"(,"Parent":")" + other.id + '"';
        }
    }
    return member;
}

}  // namespace

std::string docker_archive(const ImageSet& set) {
    std::vector<TarItem> items;
    std::set<std::string> written;
    std::string manifest;
    for (const SampleImage& image : set.images) {
        const std::string config = image.id.substr(7) + ".json";
        std::string layers;
        for (const LayerPtr& layer : image.layers) {
            const std::string name = layer->diff.substr(7) + "/layer.tar";
            layers += (layers.empty() ? "" : ",") + go_json_string(name);
            if (written.insert(name).second) {
                items.push_back(tar_folder(layer->diff.substr(7) + "/"));
                items.push_back(tar_file(name, layer->tar));
            }
        }
        std::string tags;
        for (const std::string& tag : image.tags) {
            tags += (tags.empty() ? "" : ",") + go_json_string(tag);
        }
        items.push_back(tar_file(config, image.config));
        manifest += (manifest.empty() ? "" : ",") + (R"({"Config":")" + config) + R"(","RepoTags":[)" + tags +
                    R"(],"Layers":[)" + layers + "]" + parent_member(set, image) + "}";
    }
    items.push_back(tar_file("manifest.json", "[" + manifest + "]\n"));
    return write_tar(items);
}

std::string capability_value(unsigned number) {
    const std::uint64_t bits = std::uint64_t{1} << number;
    std::string value("\x01\x00\x00\x02", 4);
    for (unsigned word = 0; word < 2; ++word) {
        for (unsigned i = 0; i < 4; ++i) {
            value += static_cast<char>((bits >> (32 * word + 8 * i)) & 255U);
        }
        value.append(4, '\0');
    }
    return value;
}

}  // namespace drydock
