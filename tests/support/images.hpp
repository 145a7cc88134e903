// Descriptions of images: their layer tars, configs, tags and containers, from which a store is built
// (store_builder.hpp) or an archive for a real daemon's `docker load` is written. The same
// description gives the same chain ids and image ids in both, which is what the recipes in samples/
// rely on; a change here changes ids everywhere.
#pragma once

#include "tests/support/tar_writer.hpp"

#include <memory>
#include <string>
#include <vector>

namespace drydock {

struct SampleLayer {
    std::vector<TarItem> items;
    std::string tar;   // of the items
    std::string diff;  // "sha256:..." of the tar
};

using LayerPtr = std::shared_ptr<const SampleLayer>;

[[nodiscard]] LayerPtr make_layer(std::vector<TarItem> items, const TarOptions& options = {});

struct SampleImage {
    std::vector<std::string> tags;  // "demo/web:1"
    std::vector<LayerPtr> layers;   // the base first
    std::string config;             // JSON text
    std::string id;                 // "sha256:..." of the config
    std::string parent;             // the first tag of the image it was built on, "" for none
    bool pulled = false;            // a built store gets distribution records and a digest reference
};

// A container that was created and, with files, ran and wrote them.
struct SampleContainer {
    std::string name;
    std::string image;  // a tag
    std::vector<TarItem> files;
};

struct ImageSet {
    std::vector<SampleImage> images;
    std::vector<SampleContainer> containers;
};

// Three images over a small Debian-like base, and a second version of one of them:
//   demo/base:1  base                  demo/web:1  base, web-server, web-site
//   demo/api:1   base, api             demo/web:2  base, web-server, web-site-2
// with the containers c1 (demo/web:1) and c2 (demo/api:1).
[[nodiscard]] ImageSet sample_images();

// Everything a layer can hold that a daemon takes and can give back.
[[nodiscard]] ImageSet torture_images();

// An image whose layer is sound and can never be verified: its tar has a hard link that claims a size,
// for which a daemon notes the checksum of nothing.
[[nodiscard]] SampleImage odd_image();

// "sha256:..." of layer `index` of the image, counted from the base.
[[nodiscard]] std::string chain_of(const SampleImage& image, std::size_t index);

// An archive as `docker save` of 20.10 lays it out: manifest.json, configs, layer tars.
[[nodiscard]] std::string docker_archive(const ImageSet& set);

// The value of security.capability (revision 2) for one permitted and effective capability.
[[nodiscard]] std::string capability_value(unsigned number);

// Fills config and id: made once the layers are known.
void finish_image(SampleImage& image, const std::string& command);

}  // namespace drydock
