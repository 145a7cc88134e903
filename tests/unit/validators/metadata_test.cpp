// One damage, one finding, with the right code, subject, path and class; two independent ones give two.
#include "tests/unit/validators/store_model.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace drydock {

using namespace test;

namespace {

struct Case {
    std::string code;
    std::function<void(SampleModel&)> damage;
    std::function<std::string(const SampleModel&)> subject;
    std::string path;  // its end
    RepairClass repair;
};

using Path = std::string;

std::string id_c(const SampleModel& store) {
    return store.c.text();
}

std::string id_a(const SampleModel& store) {
    return store.a.text();
}

std::string id_web(const SampleModel& store) {
    return store.web.text();
}

std::string id_first(const SampleModel& store) {
    return store.first;
}

std::string id_store(const SampleModel& /*store*/) {
    return ". overlay2";
}

template <class T>
Seen<T> empty() {
    return in_sight<T>(Sight::empty);
}

template <class T>
Seen<T> malformed() {
    return in_sight<T>(Sight::malformed, "garbage");
}

// Damages of layer C, of the image on it or of the first container.
std::vector<Case> record_cases() {
    const auto layer = [](auto change) {
        return [change](SampleModel& store) { change(store.layer(store.c)); };
    };
    using R = RepairClass;
    return {
        {"diff-missing", layer([](auto& c) { c.diff = {}; }), id_c, "/diff", R::rebuild},
        {"diff-empty", layer([](auto& c) { c.diff = empty<DiffId>(); }), id_c, "/diff", R::rebuild},
        {"diff-malformed", layer([](auto& c) { c.diff = malformed<DiffId>(); }), id_c, "/diff", R::rebuild},
        {"diff-wrong", layer([](auto& c) { c.diff = present(diff_of("X")); }), id_c, "/diff", R::rebuild},
        {"parent-missing", layer([](auto& c) { c.parent = {}; }), id_c, "/parent", R::rebuild},
        {"parent-empty", layer([](auto& c) { c.parent = empty<ChainId>(); }), id_c, "/parent", R::rebuild},
        {"parent-malformed",
         layer([](auto& c) { c.parent = malformed<ChainId>(); }),
         id_c,
         "/parent",
         R::rebuild},
        {"parent-wrong",
         [](SampleModel& store) { store.layer(store.c).parent = present(store.a); },
         id_c,
         "/parent",
         R::rebuild},
        {"parent-wrong",  // a base layer has none
         [](SampleModel& store) { store.layer(store.a).parent = present(ChainId(digest_of("any"))); },
         id_a,
         "/parent",
         R::rebuild},
        {"parent-cycle",
         [](SampleModel& store) { store.layer(store.c).parent = present(store.c); },
         id_c,
         "/parent",
         R::rebuild},
        {"size-missing", layer([](auto& c) { c.size = {}; }), id_c, "/size", R::rebuild},
        {"size-empty", layer([](auto& c) { c.size = empty<std::int64_t>(); }), id_c, "/size", R::rebuild},
        {"size-malformed",
         layer([](auto& c) { c.size = malformed<std::int64_t>(); }),
         id_c,
         "/size",
         R::rebuild},
        {"cache-id-missing", layer([](auto& c) { c.cache_id = {}; }), id_c, "/cache-id", R::rebuild},
        {"cache-id-empty",
         layer([](auto& c) { c.cache_id = empty<std::string>(); }),
         id_c,
         "/cache-id",
         R::rebuild},
        {"cache-id-malformed",
         layer([](auto& c) { c.cache_id = malformed<std::string>(); }),
         id_c,
         "/cache-id",
         R::rebuild},
        {"tar-split-missing", layer([](auto& c) { c.tar_split = {}; }), id_c, ".gz", R::needs_donor},
        {"tar-split-empty",
         layer([](auto& c) { c.tar_split = empty<std::int64_t>(); }),
         id_c,
         ".gz",
         R::needs_donor},
        {"tar-split-damaged",
         layer([](auto& c) { c.tar_split = malformed<std::int64_t>(); }),
         id_c,
         ".gz",
         R::needs_donor},
        {"descriptor-malformed",
         layer([](auto& c) { c.descriptor = malformed<bool>(); }),
         id_c,
         "/descriptor.json",
         R::rebuild},
        {"layer-record-missing",
         [](SampleModel& store) { store.remove_layer(store.a); },
         id_a,
         "",
         R::quarantine},
    };
}

std::vector<Case> directory_cases() {
    const auto directory = [](auto change) {
        return [change](SampleModel& store) { change(store.directory("dir-C")); };
    };
    using R = RepairClass;
    return {
        {"driver-directory-missing",
         [](SampleModel& store) { store.remove_directory("dir-C"); },
         id_c,
         "overlay2/dir-C",
         R::needs_donor},
        {"driver-directory-missing",  // with its short link
         [](SampleModel& store) {
             store.remove_directory("dir-C");
             store.remove_short_link("dir-C");
         },
         id_c,
         "overlay2/dir-C",
         R::needs_donor},
        {"driver-diff-missing",
         directory([](auto& c) { c.has_diff = false; }),
         id_c,
         "dir-C/diff",
         R::needs_donor},
        {"link-missing", directory([](auto& c) { c.link = {}; }), id_c, "dir-C/link", R::rebuild},
        {"link-empty",
         directory([](auto& c) { c.link = empty<std::string>(); }),
         id_c,
         "dir-C/link",
         R::rebuild},
        {"link-malformed",
         directory([](auto& c) { c.link = malformed<std::string>(); }),
         id_c,
         "dir-C/link",
         R::rebuild},
        {"link-malformed",  // the name of another
         directory([](auto& c) { c.link = present(link_name("dir-B")); }),
         id_c,
         "dir-C/link",
         R::rebuild},
        {"link-malformed",  // a name that nobody has
         directory([](auto& c) { c.link = present(link_name("nobody")); }),
         id_c,
         "dir-C/link",
         R::rebuild},
        {"short-link-missing",
         [](SampleModel& store) { store.remove_short_link("dir-C"); },
         id_c,
         "l/" + link_name("dir-C"),
         R::rebuild},
        {"short-link-wrong",
         [](SampleModel& store) { store.short_link("dir-C").target = present(Path("../dir-B/diff")); },
         id_c,
         "l/" + link_name("dir-C"),
         R::rebuild},
        {"short-link-wrong",
         [](SampleModel& store) { store.short_link("dir-C").target = malformed<std::string>(); },
         id_c,
         "l/" + link_name("dir-C"),
         R::rebuild},
        {"lower-missing", directory([](auto& c) { c.lower = {}; }), id_c, "dir-C/lower", R::rebuild},
        {"lower-empty",
         directory([](auto& c) { c.lower = empty<std::string>(); }),
         id_c,
         "dir-C/lower",
         R::rebuild},
        {"lower-wrong", directory([](auto& c) { c.lower.value += "\n"; }), id_c, "dir-C/lower", R::rebuild},
        {"lower-wrong",
         directory([](auto& c) { c.lower.value = "l/" + link_name("dir-B"); }),
         id_c,
         "dir-C/lower",
         R::rebuild},
        {"lower-wrong",
         [](SampleModel& store) { store.directory("dir-A").lower = present("l/" + link_name("dir-A")); },
         id_a,
         "dir-A/lower",
         R::rebuild},
        {"work-missing",
         directory([](auto& c) {
             c.has_work = false;
             c.has_committed = false;
         }),
         id_c,
         "dir-C/work",
         R::rebuild},
    };
}

std::vector<Case> image_cases() {
    const auto config = [](auto change) {
        return [change](SampleModel& store) { change(store.image(store.web).config.value); };
    };
    using R = RepairClass;
    return {
        {"image-config-empty",
         [](SampleModel& store) { store.image(store.web).config = empty<ImageConfig>(); },
         id_web,
         "",
         R::needs_donor},
        {"image-config-corrupt",
         [](SampleModel& store) { store.image(store.web).config = malformed<ImageConfig>(); },
         id_web,
         "",
         R::needs_donor},
        {"image-config-missing",  // metadata folder and tag
         [](SampleModel& store) {
             store.image(store.web).config = {};
             store.image(store.web).has_metadata = true;
         },
         id_web,
         "",
         R::needs_donor},
        {"image-config-missing",  // a digest reference, and the tag is not told beside it
         [](SampleModel& store) {
             store.remove_image(store.web);
             store.add_tag("demo/web@sha256:" + store.web.hex(), store.web);
         },
         id_web,
         "",
         R::needs_donor},
        {"image-config-no-rootfs", config([](auto& c) { c.has_rootfs = false; }), id_web, "", R::quarantine},
        {"image-config-no-rootfs",
         config([](auto& c) { c.unusable = "created is no time"; }),
         id_web,
         "",
         R::quarantine},
        {"image-config-bad-diff-ids",
         config([](auto& c) { c.diff_ids[1] = "sha256:short"; }),
         id_web,
         "",
         R::quarantine},
        {"image-config-bad-diff-ids",
         config([](auto& c) { c.diff_ids.emplace_back(); }),
         id_web,
         "",
         R::quarantine},
        {"image-config-crashes-daemon", config([](auto& c) { c.os = "LinuX"; }), id_web, "", R::quarantine},
        {"image-config-dangling",
         [](SampleModel& store) {
             store.image(store.web).config.value.diff_ids.push_back(diff_of("never").text());
             store.container(store.first).config.value.image = store.api.text();
         },
         id_web,
         "",
         R::quarantine},
        {"image-parent-dangling",
         [](SampleModel& store) { store.image(store.web).parent = present(ImageId(digest_of("no image"))); },
         id_web,
         "/parent",
         R::leave},
        {"image-metadata-malformed",
         [](SampleModel& store) { store.image(store.web).last_updated = malformed<std::string>(); },
         id_web,
         "/lastUpdated",
         R::leave},
        {"image-metadata-malformed",
         [](SampleModel& store) { store.image(store.web).parent = empty<ImageId>(); },
         id_web,
         "/parent",
         R::leave},
        {"image-metadata-orphan",
         [](SampleModel& store) {
             store.image(store.web).config = {};
             store.image(store.web).has_metadata = true;
             std::erase_if(store.inventory.repositories.value.tags, [&](const TagRecord& tag) {
                 return tag.image == store.web;
             });
         },
         id_web,
         "",
         R::leave},
        {"image-temporary-leftover",
         [](SampleModel& store) { store.image(store.web).temporaries.push_back(".tmp-parent1"); },
         id_web,
         "/.tmp-parent1",
         R::leave},
        {"tag-dangling",
         [](SampleModel& store) { store.add_tag("old:1", ImageId(digest_of("no trace"))); },
         [](const SampleModel&) { return Path("old:1"); },
         "repositories.json",
         R::quarantine},
        {"tag-malformed",
         [](SampleModel& store) {
             store.inventory.repositories.value.tags.push_back(
                 {.repository = "x", .reference = "y:1", .image_text = "", .image = {}}
             );
         },
         [](const SampleModel&) { return Path("y:1"); },
         "repositories.json",
         R::quarantine},
        {"repositories-missing",
         [](SampleModel& store) { store.inventory.repositories = {}; },
         id_store,
         "repositories.json",
         R::rebuild},
        {"repositories-empty",
         [](SampleModel& store) { store.inventory.repositories = empty<Repositories>(); },
         id_store,
         "repositories.json",
         R::rebuild},
        {"repositories-corrupt",
         [](SampleModel& store) { store.inventory.repositories = malformed<Repositories>(); },
         id_store,
         "repositories.json",
         R::rebuild},
        {"distribution-malformed",
         [](SampleModel& store) {
             store.inventory.distribution.push_back({
                 .kind = DistributionKind::diffid_by_digest,
                 .path = "image/overlay2/distribution/x",
                 .sight = malformed<bool>(),
                 .diff = {},
                 .repositories = {},
             });
         },
         [](const SampleModel&) { return Path("image/overlay2/distribution/x"); },
         "distribution/x",
         R::reclaim},
    };
}

std::vector<Case> container_cases() {
    const auto mount = [](auto change) {
        return [change](SampleModel& store) { change(store.mount(store.first)); };
    };
    using R = RepairClass;
    return {
        {"mount-record-missing",
         [](SampleModel& store) {
             std::erase_if(store.inventory.mount_records, [&](const MountRecord& one) {
                 return one.name == store.first;
             });
         },
         id_first,
         "",
         R::rebuild},
        {"mount-id-missing", mount([](auto& m) { m.mount_id = {}; }), id_first, "/mount-id", R::rebuild},
        {"mount-id-malformed",
         mount([](auto& m) { m.mount_id = empty<std::string>(); }),
         id_first,
         "/mount-id",
         R::rebuild},
        {"init-id-missing", mount([](auto& m) { m.init_id = {}; }), id_first, "/init-id", R::rebuild},
        {"init-id-malformed",
         mount([](auto& m) { m.init_id = empty<std::string>(); }),
         id_first,
         "/init-id",
         R::rebuild},
        {"init-id-malformed",
         mount([](auto& m) { m.init_id = present(Path("other-init")); }),
         id_first,
         "/init-id",
         R::rebuild},
        {"mount-parent-missing", mount([](auto& m) { m.parent = {}; }), id_first, "/parent", R::rebuild},
        {"mount-parent-malformed",
         mount([](auto& m) { m.parent = empty<ChainId>(); }),
         id_first,
         "/parent",
         R::rebuild},
        {"mount-parent-dangling",
         mount([](auto& m) { m.parent = present(ChainId(digest_of("no layer"))); }),
         id_first,
         "/parent",
         R::rebuild},
        {"rw-directory-missing",
         [](SampleModel& store) { store.remove_directory("rw-first"); },
         id_first,
         "overlay2/rw-first",
         R::leave},
        {"init-directory-missing",
         [](SampleModel& store) { store.remove_directory("rw-first-init"); },
         id_first,
         "overlay2/rw-first-init",
         R::rebuild},
        {"committed-wrong",
         [](SampleModel& store) { store.directory("rw-first").has_committed = true; },
         id_first,
         "rw-first/committed",
         R::rebuild},
        {"work-missing",
         [](SampleModel& store) { store.directory("rw-first").has_work = false; },
         id_first,
         "rw-first/work",
         R::rebuild},
        {"lower-wrong",
         [](SampleModel& store) { store.directory("rw-first").lower.value = "l/" + link_name("dir-B"); },
         id_first,
         "rw-first/lower",
         R::rebuild},
        {"lower-missing",
         [](SampleModel& store) { store.directory("rw-first-init").lower = {}; },
         id_first,
         "rw-first-init/lower",
         R::rebuild},
        {"link-empty",
         [](SampleModel& store) { store.directory("rw-first").link = empty<std::string>(); },
         id_first,
         "rw-first/link",
         R::rebuild},
        {"short-link-missing",
         [](SampleModel& store) { store.remove_short_link("rw-first-init"); },
         id_first,
         "l/" + link_name("rw-first-init"),
         R::rebuild},
        {"driver-diff-missing",
         [](SampleModel& store) { store.directory("rw-first").has_diff = false; },
         id_first,
         "rw-first/diff",
         R::needs_donor},
    };
}

void check_case(const Case& one) {
    SampleModel store;
    one.damage(store);
    const StoreReport report = store.check();
    INFO(one.code << " " << one.path);
    CHECK(codes(report) == Codes{one.code});
    if (report.findings.size() != 1) return;
    const Finding& finding = report.findings.front();
    CHECK(finding.subject.id == one.subject(store));
    CHECK(finding.path.ends_with(one.path));
    CHECK(to_text(finding.effective_repair()) == to_text(one.repair));
    CHECK(finding.verdict == Verdict::damaged);
    if (one.repair == RepairClass::rebuild && describe(finding.damage).subject == SubjectKind::layer) {
        CHECK(finding.witness.value_or("") != "-");
    }
}

}  // namespace

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

