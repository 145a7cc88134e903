#include "platform/os_error.hpp"
#include "tests/support/bolt_writer.hpp"
#include "tests/support/fault_plan.hpp"
#include "tests/unit/scanner/tree.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>

#include <algorithm>
#include <map>

namespace drydock {

using namespace test;

namespace {

std::string numbered_hex(unsigned number) {
    std::string digits = std::to_string(number);
    return std::string(64 - digits.size(), '0') + digits;
}

void write_many_layers(const Tree& tree, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        const std::string layer = "image/overlay2/layerdb/sha256/" + numbered_hex(i) + "/";
        tree.file(layer + "diff", "sha256:" + numbered_hex(i));
        tree.file(layer + "cache-id", "c" + std::to_string(i));
        tree.file("overlay2/c" + std::to_string(i) + "/link", kLink);
    }
}

// Every path of a tree with what a read may not change.
std::map<std::string, std::string> times_of(const Tree& tree) {
    std::map<std::string, std::string> times;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(tree.path())) {
        struct stat found{};
        REQUIRE(::lstat(entry.path().c_str(), &found) == 0);
        if (!S_ISLNK(found.st_mode)) {
            times[entry.path().string()] = std::to_string(found.st_atim.tv_sec) + "." +
                                           std::to_string(found.st_atim.tv_nsec) + " " +
                                           std::to_string(found.st_mtim.tv_sec);
        }
    }
    return times;
}

void age_everything(const Tree& tree) {
    const timespec old[2] = {{1000, 0}, {2000, 0}};
    for (const auto& entry : std::filesystem::recursive_directory_iterator(tree.path())) {
        REQUIRE(::utimensat(AT_FDCWD, entry.path().c_str(), old, AT_SYMLINK_NOFOLLOW) == 0);
    }
    REQUIRE(::utimensat(AT_FDCWD, tree.path().c_str(), old, 0) == 0);
}

template <class T>
std::string fact(const std::string& what, const Seen<T>& seen) {
    switch (seen.sight) {
    case Sight::present:
        return what + " present";
    case Sight::absent:
        return what + " absent";
    case Sight::empty:
        return what + " empty";
    case Sight::malformed:
        return what + " malformed " + seen.actual;
    case Sight::unreadable:
        break;
    }
    return what + " unreadable " + std::to_string(seen.error);
}

std::string fact(const std::string& what, FolderState state) {
    // That a folder is unreadable is said with its errno among the unreadable.
    return state == FolderState::unreadable ? "" : what + " " + std::to_string(static_cast<int>(state));
}

// A container of a driver that is not known to have no store is not judged: this is said without an errno.
constexpr const char* kOtherDriversUnknown = "other drivers unknown";

// All that an inventory claims, one line each.
std::vector<std::string> facts_of(const Inventory& inventory) {
    std::vector<std::string> facts;
    for (const LayerRecord& layer : inventory.layers) {
        facts.push_back(fact("diff", layer.diff));
        facts.push_back(fact("cache-id", layer.cache_id));
        facts.push_back(fact("size", layer.size));
        facts.push_back(fact("layer parent", layer.parent));
        facts.push_back(fact("tar-split", layer.tar_split));
        facts.push_back(fact("descriptor", layer.descriptor));
        facts.emplace_back(layer.has_files ? "files" : "no files");
    }
    for (const MountRecord& mount : inventory.mount_records) {
        facts.push_back(fact("mount-id", mount.mount_id));
        facts.push_back(fact("init-id", mount.init_id));
        facts.push_back(fact("mount parent", mount.parent));
    }
    for (const ImageRecord& image : inventory.images) {
        facts.push_back(fact("config", image.config));
        facts.push_back(fact("image parent", image.parent));
        facts.push_back(fact("last updated", image.last_updated));
    }
    for (const DriverDirectory& directory : inventory.directories) {
        if (directory.error != 0) {
            facts.push_back("directory unreadable " + std::to_string(directory.error));
            continue;
        }
        facts.push_back(fact("link", directory.link));
        facts.push_back(fact("lower", directory.lower));
        facts.emplace_back(directory.has_diff ? "has diff" : "no diff");
        facts.emplace_back(directory.has_committed ? "committed" : "not committed");
    }
    for (const ShortLink& link : inventory.short_links) {
        facts.push_back(fact("short link", link.target));
    }
    for (const ContainerRecord& container : inventory.containers) {
        facts.push_back(fact("container", container.config));
        facts.push_back(fact("hostconfig", container.host_config));
    }
    for (const DistributionRecord& record : inventory.distribution) {
        facts.push_back(fact("distribution", record.sight));
    }
    for (const DatabaseRecord& database : inventory.databases) {
        facts.push_back(fact("database " + database.path, database.sight));
    }
    facts.push_back(fact("snapshots", inventory.builder.snapshots));
    facts.push_back(fact("leased", inventory.builder.leased));
    facts.push_back(fact("cache", inventory.builder.cache));
    facts.push_back(fact("repositories", inventory.repositories));
    facts.push_back(fact("layerdb", inventory.layerdb));
    facts.push_back(fact("mounts", inventory.mounts));
    facts.push_back(fact("driver", inventory.driver_folder));
    facts.push_back(fact("containers", inventory.containers_folder));
    facts.emplace_back(inventory.other_drivers ? "other drivers" : kOtherDriversUnknown);
    facts.push_back("not a folder: " + inventory.not_a_folder);
    facts.emplace_back(inventory.builder.folder_present ? "" : "no buildkit");
    for (const StrayEntry& stray : inventory.layerdb_strays) {
        facts.push_back("stray " + stray.path);
    }
    for (const Unreadable& item : inventory.unreadable) {
        facts.push_back("at " + item.path + " unreadable " + std::to_string(item.error));
    }
    facts.emplace_back();
    return facts;
}

}  // namespace

