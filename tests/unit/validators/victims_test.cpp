#include "tests/unit/validators/store_model.hpp"
#include "validators/victims.hpp"

#include <catch2/catch.hpp>

namespace drydock {

using namespace test;

namespace {

using Names = std::vector<std::string>;

Names sorted(Names names) {
    std::sort(names.begin(), names.end());
    return names;
}

const Victims& only_victims(const StoreReport& report) {
    REQUIRE(report.findings.size() == 1);
    REQUIRE(report.victims.size() == 1);
    return *report.victims.front();
}

}  // namespace

TEST_CASE("a damaged base layer hurts every image, tag and container above it") {
    SampleModel store;
    store.layer(store.a).tar_split = {};
    const StoreReport report = store.check();
    const Victims& victims = only_victims(report);
    CHECK(victims.images == sorted({store.web.text(), store.api.text()}));
    CHECK(victims.tags == Names{"demo/api:1", "demo/web:1"});
    CHECK(victims.containers == sorted({store.first, store.second}));
}

TEST_CASE("a damaged top layer hurts its own image only") {
    SampleModel store;
    store.layer(store.d).tar_split = {};
    const StoreReport report = store.check();
    const Victims& victims = only_victims(report);
    CHECK(victims.images == Names{store.api.text()});
    CHECK(victims.tags == Names{"demo/api:1"});
    CHECK(victims.containers == Names{store.second});
}

TEST_CASE("an image tells its chain where the records do not") {
    SampleModel store;
    store.layer(store.c).parent = in_sight<ChainId>(Sight::empty);
    store.layer(store.b).diff = in_sight<DiffId>(Sight::empty);
    const StoreReport report = store.check();
    REQUIRE(report.findings.size() == 2);
    for (const SharedVictims& shared : report.victims) {
        const Victims& victims = *shared;
        CHECK(victims.images == Names{store.web.text()});
        CHECK(victims.containers == Names{store.first});
    }
}

TEST_CASE("several tags of one image are all named, a digest reference is no tag") {
    SampleModel store;
    store.add_tag("demo/web:latest", store.web);
    store.add_tag("demo/web@sha256:" + digest_of("manifest").hex(), store.web);
    store.layer(store.c).tar_split = {};
    const StoreReport report = store.check();
    CHECK(only_victims(report).tags == Names{"demo/web:1", "demo/web:latest"});
}

TEST_CASE("a damaged image hurts itself and its tags, a damaged tag itself") {
    SampleModel store;
    store.image(store.web).config = in_sight<ImageConfig>(Sight::empty);
    const StoreReport report = store.check();
    CHECK(only_victims(report).images == Names{store.web.text()});
    CHECK(only_victims(report).tags == Names{"demo/web:1"});

    SampleModel other;
    other.add_tag("gone:1", ImageId(digest_of("gone")));
    CHECK(only_victims(other.check()).tags == Names{"gone:1"});
    CHECK(only_victims(other.check()).images.empty());
}

TEST_CASE("a container stands on what its mount record says, not on what its image was") {
    SampleModel store;
    // `docker rmi -f`: the image is gone, the container runs.
    store.remove_images();
    store.layer(store.a).tar_split = {};
    const StoreReport report = store.check();
    CHECK(only_victims(report).containers == sorted({store.first, store.second}));
    CHECK(only_victims(report).images.empty());
}

TEST_CASE("a container of another driver is no victim") {
    SampleModel store;
    std::erase_if(store.inventory.mount_records, [&](const MountRecord& one) {
        return one.name == store.first;
    });
    store.container(store.first).config.value.driver = "vfs";
    store.layer(store.c).tar_split = {};
    const StoreReport report = store.check();
    CHECK(only_victims(report).containers.empty());
}

TEST_CASE("what hurts the store hurts all in it") {
    SampleModel store;
    store.inventory.repositories = in_sight<Repositories>(Sight::empty);
    const StoreReport report = store.check();
    CHECK(only_victims(report).images.size() == 2);
    CHECK(only_victims(report).containers.size() == 2);
}

TEST_CASE("an image that no proof brings back is to be pulled again, or lost") {
    SampleModel store;
    const auto damage = [&](const ChainId& chain) { store.layer(chain).tar_split = {}; };
    SECTION("no registry is known") {
        damage(store.c);
        const StoreReport report = store.check();
        CHECK(report.repull.empty());
        REQUIRE(report.lost.size() == 1);
        CHECK(report.lost.front().image == store.web.text());
        CHECK(report.lost.front().refs == Names{"demo/web:1"});
    }
    SECTION("a digest reference names one") {
        store.add_tag("demo/web@sha256:" + digest_of("manifest").hex(), store.web);
        damage(store.c);
        CHECK(store.check().repull.size() == 1);
        CHECK(store.check().lost.empty());
    }
    SECTION("the name of a tag has a host") {
        store.add_tag("localhost:5000/web:1", store.web);
        store.inventory.repositories.value.tags.back().repository = "localhost:5000/web";
        damage(store.c);
        CHECK(store.check().repull.size() == 1);
    }
    SECTION("a distribution record knows where its top layer came from") {
        store.inventory.distribution.push_back({
            .kind = DistributionKind::v2metadata_by_diffid,
            .path = "image/overlay2/distribution/v2metadata-by-diffid/sha256/x",
            .sight = present(true),
            .diff = diff_of("C"),
            .repositories = {"docker.io/demo/web"},
        });
        damage(store.c);
        CHECK(store.check().repull.size() == 1);
    }
    SECTION("what a proof brings back is neither") {
        store.layer(store.c).diff = in_sight<DiffId>(Sight::empty);
        CHECK(store.check().lost.empty());
        CHECK(store.check().repull.empty());
    }
}

}  // namespace drydock