TEST_CASE("one damaged layer record is one finding") {
    for (const Case& one : record_cases()) {
        check_case(one);
    }
}

TEST_CASE("one damaged driver directory is one finding") {
    for (const Case& one : directory_cases()) {
        check_case(one);
    }
}

TEST_CASE("one damaged image, tag or cache record is one finding") {
    for (const Case& one : image_cases()) {
        check_case(one);
    }
}

TEST_CASE("one damage of a container's records is one finding") {
    for (const Case& one : container_cases()) {
        check_case(one);
    }
}

TEST_CASE("two independent damages are two findings") {
    // Of layer D's record on one side, of the first container on the other.
    const std::vector<std::pair<std::string, std::function<void(SampleModel&)>>> of_d{
        {"diff-empty", [](SampleModel& store) { store.layer(store.d).diff = empty<DiffId>(); }},
        {"size-missing", [](SampleModel& store) { store.layer(store.d).size = {}; }},
        {"parent-missing", [](SampleModel& store) { store.layer(store.d).parent = {}; }},
        {"link-empty", [](SampleModel& store) { store.directory("dir-D").link = empty<std::string>(); }},
        {"lower-wrong", [](SampleModel& store) { store.directory("dir-D").lower.value = "l/"; }},
        {"short-link-missing", [](SampleModel& store) { store.remove_short_link("dir-D"); }},
        {"driver-directory-missing", [](SampleModel& store) { store.remove_directory("dir-D"); }},
        {"image-config-empty",
         [](SampleModel& store) { store.image(store.api).config = empty<ImageConfig>(); }},
    };
    for (const auto& [code, damage] : of_d) {
        for (const Case& other : container_cases()) {
            SampleModel store;
            damage(store);
            other.damage(store);
            Codes expected{code, other.code};
            std::sort(expected.begin(), expected.end());
            INFO(code << " with " << other.code << " " << other.path);
            CHECK(codes(store.check()) == expected);
        }
        for (const Case& other : directory_cases()) {
            if (other.path.find("dir-A") != std::string::npos) continue;
            SampleModel store;
            damage(store);
            other.damage(store);
            Codes expected{code, other.code};
            std::sort(expected.begin(), expected.end());
            INFO(code << " with " << other.code << " " << other.path);
            CHECK(codes(store.check()) == expected);
        }
    }
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
    CHECK(report.victims.front().images.size() == 2);
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
    CHECK(report.victims.front().images == std::vector<std::string>{store.web.text()});
    CHECK(report.victims.front().containers == std::vector<std::string>{store.first});
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
        CHECK(report.victims.front().images.size() == 2);
        CHECK(report.victims.front().containers.size() == 2);
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
        CHECK(report.victims.front().containers.size() == 2);
    }
    SECTION("two containers") {
        SampleModel store;
        store.mount(store.second).mount_id = present(Path("rw-first"));
        store.mount(store.second).init_id = present(Path("rw-first-init"));
        const StoreReport report = store.check();
        REQUIRE(codes(report) == Codes{"cache-id-shared"});
        CHECK(report.findings.front().subject.id == std::min(store.first, store.second));
        CHECK(report.victims.front().containers.size() == 2);
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
        CHECK(once.victims[i] == twice.victims[i]);
    }
    CHECK(std::is_sorted(once.findings.begin(), once.findings.end(), report_order));
}

}  // namespace drydock
