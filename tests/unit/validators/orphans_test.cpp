// What belongs to nobody, and above all what must not be called so: whatever an owner that cannot be asked
// might own.
#include "tests/unit/validators/store_model.hpp"

#include <catch2/catch.hpp>

namespace drydock::test {

namespace {

const std::string kHex(64, 'e');
const std::string kBuilders(25, 'k');

// The sample store with one layer that only BuildKit might use, and a directory of nobody.
class OrphanModel : public SampleModel {
public:
    ChainId spare;

    OrphanModel() {
        spare = add_layer(a, "spare");
        add_directory(kHex, directory_of(a));
        inventory.builder.folder_present = true;
        inventory.builder.snapshots = present(std::vector<BuilderSnapshot>{});
        inventory.builder.leased = present(std::vector<std::string>{});
        inventory.builder.cache = present(std::vector<BuilderCacheRecord>{});
    }

    void add_snapshot(const std::string& key, const std::optional<ChainId>& chain) {
        BuilderSnapshot snapshot;
        snapshot.key = key;
        snapshot.chain = chain;
        inventory.builder.snapshots.value.push_back(snapshot);
    }
};

const Codes kBoth{"driver-directory-orphan", "layer-record-orphan"};

}  // namespace

TEST_CASE("a layer and a directory that nobody needs are named with all that goes with them") {
    const OrphanModel store;
    const StoreReport report = store.check();
    REQUIRE(codes(report) == kBoth);
    for (const Finding& finding : report.findings) {
        CHECK(finding.evidence.takes.size() == (finding.damage == Damage::layer_record_orphan ? 3 : 2));
        CHECK(finding.effective_repair() == RepairClass::reclaim);
    }
}

TEST_CASE("a directory that was not finished goes with the short link that it does not know yet") {
    OrphanModel store;
    store.directory(kHex).link = absent<std::string>();
    const StoreReport report = store.check();
    REQUIRE(codes(report) == kBoth);
    CHECK(report.findings.front().evidence.takes.size() == 2);
}

TEST_CASE("an owner that cannot be asked keeps what it might own") {
    OrphanModel store;

    SECTION("a layer that lost its cache-id keeps every directory") {
        store.layer(store.c).cache_id = in_sight<std::string>(Sight::empty);
        store.remove_directory("dir-C");
        store.remove_short_link("dir-C");
        CHECK(codes(store.check()) == Codes{"cache-id-empty", "layer-record-orphan"});
    }
    SECTION("a layer without a record keeps every directory") {
        store.remove_layer(store.b);
        CHECK(codes(store.check()) == Codes{"layer-record-missing", "layer-record-orphan"});
    }
    SECTION("BuildKit's records unread keep every layer, and directories of its form") {
        store.inventory.builder.snapshots.sight = Sight::unreadable;
        store.add_directory(kBuilders, store.directory_of(store.a));
        CHECK(codes(store.check()) == Codes{"driver-directory-orphan"});
    }
    SECTION("BuildKit's records absent are an owner that is missing") {
        store.inventory.builder.snapshots = {};
        store.add_directory(kBuilders, store.directory_of(store.a));
        CHECK(codes(store.check()) == Codes{"driver-directory-orphan", "owner-missing"});
    }
    SECTION("an image config that is damaged, or unread, keeps every layer and directory") {
        store.image(store.api).config = in_sight<ImageConfig>(Sight::malformed, "{");
        CHECK(codes(store.check()) == Codes{"image-config-corrupt"});
        store.image(store.api).config = in_sight<ImageConfig>(Sight::unreadable);
        CHECK(codes(store.check()) == Codes{"unreadable"});
    }
    SECTION("a mount id that leads to nothing keeps the directory that it meant") {
        store.add_directory(std::string(64, 'a'), store.directory_of(store.c));
        store.mount(store.first).mount_id = present(std::string(64, 'b'));
        CHECK(std::ranges::count(codes(store.check()), "driver-directory-orphan") == 0);
    }
    SECTION("a mount id that is another's does so, too") {
        store.mount(store.first).mount_id = store.mount(store.second).mount_id;
        CHECK(std::ranges::count(codes(store.check()), "driver-directory-orphan") == 0);
    }
    SECTION("a layer that lost its diff and its parent may stand on any layer") {
        store.layer(store.d).diff = in_sight<DiffId>(Sight::empty);
        store.layer(store.d).parent = in_sight<ChainId>(Sight::empty);
        store.remove_image(store.api);
        std::erase_if(store.inventory.repositories.value.tags, [&](const auto& tag) {
            return tag.image == store.api;
        });
        CHECK(std::ranges::count(codes(store.check()), "layer-record-orphan") == 0);
    }
    SECTION("one of a pair keeps the other") {
        store.add_directory(std::string(64, 'a'), store.directory_of(store.a));
        store.add_directory(std::string(64, 'a') + "-init", store.directory_of(store.a));
        store.mount(store.second).init_id = present(std::string(64, 'a') + "-init");
        CHECK(std::ranges::count(codes(store.check()), "driver-directory-orphan") == 0);
    }
    SECTION("neither containers nor mount records, while pairs of directories are there") {
        store.add_directory(std::string(64, 'a'), store.directory_of(store.a));
        store.add_directory(std::string(64, 'a') + "-init", store.directory_of(store.a));
        store.inventory.containers.clear();
        store.inventory.mount_records.clear();
        store.inventory.containers_folder = FolderState::empty;
        CHECK(codes(store.check()) == Codes{"owner-missing"});
    }
    SECTION("containers is no folder") {
        store.inventory.containers.clear();
        store.inventory.containers_folder = FolderState::not_a_folder;
        CHECK(codes(store.check()) == Codes{"unreadable"});
    }
    SECTION("a tag of an image that is gone keeps every layer") {
        store.add_tag("demo/gone:1", ImageId(digest_of("gone")));
        CHECK(codes(store.check()) == Codes{"driver-directory-orphan", "tag-dangling"});
    }
    SECTION("no containers folder keeps mount records and every layer") {
        store.inventory.containers.clear();
        store.inventory.containers_folder = FolderState::empty;
        CHECK(codes(store.check()) == Codes{"owner-missing"});
    }
    SECTION("no layerdb keeps everything") {
        store.inventory.layers.clear();
        store.inventory.layerdb = FolderState::empty;
        for (const std::string& code : codes(store.check())) {
            CHECK(code.find("orphan") == std::string::npos);
        }
    }
    SECTION("a container without a mount record keeps what stands on a layer") {
        std::erase_if(store.inventory.mount_records, [&](const auto& one) {
            return one.name == store.first;
        });
        const Codes found = codes(store.check());
        CHECK(std::ranges::count(found, "driver-directory-orphan") == 0);
        CHECK(std::ranges::count(found, "mount-record-missing") == 1);
    }
    SECTION("a mount record that cannot be read keeps every directory of a container") {
        store.mount(store.second).mount_id = in_sight<std::string>(Sight::unreadable);
        CHECK(std::ranges::count(codes(store.check()), "driver-directory-orphan") == 0);
    }
}

TEST_CASE("what an owner names is no orphan") {
    OrphanModel store;

    SECTION("a directory that a kept one stands on") {
        store.directory("rw-first").lower.value += ":l/" + link_name(kHex);
        CHECK(std::ranges::count(codes(store.check()), "driver-directory-orphan") == 0);
    }
    SECTION("a layer that a lease holds") {
        store.add_snapshot(kBuilders, store.spare);
        store.inventory.builder.leased.value.push_back(kBuilders);
        CHECK(codes(store.check()) == Codes{"driver-directory-orphan"});
    }
    SECTION("a layer that a record of the build cache stands on") {
        store.add_snapshot(kBuilders, std::nullopt);
        store.inventory.builder.snapshots.value.front().parent = store.spare.text();
        store.inventory.builder.cache.value.push_back({.id = "record", .snapshot = kBuilders});
        store.add_directory(kBuilders, store.directory_of(store.a));
        CHECK(codes(store.check()) == Codes{"driver-directory-orphan"});
    }
    SECTION("not so a layer that only a bucket without a lease names: the daemon keeps those for ever") {
        store.add_snapshot(kBuilders, store.spare);
        CHECK(codes(store.check()) == kBoth);
    }
    SECTION("a snapshot's directory, committed under another name") {
        store.add_snapshot("committed-one", std::nullopt);
        store.inventory.builder.snapshots.value.front().committed = kBuilders;
        store.add_directory(kBuilders, store.directory_of(store.a));
        CHECK(codes(store.check()) == kBoth);
    }
    SECTION("snapshots whose parents run in a circle end the search") {
        store.add_snapshot("one", std::nullopt);
        store.add_snapshot("two", store.spare);
        store.inventory.builder.snapshots.value[0].parent = "two";
        store.inventory.builder.snapshots.value[1].parent = "one";
        store.inventory.builder.leased.value.emplace_back("one");
        CHECK(codes(store.check()) == Codes{"driver-directory-orphan"});
    }
    SECTION("a layer that a mount record without a container stands on; it is told first") {
        std::erase_if(store.inventory.containers, [&](const auto& one) { return one.id == store.second; });
        store.remove_image(store.api);
        std::erase_if(store.inventory.repositories.value.tags, [&](const auto& one) {
            return one.image == store.api;
        });
        CHECK(
            codes(store.check()) ==
            Codes{"driver-directory-orphan", "layer-record-orphan", "mount-record-orphan"}
        );
    }
}

TEST_CASE("a mount record of nobody takes no directory that a layer may have lost") {
    OrphanModel store;
    store.layer(store.a).cache_id = in_sight<std::string>(Sight::empty);
    MountRecord mount;
    mount.name = std::string(64, 'f');
    mount.mount_id = present(std::string("dir-A"));
    store.inventory.mount_records.push_back(mount);
    const StoreReport report = store.check();
    const auto found = std::ranges::find(report.findings, Damage::mount_record_orphan, &Finding::damage);
    REQUIRE(found != report.findings.end());
    CHECK(found->evidence.takes.size() == 1);
}

TEST_CASE("the short link that tells what `link` should hold is not stale") {
    OrphanModel store;
    store.directory("dir-D").link = present(link_name("another"));
    const Codes found = codes(store.check());
    CHECK(std::ranges::count(found, "short-link-stale") == 0);
    CHECK(std::ranges::count(found, "link-malformed") == 1);
}

TEST_CASE("a complete record in layerdb/tmp is left while an image does not tell its layers") {
    OrphanModel store;
    store.image(store.web).config = in_sight<ImageConfig>(Sight::unreadable);
    const LayerRecord record = store.layer(store.c);
    WriteSet set;
    set.name = "write-set-1";
    set.diff = record.diff;
    set.cache_id = record.cache_id;
    set.size = record.size;
    set.parent = record.parent;
    set.tar_split = record.tar_split;
    store.inventory.write_sets.push_back(set);
    store.remove_layer(store.c);
    const StoreReport report = store.check();
    const auto found = std::ranges::find(report.findings, Damage::write_set_leftover, &Finding::damage);
    REQUIRE(found != report.findings.end());
    CHECK(found->effective_repair() == RepairClass::leave);
    CHECK(found->evidence.takes.empty());
}

TEST_CASE("a complete record in layerdb/tmp that that an image waits for is not waste") {
    OrphanModel store;
    const LayerRecord record = store.layer(store.c);
    WriteSet set;
    set.name = "write-set-1";
    set.diff = record.diff;
    set.cache_id = record.cache_id;
    set.size = record.size;
    set.parent = record.parent;
    set.tar_split = record.tar_split;
    store.inventory.write_sets.push_back(set);
    store.remove_layer(store.c);
    const StoreReport report = store.check();
    const auto found = std::ranges::find(report.findings, Damage::write_set_leftover, &Finding::damage);
    REQUIRE(found != report.findings.end());
    CHECK(found->effective_repair() == RepairClass::rebuild);
    CHECK(found->evidence.takes.empty());
}

TEST_CASE("a removal that waits is a hazard where somebody uses its directory") {
    OrphanModel store;
    RemovingRecord record;
    record.name = kHex + "-1-removing";
    record.chain = store.c;
    record.cache_id = present(store.directory_of(store.c));

    SECTION("a layer in use") {
        store.inventory.removing.push_back(record);
        const StoreReport report = store.check();
        const auto found = std::ranges::find(report.findings, Damage::layer_removing_live, &Finding::damage);
        REQUIRE(found != report.findings.end());
        const auto at = static_cast<std::size_t>(found - report.findings.begin());
        CHECK(report.victims[at]->images == std::vector<std::string>{store.web.text()});
        CHECK(report.victims[at]->containers == std::vector<std::string>{store.first});
        CHECK(found->evidence.takes.empty());
    }
    SECTION("a directory that may be the one of a layer that lost its cache-id") {
        store.layer(store.c).cache_id = in_sight<std::string>(Sight::empty);
        record.cache_id = present(kHex);
        store.inventory.removing.push_back(record);
        const StoreReport report = store.check();
        const auto found = std::ranges::find(report.findings, Damage::layer_removing_live, &Finding::damage);
        REQUIRE(found != report.findings.end());
        CHECK(found->verdict == Verdict::undetermined);
    }
    SECTION("nobody's directory goes with its record") {
        record.cache_id = present(kHex);
        store.inventory.removing.push_back(record);
        const StoreReport report = store.check();
        const auto found =
            std::ranges::find(report.findings, Damage::layer_removing_leftover, &Finding::damage);
        REQUIRE(found != report.findings.end());
        CHECK(found->evidence.takes.size() == 3);
        CHECK(codes(report) == Codes{"layer-record-orphan", "layer-removing-leftover"});
    }
    SECTION("a record whose `cache-id` is full of NULs removes nothing") {
        record.cache_id = in_sight<std::string>(Sight::malformed, std::string(4, '\0'));
        store.inventory.removing.push_back(record);
        CHECK(std::ranges::count(codes(store.check()), "layer-removing-leftover") == 1);
    }
}

}  // namespace drydock::test
