// What killed daemons leave beside the records, and what taking it away would free.
#include "platform/unique_fd.hpp"
#include "scanner/freed_space.hpp"
#include "scanner/temporaries.hpp"
#include "tests/support/fault_plan.hpp"
#include "tests/unit/scanner/tree.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace drydock::test {

namespace {

const StoreLocation kStore{".", "overlay2", StoreKind::overlay2, {}};

Inventory scan(const Tree& tree) {
    return scan_store(open_store(tree.open(), kStore), kStore, 1, {});
}

std::optional<std::uint64_t> freed(const Tree& tree, const std::vector<std::string>& paths) {
    const StoreFolders folders = open_store(tree.open(), kStore);
    return measure_freed_space(folders, scan_store(folders, kStore, 1, {}), paths, {});
}

}  // namespace

TEST_CASE("temporary files are found where daemons leave them, and nothing else is one") {
    const Tree tree;
    write_small_store(tree);
    const std::string container = "containers/" + hex_of('c');
    for (const std::string path :
         {"tmp/GetImageBlob1",
          "tmp-old/docker-builder2/Dockerfile",
          "overlay2/opaque-bug-check3/file",
          "check-overlayfs-support4/file",
          "image/overlay2/.tmp-repositories.json5",
          "image/overlay2/distribution/diffid-by-digest/sha256/.tmp-1",
          "overlay2/ca/.tmp-link6",
          "buildkit/executor/abc/config.json",
          "buildkit/executor/hosts"}) {
        tree.file(path, "x");
    }
    tree.file(container + "/.tmp-config.v2.json7", "{}");
    tree.file(container + "/config.v2.json", "{}");
    CHECK(
        scan(tree).temporaries ==
        std::vector<std::string>{
            "buildkit/executor/abc",
            "check-overlayfs-support4",
            container + "/.tmp-config.v2.json7",
            "image/overlay2/.tmp-repositories.json5",
            "image/overlay2/distribution/diffid-by-digest/sha256/.tmp-1",
            "overlay2/ca/.tmp-link6",
            "overlay2/opaque-bug-check3",
            "tmp-old",
            "tmp/GetImageBlob1",
        }
    );
}

TEST_CASE("empty temporary folders are none") {
    const Tree tree;
    write_small_store(tree);
    tree.folder("tmp");
    tree.folder("tmp-old");
    tree.folder("buildkit/executor");
    CHECK(scan(tree).temporaries.empty());
}

TEST_CASE("records that were begun or are being removed are read") {
    const Tree tree;
    write_small_store(tree);
    const std::string layerdb = "image/overlay2/layerdb/";
    const std::string removing = hex_of('a') + "-" + hex_of('b') + "-removing";
    tree.file(layerdb + "tmp/write-set-1/cache-id", "made");
    tree.folder(layerdb + "tmp/layer-2");
    tree.file(layerdb + "tmp/note", "x");
    tree.file(layerdb + "sha256/" + removing + "/cache-id", "going");
    const Inventory inventory = scan(tree);
    REQUIRE(inventory.write_sets.size() == 2);
    CHECK(inventory.write_sets[1].cache_id.value == "made");
    REQUIRE(inventory.removing.size() == 1);
    CHECK(inventory.removing[0].name == removing);
    CHECK(inventory.removing[0].cache_id.value == "going");
    REQUIRE(inventory.layerdb_strays.size() == 1);
    CHECK(inventory.layerdb_strays[0].path == layerdb + "tmp/note");
}

TEST_CASE("hard links count only where all names go") {
    const Tree tree;
    write_small_store(tree);
    const std::string bytes(100'000, 'x');
    tree.file("overlay2/one/diff/a", bytes);
    tree.folder("overlay2/two/diff");
    const std::uint64_t alone = freed(tree, {"overlay2/one"}).value();
    CHECK(alone >= bytes.size());
    REQUIRE(::link(tree.path("overlay2/one/diff/a").c_str(), tree.path("overlay2/two/diff/a").c_str()) == 0);
    const std::uint64_t held = freed(tree, {"overlay2/one"}).value();
    CHECK(held + bytes.size() <= alone);
    CHECK(freed(tree, {"overlay2/one", "overlay2/two"}).value() >= alone);
    CHECK(freed(tree, {"overlay2/absent"}) == 0);
}

TEST_CASE("a hole takes no room") {
    const Tree tree;
    write_small_store(tree);
    tree.sparse_file("tmp/GetImageBlob1", 1'000'000'000);
    CHECK(freed(tree, {"tmp/GetImageBlob1"}).value() < 1'000'000);
}

TEST_CASE("folders that are nested deeper than a path can say are measured") {
    const Tree tree;
    write_small_store(tree);
    tree.folder("overlay2/one");
    const std::string name(200, 'n');
    UniqueFd at(::open(tree.path("overlay2/one").c_str(), O_DIRECTORY | O_CLOEXEC));
    for (int i = 0; i < 40; ++i) {
        REQUIRE(::mkdirat(at.get(), name.c_str(), 0700) == 0);
        at = UniqueFd(::openat(at.get(), name.c_str(), O_DIRECTORY | O_CLOEXEC));
        REQUIRE(at);
    }
    const std::uint64_t without = freed(tree, {"overlay2/one"}).value();
    const std::string bytes(100'000, 'x');
    {
        const UniqueFd file(::openat(at.get(), "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        REQUIRE(::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    CHECK(freed(tree, {"overlay2/one"}).value() >= without + bytes.size());
}

TEST_CASE("room that could not be measured is not told") {
    const Tree tree;
    write_small_store(tree);
    tree.file("overlay2/one/diff/a", "x");
    const StoreFolders folders = open_store(tree.open(), kStore);
    const Inventory inventory = scan_store(folders, kStore, 1, {});
    FaultPlan plan;
    plan.only(SysCall::get_dents).fail(1, EIO);
    CHECK(measure_freed_space(folders, inventory, {"overlay2/one"}, {}) == std::nullopt);
}

}  // namespace drydock::test