TEST_CASE("records come sorted by id, whatever the number of threads") {
    const Tree tree;
    write_many_layers(tree, 100);
    for (const unsigned jobs : {1U, 4U}) {
        const Inventory inventory = scan_tree(tree, jobs);
        REQUIRE(inventory.layers.size() == 100);
        for (unsigned i = 0; i < 100; ++i) {
            CHECK(inventory.layers[i].chain.hex() == numbered_hex(i));
            CHECK(inventory.layers[i].cache_id.value == "c" + std::to_string(i));
        }
        CHECK(inventory.directories.size() == 100);
        CHECK(std::is_sorted(
            inventory.directories.begin(),
            inventory.directories.end(),
            [](const DriverDirectory& a, const DriverDirectory& b) { return a.name < b.name; }
        ));
    }
}

TEST_CASE("after a stop request no record stands there unread") {
    const Tree tree;
    write_many_layers(tree, 40);
    const ReadDir root = tree.open();
    const StoreLocation store{".", "overlay2", StoreKind::overlay2, {}};
    std::stop_source source;
    source.request_stop();
    const Inventory inventory = scan_store(open_store(root, store), store, 2, source.get_token());
    CHECK(inventory.layers.empty());
    CHECK(inventory.directories.empty());
}

TEST_CASE("a scan leaves every access time as it was") {
    const Tree tree;
    write_small_store(tree);
    age_everything(tree);
    const std::map<std::string, std::string> before = times_of(tree);
    CHECK_FALSE(survey_root(tree.open()).stores.empty());
    CHECK(scan_tree(tree, 2).layers.size() == 1);
    CHECK(times_of(tree) == before);
}

TEST_CASE("buildkit counts as there unless it surely is not") {
    const Tree tree;
    tree.folder("image/overlay2");
    CHECK_FALSE(scan_tree(tree).builder.folder_present);
    tree.folder("buildkit");
    CHECK(scan_tree(tree).builder.folder_present);
    const Denied denied("buildkit");
    CHECK(scan_tree(tree).builder.folder_present);
}

TEST_CASE("a record folder stuffed with files is undetermined, not read") {
    const Tree tree;
    write_small_store(tree);
    for (unsigned i = 0; i < 4096; ++i) {
        tree.file("image/overlay2/layerdb/sha256/" + hex_of('a') + "/x" + std::to_string(i), "");
    }
    const Inventory inventory = scan_tree(tree);
    CHECK(inventory.layers.at(0).diff.sight == Sight::unreadable);
    CHECK(inventory.layers.at(0).diff.error == E2BIG);
}

TEST_CASE("a failing call makes facts unreadable, never absent or wrong") {
    const Tree tree;
    write_small_store(tree);
    const std::string image = "image/overlay2/";
    tree.file(image + "imagedb/metadata/sha256/" + hash_hex(kConfig) + "/parent", digest_of('e'));
    tree.file(image + "distribution/diffid-by-digest/sha256/" + hex_of('1'), digest_of('a'));
    tree.file("overlay2/ca/lower", "l/" + kLink);
    tree.file("buildkit/snapshots.db", write_bolt(parse_bolt_text("a/parent=")));
    tree.file("buildkit/containerdmeta.db", std::string(5000, '\0'));
    tree.file("volumes/metadata.db", write_bolt({}));
    tree.move("overlay2", "there");
    tree.link("overlay2", "there");
    const ReadDir root = tree.open();
    const StoreLocation store{".", "overlay2", StoreKind::overlay2, {}};
    const std::vector<std::string> clean = facts_of(scan_store(open_store(root, store), store, 1, {}));

    const int error = GENERATE(EIO, EACCES, EMFILE, ENOMEM);
    CAPTURE(error);
    for (std::size_t nth = 1;; ++nth) {
        CAPTURE(nth);
        FaultPlan plan;
        plan.fail(nth, error);
        std::vector<std::string> facts;
        // Only ROOT's own descriptor may fail as a whole.
        if (nth <= 2) {
            CHECK_THROWS_AS(open_store(root, store), OsError);
            continue;
        }
        facts = facts_of(scan_store(open_store(root, store), store, 1, {}));
        if (!plan.fired()) {
            CHECK(facts == clean);
            break;
        }
        // Every fact is as it was, or is said to be unreadable and names the errno.
        const std::string unreadable = "unreadable " + std::to_string(error);
        bool said = false;
        for (const std::string& fact : facts) {
            const bool hidden = fact.find(unreadable) != fact.npos || fact == kOtherDriversUnknown;
            said = said || hidden;
            const bool known = std::find(clean.begin(), clean.end(), fact) != clean.end();
            CAPTURE(fact);
            CHECK((hidden || known));
        }
        CHECK(said);
    }
}

}  // namespace drydock
