// The databases of a data root: which are there, what is wrong with them, and what BuildKit's say.
#include "tests/support/bolt_writer.hpp"
#include "tests/support/fault_plan.hpp"
#include "tests/support/lock_holder.hpp"
#include "tests/unit/scanner/tree.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <stop_token>

namespace drydock {

using namespace test;

namespace {

const std::string kSnapshots = "buildkit/snapshots.db";
const std::string kLeases = "buildkit/containerdmeta.db";
const std::string kCache = "buildkit/metadata_v2.db";
const std::string kVolumes = "volumes/metadata.db";

std::string database(std::string_view text) {
    return write_bolt(parse_bolt_text(text));
}

// A database with a page of its own for each bucket at the top: nothing in it is small enough to be inline.
std::string large(const std::vector<std::string>& buckets) {
    BoltBucket root;
    for (const std::string& path : buckets) {
        BoltBucket* bucket = &root;
        std::string_view rest = path;
        for (std::size_t slash = rest.find('/'); slash != rest.npos; slash = rest.find('/')) {
            bucket = &bucket->buckets[std::string(rest.substr(0, slash))];
            rest.remove_prefix(slash + 1);
        }
        bucket->buckets[std::string(rest)].keys["k"] = std::string(2000, 'v');
    }
    return write_bolt(root);
}

const DatabaseRecord* find_record(const Inventory& inventory, const std::string& path) {
    const auto found = std::find_if(
        inventory.databases.begin(),
        inventory.databases.end(),
        [&](const DatabaseRecord& record) { return record.path == path; }
    );
    return found == inventory.databases.end() ? nullptr : &*found;
}

DatabaseRecord record_of(const Tree& tree, const std::string& path) {
    const Inventory inventory = scan_tree(tree);
    const DatabaseRecord* record = find_record(inventory, path);
    REQUIRE(record != nullptr);
    return *record;
}

Tree& with_image(Tree& tree) {
    tree.folder("image/overlay2");
    return tree;
}

// A page's type in a database of write_bolt(), taken away.
std::string without_type(std::string bytes, std::size_t page) {
    put_number(bytes, page * 4096 + 8, 0, 2);
    return bytes;
}

}  // namespace

TEST_CASE("the databases that are there are found, by path, with their roles") {
    Tree tree;
    with_image(tree);
    CHECK(scan_tree(tree).databases.empty());
    const std::vector<std::pair<std::string, DatabaseRole>> all{
        {"buildkit/cache.db", DatabaseRole::solver_cache},
        {kLeases, DatabaseRole::leases},
        {"buildkit/history.db", DatabaseRole::history},
        {kCache, DatabaseRole::cache_metadata},
        {kSnapshots, DatabaseRole::snapshots},
        {"containerd/daemon/io.containerd.metadata.v1.bolt/meta.db", DatabaseRole::containerd},
        {"network/files/local-kv.db", DatabaseRole::networks},
        {kVolumes, DatabaseRole::volumes},
    };
    for (const auto& [path, role] : all) {
        tree.file(path, write_bolt({}));
    }
    tree.file("buildkit/other.db", "no database of Docker's");
    const Inventory inventory = scan_tree(tree);
    REQUIRE(inventory.databases.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(inventory.databases[i].path == all[i].first);
        CHECK(inventory.databases[i].role == all[i].second);
        CHECK(inventory.databases[i].sight.present());
    }
}

TEST_CASE("the databases of a remapped daemon lie below its own root") {
    const Tree tree;
    tree.folder("100.100/image/overlay2");
    tree.file("100.100/" + kVolumes, write_bolt({}));
    tree.file(kVolumes, "not of this store");
    const Inventory inventory = scan_tree(tree, 1, "100.100");
    REQUIRE(inventory.databases.size() == 1);
    CHECK(inventory.databases.front().path == "100.100/" + kVolumes);
    CHECK(inventory.databases.front().sight.present());
}

TEST_CASE("a database is empty, malformed, no regular file, or a link that is not followed") {
    Tree tree;
    with_image(tree);
    tree.file(kVolumes, "");
    CHECK(record_of(tree, kVolumes).sight.sight == Sight::empty);
    tree.file(kVolumes, "noise");
    CHECK(record_of(tree, kVolumes).sight.sight == Sight::malformed);
    CHECK(record_of(tree, kVolumes).sight.actual == "the file has 5 bytes, too few for a database");
    tree.sparse_file(kVolumes, off_t{1} << 40);
    CHECK(record_of(tree, kVolumes).sight.sight == Sight::malformed);
    tree.remove(kVolumes);
    tree.folder(kVolumes);
    CHECK(record_of(tree, kVolumes).sight.actual == "directory");
    CHECK(record_of(tree, kVolumes).stops_daemon);
    tree.remove(kVolumes);
    tree.fifo(kVolumes);
    CHECK(record_of(tree, kVolumes).sight.sight == Sight::malformed);
    tree.remove(kVolumes);
    tree.link(kVolumes, "nowhere");
    CHECK(record_of(tree, kVolumes).sight.sight == Sight::unreadable);
    CHECK(record_of(tree, kVolumes).sight.error == ELOOP);
}

TEST_CASE("BuildKit's records are read as they stand") {
    Tree tree;
    with_image(tree);
    tree.file(
        kSnapshots,
        database(
            "b/committed=c\nb/chainid=" + digest_of('a') + "\nb/size=12\nc/iscommitted=\nc/parent=" +
            digest_of('b') + "\n" + digest_of('a') + "/\nd/chainid=sha256:short\nstray=key"
        )
    );
    tree.file(
        kLeases,
        database(
            "v1/version=x\nv1/buildkit/leases/l1/snapshots/default/c=\nv1/buildkit/leases/l1/content/" +
            digest_of('c') +
            "=\nv1/buildkit/leases/l2/snapshots/default/b=\nv1/buildkit/leases/l2/labels/x=y\n"
            "v1/buildkit/leases/l3/snapshots/default/c=\nv1/other/leases/l1/snapshots/default/z="
        )
    );
    tree.file(
        kCache,
        database(
            "_main/r1/cache.usageCount={\"value\":1}\n_main/r2/"
            "cache.snapshot={\"value\":\"b\",\"index\":\"i\"}\n"
            "_main/r3/cache.equalMutable={\"value\":\"r1\"}\n_main/r4/cache.blobonly={\"value\":true}\n"
            "_main/r5/cache.deleted={\"value\":true}\n_main/r6/cache.equalMutable=\n"
            "_main/r7/cache.mergeParents={\"value\":[\"r1\"]}\n_main/r8/cache.blobonly={\"value\":\"no\"}\n"
            "_index/x::r1=\n_external/r1/cache.snapshot=\\x00"
        )
    );
    const Builder builder = scan_tree(tree).builder;
    REQUIRE(builder.snapshots.present());
    REQUIRE(builder.snapshots.value.size() == 4);
    const auto& snapshots = builder.snapshots.value;
    CHECK(snapshots[0].key == "b");
    CHECK(snapshots[0].committed == "c");
    CHECK(snapshots[0].chain->text() == digest_of('a'));
    CHECK_FALSE(snapshots[0].is_committed);
    CHECK(snapshots[1].key == "c");
    CHECK(snapshots[1].is_committed);
    CHECK(snapshots[1].parent == digest_of('b'));
    CHECK(snapshots[2].key == "d");
    CHECK_FALSE(snapshots[2].chain.has_value());
    CHECK(snapshots[3].key == digest_of('a'));
    CHECK(builder.leased.value == std::vector<std::string>{"b", "c"});
    REQUIRE(builder.cache.value.size() == 8);
    std::string needed;
    for (const BuilderCacheRecord& record : builder.cache.value) {
        if (record.needs_snapshot) needed += record.id + "=" + record.snapshot + " ";
    }
    CHECK(needed == "r1=r1 r2=b r6=r6 r8=r8 ");
}

TEST_CASE("what BuildKit's databases hold is absent, empty, malformed or unreadable as they are") {
    Tree tree;
    with_image(tree);
    CHECK(scan_tree(tree).builder.snapshots.sight == Sight::absent);
    tree.folder("buildkit");
    CHECK(scan_tree(tree).builder.snapshots.sight == Sight::absent);
    tree.file(kSnapshots, "");
    CHECK(scan_tree(tree).builder.snapshots.sight == Sight::empty);
    tree.file(kSnapshots, "noise");
    CHECK(scan_tree(tree).builder.snapshots.sight == Sight::malformed);
    {
        const Denied denied("snapshots.db");
        CHECK(scan_tree(tree).builder.snapshots.sight == Sight::unreadable);
        CHECK(scan_tree(tree).builder.snapshots.error == EACCES);
    }
    tree.remove("buildkit");
    tree.folder("elsewhere");
    tree.link("buildkit", "elsewhere");
    const Inventory linked = scan_tree(tree);
    CHECK(linked.builder.snapshots.sight == Sight::unreadable);
    CHECK(linked.builder.leased.sight == Sight::unreadable);
    CHECK(linked.builder.cache.sight == Sight::unreadable);
    CHECK(linked.databases.empty());
}

TEST_CASE("a folder of databases that is a link or no folder is said to be unreadable, once") {
    struct Case {
        std::string folder;
        std::string above;  // what is made a link, or a file
    };

    const std::string containerd = "containerd/daemon/io.containerd.metadata.v1.bolt";
    for (const auto& [folder, odd] : {
             Case{"buildkit", "buildkit"},
             Case{"volumes", "volumes"},
             Case{"network/files", "network"},
             Case{"network/files", "network/files"},
             Case{containerd, "containerd"},
             Case{containerd, "containerd/daemon"},
             Case{containerd, containerd},
         }) {
        CAPTURE(odd);
        Tree tree;
        with_image(tree);
        tree.folder(folder);
        CHECK(scan_tree(tree).unreadable.empty());
        tree.move(odd, "elsewhere");
        CHECK(scan_tree(tree).unreadable.empty());
        tree.link(odd, tree.path("elsewhere"));
        const auto linked = scan_tree(tree).unreadable;
        REQUIRE(linked.size() == 1);
        CHECK(linked.front().path == odd);
        CHECK(linked.front().error == ELOOP);
        CHECK(linked.front().detail == "a symbolic link where a folder should be");
        tree.remove(odd);
        tree.file(odd, "");
        const auto file = scan_tree(tree).unreadable;
        REQUIRE(file.size() == 1);
        CHECK(file.front().path == odd);
        CHECK(file.front().error == ENOTDIR);
    }
    Tree tree;
    with_image(tree);
    tree.folder("buildkit");
    const Denied denied("buildkit");
    const auto items = scan_tree(tree).unreadable;
    REQUIRE(items.size() == 1);
    CHECK(items.front().path == "buildkit");
    CHECK(items.front().error == EACCES);
}

TEST_CASE("a stop request ends the reading of databases") {
    Tree tree;
    with_image(tree);
    tree.file(kSnapshots, database("b/committed=c"));
    tree.file(kVolumes, write_bolt({}));
    std::stop_source stop;
    stop.request_stop();
    const StoreLocation store{".", "overlay2", StoreKind::overlay2, {}};
    const FaultPlan plan;
    const Inventory inventory = scan_store(open_store(tree.open(), store), store, 1, stop.get_token());
    CHECK(plan.calls(SysCall::read_at) == 0);
    REQUIRE(inventory.databases.size() == 2);
    for (const DatabaseRecord& record : inventory.databases) {
        CHECK(record.sight.sight == Sight::unreadable);
        CHECK(record.sight.error == ECANCELED);
    }
    CHECK(inventory.builder.snapshots.sight == Sight::unreadable);
}

TEST_CASE("a value that BuildKit cannot decode makes its database malformed") {
    Tree tree;
    with_image(tree);
    for (const char* value : {"{\"value\":", "nonsense", "[]", "{\"index\":1}"}) {
        CAPTURE(value);
        tree.file(kCache, database("_main/r1/cache.createdAt=" + std::string(value)));
        const DatabaseRecord record = record_of(tree, kCache);
        CHECK(record.sight.sight == Sight::malformed);
        CHECK(record.stops_daemon);
    }
    // The other buckets hold what they like.
    tree.file(kCache, database("_external/r1/x=nonsense\n_main/r1/x="));
    CHECK(record_of(tree, kCache).sight.present());
}

TEST_CASE("whether a fault stops dockerd depends on who reads the page when") {
    Tree tree;
    with_image(tree);
    const auto stops = [&](const std::string& path, const std::string& bytes) {
        tree.file(path, bytes);
        const DatabaseRecord record = record_of(tree, path);
        CHECK(record.sight.sight == Sight::malformed);
        return record.stops_daemon;
    };
    // Page 3 is the first bucket's own.
    const std::string cache = large({"_links", "_result"});
    CHECK_FALSE(stops("buildkit/cache.db", without_type(cache, 3)));
    CHECK(stops("buildkit/cache.db", without_type(cache, 5)));  // the list of buckets
    CHECK(stops("buildkit/cache.db", cache.substr(0, 4096)));
    CHECK(stops(kVolumes, without_type(large({"volumes"}), 3)));
    CHECK(stops("network/files/local-kv.db", without_type(large({"libnetwork"}), 3)));
    CHECK(stops(kCache, without_type(large({"_main/r1"}), 3)));
    CHECK_FALSE(stops(kCache, without_type(large({"_external/r1"}), 3)));
    CHECK(stops(kLeases, without_type(large({"v1/buildkit/leases"}), 3)));
    CHECK_FALSE(stops(kLeases, without_type(large({"v1/buildkit/content"}), 3)));
    CHECK_FALSE(stops("buildkit/history.db", "noise"));
    // Snapshots are looked up only for leases; a database of leases that cannot be read may have some.
    CHECK(stops(kSnapshots, without_type(large({"a"}), 3)));
    tree.file(kLeases, database("v1/buildkit/leases/l/labels/x=y"));
    CHECK_FALSE(stops(kSnapshots, without_type(large({"a"}), 3)));
    tree.file(kLeases, database("v1/buildkit/leases/l/snapshots/default/a="));
    CHECK(stops(kSnapshots, without_type(large({"a"}), 3)));
}

TEST_CASE("a damaged database that somebody holds locked is not judged") {
    Tree tree;
    with_image(tree);
    tree.file(kVolumes, "noise");
    {
        const LockHolder daemon(tree.path(kVolumes));
        const DatabaseRecord record = record_of(tree, kVolumes);
        CHECK(record.sight.sight == Sight::unreadable);
        CHECK(record.sight.error == EBUSY);
    }
    {
        // A lock of this process is no daemon's: repair reads the store once more under its own.
        const int fd = ::open(tree.path(kVolumes).c_str(), O_RDONLY | O_CLOEXEC);
        REQUIRE(::flock(fd, LOCK_EX) == 0);
        CHECK(record_of(tree, kVolumes).sight.sight == Sight::malformed);
        ::close(fd);
    }
    CHECK(record_of(tree, kVolumes).sight.sight == Sight::malformed);
    // A sound one may be in use.
    tree.file(kVolumes, write_bolt({}));
    const int other = ::open(tree.path(kVolumes).c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(::flock(other, LOCK_EX) == 0);
    CHECK(record_of(tree, kVolumes).sight.present());
    ::close(other);
}

TEST_CASE("a database that changes while it is read is read again, and then not judged") {
    static int changes = 0;
    static std::string path;
    static decltype(sys.read_at) real = nullptr;
    Tree tree;
    with_image(tree);
    tree.file(kVolumes, "noise of some length");
    path = tree.path(kVolumes);
    const Sys saved = sys;
    real = sys.read_at;
    sys.read_at = [](int fd, void* buffer, std::size_t size, off_t offset) {
        if (changes > 0) {
            --changes;
            std::filesystem::resize_file(path, std::filesystem::file_size(path) + 5000);
        }
        return real(fd, buffer, size, offset);
    };
    tree.file(kVolumes, std::string(5000, 'n'));
    changes = 1;
    const DatabaseRecord once = record_of(tree, kVolumes);
    changes = 1000;
    const DatabaseRecord always = record_of(tree, kVolumes);
    changes = 0;
    sys = saved;
    CHECK(once.sight.sight == Sight::malformed);
    CHECK(always.sight.sight == Sight::unreadable);
    CHECK(always.sight.error == EBUSY);
}

TEST_CASE("a limit of drydock's own makes a database unreadable, not malformed") {
    Tree tree;
    with_image(tree);
    std::string bytes = write_bolt({});
    for (const std::size_t meta : {std::size_t{0}, std::size_t{4096}}) {
        put_number(bytes, meta + kBoltPagesAt, std::uint64_t{1} << 40U, 8);
        seal_bolt_meta(bytes, meta);
    }
    tree.file(kVolumes, bytes);
    CHECK(record_of(tree, kVolumes).sight.sight == Sight::unreadable);
    CHECK(record_of(tree, kVolumes).sight.error == EFBIG);
}

}  // namespace drydock
