// Built stores hold what their description says, and twice the same.
#include "tests/support/bytes.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/store_builder.hpp"
#include "tests/support/store_compare.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace drydock {

namespace {

namespace fs = std::filesystem;

bool is_root() {
    if (geteuid() != 0) {
        skip("needs root to make device nodes and owners");
    }
    return geteuid() == 0;
}

std::string directory_of(const std::string& root, const std::string& chain) {
    return root + "/overlay2/" +
           read_bytes(root + "/image/overlay2/layerdb/sha256/" + chain.substr(7) + "/cache-id");
}

}  // namespace

TEST_CASE("a built store has a record, a directory and a short link for every layer") {
    if (!is_root()) {
        return;
    }
    const TempDir folder;
    const std::string root = folder.path("root");
    const ImageSet set = sample_images();
    build_store(root, set);
    for (const SampleImage& image : set.images) {
        for (std::size_t i = 0; i < image.layers.size(); ++i) {
            const std::string record =
                root + "/image/overlay2/layerdb/sha256/" + chain_of(image, i).substr(7);
            CHECK(read_bytes(record + "/diff") == image.layers[i]->diff);
            CHECK(fs::exists(record + "/parent") == (i > 0));
            const std::string directory = directory_of(root, chain_of(image, i));
            const std::string link = root + "/overlay2/l/" + read_bytes(directory + "/link");
            CHECK(fs::equivalent(fs::path(root) / "overlay2/l" / fs::read_symlink(link), directory + "/diff")
            );
            CHECK(fs::exists(directory + "/lower") == (i > 0));
        }
    }
}

TEST_CASE("content has the attributes that its members say") {
    if (!is_root()) {
        return;
    }
    const TempDir folder;
    const std::string root = folder.path("root");
    const ImageSet set = sample_images();
    build_store(root, set);
    const std::string base = directory_of(root, chain_of(set.images[0], 0)) + "/diff";
    struct stat stat{};
    REQUIRE(lstat((base + "/bin/su").c_str(), &stat) == 0);
    CHECK((stat.st_mode & 07777U) == 04755U);
    CHECK(stat.st_mtime == 1'700'000'000);
    CHECK(fs::equivalent(base + "/bin/sh", base + "/bin/dash"));
    CHECK(getxattr((base + "/bin/ping").c_str(), "security.capability", nullptr, 0) == 20);
    REQUIRE(lstat((base + "/home/user").c_str(), &stat) == 0);
    CHECK(stat.st_uid == 1000);
    CHECK(stat.st_mtime == 1'700'000'000);
    const std::string server = directory_of(root, chain_of(set.images[1], 1)) + "/diff";
    REQUIRE(lstat((server + "/etc/os-release").c_str(), &stat) == 0);
    CHECK((S_ISCHR(stat.st_mode) && stat.st_rdev == 0));
    const std::string site = directory_of(root, chain_of(set.images[1], 2)) + "/diff";
    std::array<char, 8> mark{};
    CHECK(getxattr((site + "/srv/www").c_str(), "trusted.overlay.opaque", mark.data(), mark.size()) == 1);
    CHECK(mark[0] == 'y');
}

TEST_CASE("the same seed builds the same store and another one other names") {
    if (!is_root()) {
        return;
    }
    const TempDir folder;
    build_store(folder.path("one"), torture_images());
    build_store(folder.path("two"), torture_images());
    build_store(folder.path("other"), torture_images(), "other");
    CHECK(compare_stores(folder.path("one"), folder.path("two")).empty());
    CHECK(compare_stores(folder.path("one"), folder.path("other")).empty());
    const std::string chain = chain_of(torture_images().images[0], 0);
    const auto cache_id = [&](const char* store) {
        return directory_of(folder.path(store), chain).substr(folder.path(store).size());
    };
    CHECK(cache_id("one") == cache_id("two"));
    CHECK(cache_id("one") != cache_id("other"));
}

TEST_CASE("a comparison of stores sees one changed attribute") {
    if (!is_root()) {
        return;
    }
    const TempDir folder;
    build_store(folder.path("one"), sample_images());
    build_store(folder.path("two"), sample_images());
    const std::string base =
        directory_of(folder.path("two"), chain_of(sample_images().images[0], 0)) + "/diff";
    REQUIRE(chmod((base + "/etc/passwd").c_str(), 0600) == 0);
    CHECK(compare_stores(folder.path("one"), folder.path("two")).size() == 1);
}

TEST_CASE("a store of empty layers has as many records as asked for") {
    if (!is_root()) {
        return;
    }
    const TempDir folder;
    const std::string root = folder.path("root");
    build_metadata_only_store(root, 205);
    const auto count = [&](const std::string& path) {
        const fs::directory_iterator entries(root + path);
        return std::distance(fs::begin(entries), fs::end(entries));
    };
    CHECK(count("/image/overlay2/layerdb/sha256") == 205);
    CHECK(count("/image/overlay2/imagedb/content/sha256") == 3);
    CHECK(count("/overlay2") == 206);
}

}  // namespace drydock
