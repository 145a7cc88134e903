// What is read from the disk for a plan.
#include "repair/witnesses/layer_size.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

namespace drydock {

TEST_CASE("a layer's size is that of all that is no folder, each inode once") {
    const TempDir folder;
    folder.write("diff/a/one", "12345");
    folder.write("diff/two", "123");
    folder.make_link("diff/link", "1234567");
    folder.make_directory("diff/empty");
    std::filesystem::create_hard_link(folder.path("diff/two"), folder.path("diff/a/again"));
    const ReadDir base = ReadDir::open_path(folder.path());
    CHECK(sum_layer_size(base, "diff", {}) == 15);
    CHECK(sum_layer_size(base, "diff/empty", {}) == 0);
    CHECK_FALSE(sum_layer_size(base, "none", {}));
}

TEST_CASE("a layer's size can be counted however deep its folders are") {
    const TempDir folder;
    std::string path = "diff";
    for (int i = 0; i < 300; ++i) {
        path += "/a-folder";
    }
    folder.write(path + "/file", "1234");
    CHECK(sum_layer_size(ReadDir::open_path(folder.path()), "diff", {}) == 4);
}

}  // namespace drydock
