// The metadata validators together: independent damages stay apart, what stands on a damage is a victim
// and no finding of its own.
#include "tests/unit/validators/single_damage.hpp"

namespace drydock {

using namespace test;

TEST_CASE("a sound store has no finding") {
    const SampleModel store;
    const StoreReport report = store.check();
    CHECK(codes(report).empty());
    CHECK(report.verdict == Verdict::sound);
    CHECK(report.images == 2);
    CHECK(report.tags == 2);
    CHECK(report.layers == 4);
    CHECK(report.containers == 2);
    CHECK(report.driver_directories == 8);
}

TEST_CASE("two lost files of one record are two findings") {
    SampleModel store;
    store.layer(store.c).diff = empty<DiffId>();
    store.layer(store.c).parent = empty<ChainId>();
    CHECK(codes(store.check()) == Codes{"diff-empty", "parent-empty"});
    // Without the image the pair is found among all known ids, or not at all.
    store.remove_images();
    const StoreReport report = store.check();
    CHECK(codes(report) == Codes{"diff-empty", "parent-empty"});
    for (const Finding& finding : report.findings) {
        CHECK(finding.effective_repair() == RepairClass::quarantine);
        CHECK_FALSE(finding.witness.has_value());
    }
}

TEST_CASE("without an image config a lost half is proven by the ids of other records") {
    SampleModel store;
    store.remove_images();
    store.layer(store.c).parent = {};
    const StoreReport report = store.check();
    REQUIRE(codes(report) == Codes{"parent-missing"});
    CHECK(report.findings.front().evidence.expected == store.b.text());
    CHECK(report.findings.front().witness.has_value());
}

TEST_CASE("a record whose name follows from nothing that is known is a mismatch") {
    SampleModel store;
    store.remove_images();
    store.layer(store.c).diff = present(diff_of("flipped bit"));
    const StoreReport report = store.check();
    CHECK(codes(report) == Codes{"chain-id-mismatch"});
    CHECK(report.findings.front().effective_repair() == RepairClass::quarantine);
}

TEST_CASE("`lower` tells that a parent is missing where no id proves which") {
    SampleModel store;
    store.remove_images();
    // B is gone as a record and only C named it.
    store.remove_layer(store.b);
    store.layer(store.c).parent = {};
    store.mount(store.first).parent = present(store.c);
    const StoreReport report = store.check();
    REQUIRE(codes(report) == Codes{"parent-missing"});
    CHECK(report.findings.front().effective_repair() == RepairClass::quarantine);
}

TEST_CASE("an empty record folder is one finding, and its image is no second one") {
    SampleModel store;
    LayerRecord bare;
    bare.chain = store.c;
    store.layer(store.c) = bare;
    CHECK(codes(store.check()) == Codes{"layer-record-empty"});
}

TEST_CASE("a circle of parents is one finding, wherever the records lie") {
    SampleModel store;
    store.layer(store.a).parent = present(store.c);
    const StoreReport report = store.check();
    REQUIRE(codes(report) == Codes{"parent-cycle"});
    const Finding& finding = report.findings.front();
    CHECK(finding.evidence.peers.size() == 2);
    CHECK(finding.path.find(store.a.hex()) != std::string::npos);
    CHECK(finding.effective_repair() == RepairClass::rebuild);
    CHECK(finding.effective_severity() == Severity::fatal);
    CHECK(report.victims.front()->images.size() == 2);
}

TEST_CASE("two circles are two findings, and a record that leads into one is its own") {
    SampleModel store;
    store.layer(store.a).parent = present(store.a);
    store.layer(store.c).parent = present(store.c);
    CHECK(codes(store.check()) == Codes{"parent-cycle", "parent-cycle"});
    store.layer(store.d).parent = present(store.c);
    CHECK(codes(store.check()) == Codes{"parent-cycle", "parent-cycle", "parent-wrong"});
}

TEST_CASE("a circle that nothing proves is quarantined") {
    SampleModel store;
    store.remove_images();
    store.layer(store.c).parent = present(store.d);
    store.layer(store.d).parent = present(store.c);
    store.layer(store.c).diff = present(diff_of("unknown 1"));
    store.layer(store.d).diff = present(diff_of("unknown 2"));
    const StoreReport report = store.check();
    const auto found = codes(report);
    CHECK(std::count(found.begin(), found.end(), "parent-cycle") == 1);
    for (const Finding& finding : report.findings) {
        if (finding.damage == Damage::parent_cycle) {
            CHECK(finding.effective_repair() == RepairClass::quarantine);
        }
    }
}

TEST_CASE("an absent record in the middle is told once, at itself") {
    SampleModel store;
    store.remove_layer(store.b);
    const StoreReport report = store.check();
    REQUIRE(codes(report) == Codes{"layer-record-missing"});
    CHECK(report.findings.front().subject.id == store.b.text());
    CHECK(report.findings.front().evidence.peers == std::vector<std::string>{store.c.text()});
    CHECK(report.victims.front()->images == std::vector<std::string>{store.web.text()});
    CHECK(report.victims.front()->containers == std::vector<std::string>{store.first});
}

TEST_CASE("two absent records in a row are one finding where only configs know the lower one") {
    SampleModel store;
    store.remove_layer(store.b);
    store.remove_layer(store.a);
    // D stands on A too, so A has a witness of its own.
    CHECK(codes(store.check()) == Codes{"layer-record-missing", "layer-record-missing"});
    store.remove_layer(store.d);
    const auto found = codes(store.check());
    CHECK(std::count(found.begin(), found.end(), "layer-record-missing") == 2);  // B by C, D by its container
}

TEST_CASE("an absent chain that only a mount record names is told at the container") {
    SampleModel store;
    store.remove_images();
    store.remove_layer(store.c);
    const StoreReport report = store.check();
    REQUIRE(codes(report) == Codes{"mount-parent-dangling"});
    CHECK(report.findings.front().effective_repair() == RepairClass::quarantine);
}

TEST_CASE("a parent image of which something is left is told at that, not at its child") {
    for (int way = 0; way < 4; ++way) {
        SampleModel store;
        store.image(store.api).parent = present(store.web);
        if (way == 0) store.image(store.web).config = empty<ImageConfig>();
        if (way == 1) store.image(store.web).config = {};
        if (way == 2 || way == 3) store.remove_image(store.web);
        if (way == 3) store.add_tag("demo/web@sha256:" + store.web.hex(), store.web);
        INFO(way);
        CHECK(store.check().findings.size() == 1);
    }
}

TEST_CASE("a container of an image without layers has no parent") {
    SampleModel store;
    const ImageId scratch = store.add_image("scratch", {}, "scratch:1");
    store.container(store.first).config.value.image = scratch.text();
    store.mount(store.first).parent = {};
    store.directory("rw-first-init").lower = {};
    store.directory("rw-first").lower.value = "l/" + link_name("rw-first-init");
    CHECK(codes(store.check()).empty());
}

TEST_CASE("a container without an init layer, a dead one and a foreign one are legal") {
    SampleModel store;
    store.mount(store.first).init_id = {};
    store.remove_directory("rw-first-init");
    store.remove_short_link("rw-first-init");
    store.directory("rw-first").lower.value =
        "l/" + link_name("dir-C") + ":" + store.directory("dir-C").lower.value;
    CHECK(codes(store.check()).empty());

    SampleModel gone;
    std::erase_if(gone.inventory.mount_records, [&](const MountRecord& one) {
        return one.name == gone.first;
    });
    gone.container(gone.first).config.value.dead = true;
    CHECK(codes(gone.check()).empty());
    gone.container(gone.first).config.value.dead = false;
    gone.container(gone.first).config.value.driver = "vfs";
    CHECK(codes(gone.check()).empty());
}

TEST_CASE("a mount id that no other file tells is a loss of its own") {
    SampleModel store;
    store.mount(store.first).mount_id = empty<std::string>();
    store.mount(store.first).init_id = empty<std::string>();
    const StoreReport report = store.check();
    CHECK(codes(report) == Codes{"init-id-malformed", "mount-id-malformed"});
    for (const Finding& finding : report.findings) {
        if (finding.damage == Damage::mount_id_malformed) {
            CHECK(finding.evidence.expected == "rw-first");  // the only one that stands on C
        }
    }
}

TEST_CASE("a directory with several owners is one finding") {
    SECTION("two layers") {
        SampleModel store;
        store.layer(store.d).cache_id = present(Path("dir-C"));
        const StoreReport report = store.check();
        REQUIRE(codes(report) == Codes{"cache-id-shared"});
        CHECK(report.findings.front().subject.id == std::min(store.c, store.d).text());
        CHECK(
            report.findings.front().evidence.peers ==
            std::vector<std::string>{std::max(store.c, store.d).text()}
        );
        CHECK(report.victims.front()->images.size() == 2);
        CHECK(report.victims.front()->containers.size() == 2);
    }
    SECTION("three layers") {
        SampleModel store;
        store.layer(store.d).cache_id = present(Path("dir-C"));
        store.layer(store.b).cache_id = present(Path("dir-C"));
        REQUIRE(codes(store.check()) == Codes{"cache-id-shared"});
        CHECK(store.check().findings.front().evidence.peers.size() == 2);
    }
    SECTION("a layer and a container") {
        SampleModel store;
        store.layer(store.d).cache_id = present(Path("rw-first"));
        const StoreReport report = store.check();
        REQUIRE(codes(report) == Codes{"cache-id-shared"});
        CHECK(report.findings.front().evidence.peers == std::vector<std::string>{store.first});
        CHECK(report.victims.front()->containers.size() == 2);
    }
    SECTION("two containers") {
        SampleModel store;
        store.mount(store.second).mount_id = present(Path("rw-first"));
        store.mount(store.second).init_id = present(Path("rw-first-init"));
        const StoreReport report = store.check();
        REQUIRE(codes(report) == Codes{"cache-id-shared"});
        CHECK(report.findings.front().subject.id == std::min(store.first, store.second));
        CHECK(report.victims.front()->containers.size() == 2);
    }
}

TEST_CASE("a copied `link` is told at the copy, and the rightful owner is left alone") {
    SampleModel store;
    store.directory("dir-D").link = present(link_name("dir-C"));
    store.remove_short_link("dir-D");  // so that l/ knows no other name for it
    const StoreReport report = store.check();
    REQUIRE(codes(report) == Codes{"link-malformed"});
    CHECK(report.findings.front().subject.id == store.d.text());
}

TEST_CASE("what could not be read is undetermined and nothing else") {
    SampleModel store;
    LayerRecord& c = store.layer(store.c);
    c.diff = in_sight<DiffId>(Sight::unreadable);
    c.parent = in_sight<ChainId>(Sight::unreadable);
    c.cache_id = in_sight<std::string>(Sight::unreadable);
    c.size = in_sight<std::int64_t>(Sight::unreadable);
    c.tar_split = in_sight<std::int64_t>(Sight::unreadable);
    DriverDirectory& d = store.directory("dir-D");
    d.error = 13;
    d.has_diff = d.has_work = false;
    d.link = d.lower = in_sight<std::string>(Sight::unreadable);
    store.short_link("dir-B").target = in_sight<std::string>(Sight::unreadable);
    MountRecord& mount = store.mount(store.second);
    mount.mount_id = mount.init_id = in_sight<std::string>(Sight::unreadable);
    mount.parent = in_sight<ChainId>(Sight::unreadable);
    store.image(store.web).config = in_sight<ImageConfig>(Sight::unreadable);
    store.container(store.first).config = in_sight<ContainerConfig>(Sight::unreadable);
    const StoreReport report = store.check();
    CHECK_FALSE(report.findings.empty());
    for (const Finding& finding : report.findings) {
        INFO(code_of(finding) << " " << finding.path);
        CHECK(finding.damage == Damage::unreadable);
        CHECK(finding.verdict == Verdict::undetermined);
    }
    CHECK(report.verdict == Verdict::undetermined);
}

TEST_CASE("a folder that could not be listed leaves its owners unjudged") {
    using Change = std::function<void(SampleModel&)>;
    const std::vector<std::pair<std::string, Change>> folders{
        {"image/overlay2/layerdb/sha256",
         [](SampleModel& store) {
             store.inventory.layers.clear();
             store.inventory.layerdb = FolderState::unreadable;
         }},
        {"image/overlay2/layerdb/mounts",
         [](SampleModel& store) {
             store.inventory.mount_records.clear();
             store.inventory.mounts = FolderState::unreadable;
         }},
        {"image/overlay2/imagedb/content/sha256", [](SampleModel& store) { store.inventory.images.clear(); }},
        {"image/overlay2/imagedb", [](SampleModel& store) { store.inventory.images.clear(); }},
        {"overlay2",
         [](SampleModel& store) {
             store.inventory.directories.clear();
             store.inventory.short_links.clear();
             store.inventory.driver_folder = FolderState::unreadable;
         }},
        {"overlay2/l", [](SampleModel& store) { store.inventory.short_links.clear(); }},
        {"containers",
         [](SampleModel& store) {
             store.inventory.containers.clear();
             store.inventory.containers_folder = FolderState::unreadable;
         }},
    };
    for (const auto& [path, change] : folders) {
        SampleModel store;
        change(store);
        store.inventory.unreadable.push_back({.path = path, .error = 13, .detail = {}});
        INFO(path);
        CHECK(codes(store.check()) == Codes{"unreadable"});
        CHECK(store.check().verdict == Verdict::undetermined);
    }
}

TEST_CASE("a file where layerdb should be is one finding") {
    for (const bool all : {true, false}) {
        SampleModel store;
        store.inventory.mounts = FolderState::not_a_folder;
        store.inventory.mount_records.clear();
        store.inventory.not_a_folder = "image/overlay2/layerdb/mounts";
        if (all) {
            store.inventory.layerdb = FolderState::not_a_folder;
            store.inventory.layers.clear();
            store.inventory.not_a_folder = "image/overlay2/layerdb";
        }
        CHECK(codes(store.check()) == Codes{"layerdb-not-a-folder"});
    }
}

TEST_CASE("an owner that is absent proves nothing: one undetermined finding") {
    SECTION("containers") {
        SampleModel store;
        store.inventory.containers.clear();
        store.inventory.containers_folder = FolderState::empty;
        const StoreReport report = store.check();
        REQUIRE(codes(report) == Codes{"owner-missing"});
        CHECK(report.findings.front().verdict == Verdict::undetermined);
        CHECK(report.findings.front().path == "containers");
        CHECK(report.verdict == Verdict::undetermined);
    }
    SECTION("layerdb") {
        SampleModel store;
        store.inventory.layers.clear();
        store.inventory.mount_records.clear();
        store.inventory.containers.clear();
        store.inventory.layerdb = FolderState::absent;
        store.inventory.mounts = FolderState::absent;
        CHECK(codes(store.check()) == Codes{"owner-missing"});
    }
    SECTION("the driver's folder") {
        SampleModel store;
        store.inventory.directories.clear();
        store.inventory.short_links.clear();
        store.inventory.driver_folder = FolderState::empty;
        const StoreReport report = store.check();
        REQUIRE(codes(report) == Codes{"driver-folder-missing"});
        CHECK(report.findings.front().verdict == Verdict::undetermined);
        CHECK(report.findings.front().effective_severity() == Severity::fatal);
    }
}

TEST_CASE("a root without containers, and one without anything, is sound") {
    SampleModel store;
    store.inventory.containers.clear();
    store.inventory.mount_records.clear();
    store.inventory.containers_folder = FolderState::absent;
    store.inventory.mounts = FolderState::empty;
    std::erase_if(store.inventory.directories, [](const auto& one) { return one.name.starts_with("rw-"); });
    for (const char* name : {"rw-first", "rw-first-init", "rw-second", "rw-second-init"}) {
        store.remove_short_link(name);
    }
    CHECK(codes(store.check()).empty());

    StoreModel nothing;
    nothing.inventory.layerdb = nothing.inventory.mounts = FolderState::empty;
    nothing.inventory.driver_folder = nothing.inventory.containers_folder = FolderState::absent;
    nothing.inventory.repositories = {};
    CHECK(codes(nothing.check()).empty());
}

TEST_CASE("white space is judged where it is read: a present value is no damage here") {
    // The scanner trims `diff`, `parent`, `cache-id`; `lower` comes as bytes.
    SampleModel store;
    store.directory("dir-B").lower.value += ":";
    CHECK(codes(store.check()) == Codes{"lower-wrong"});
}

TEST_CASE("two runs give the same findings in the same order") {
    SampleModel store;
    store.layer(store.c).diff = empty<DiffId>();
    store.directory("dir-D").link = empty<std::string>();
    store.mount(store.first).parent = {};
    const StoreReport once = store.check();
    const StoreReport twice = store.check();
    REQUIRE(once.findings.size() == twice.findings.size());
    for (std::size_t i = 0; i < once.findings.size(); ++i) {
        CHECK(once.findings[i].path == twice.findings[i].path);
        CHECK(once.findings[i].witness == twice.findings[i].witness);
        CHECK(*once.victims[i] == *twice.victims[i]);
    }
    CHECK(std::is_sorted(once.findings.begin(), once.findings.end(), report_order));
}

}  // namespace drydock
