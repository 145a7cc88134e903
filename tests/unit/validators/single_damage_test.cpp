// One damage, one finding, with the right code, subject, path and class.
#include "tests/unit/validators/single_damage.hpp"

namespace drydock {

using namespace test;

namespace {

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
         [](SampleModel& store) { store.image(store.web).temporaries.emplace_back(".tmp-parent1"); },
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

}  // namespace

TEST_CASE("one damage is one finding") {
    for (const auto& cases : {record_cases(), directory_cases(), image_cases(), container_cases()}) {
        for (const Case& one : cases) {
            check_case(one);
        }
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

}  // namespace drydock
