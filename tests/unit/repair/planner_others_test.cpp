// What a plan does about images, tags, driver directories, containers and leftovers.
#include "tests/unit/repair/planning_model.hpp"

#include <catch2/catch.hpp>

namespace drydock {

using namespace test;

using Paths = std::set<std::string>;

namespace {

std::string mount_path(const std::string& container, const std::string& file = {}) {
    return "image/overlay2/layerdb/mounts/" + container + (file.empty() ? "" : "/" + file);
}

}  // namespace

TEST_CASE("a config that is lost goes with its tags, and its layers stay") {
    SampleModel store;
    store.image(store.web).config = in_sight<ImageConfig>(Sight::malformed, "garbage");
    const Plan plan = plan_for(store);
    CHECK(set_aside(plan) == Paths{config_path(store.web)});
    CHECK(written(plan, kTagsPath).find("demo/web") == std::string::npos);
    CHECK(written(plan, kTagsPath).find("demo/api:1") != std::string::npos);
    REQUIRE(plan.lost.size() == 1);
    CHECK(plan.lost.front().refs == std::vector<std::string>{"demo/web:1"});
    CHECK(plan.hidden.empty());
}

TEST_CASE("tags that dangle and tags that are malformed go in one new file") {
    SampleModel store;
    store.add_tag("gone:1", ImageId(digest_of("gone")));
    store.add_tag("BAD:1", store.web);
    store.inventory.repositories.value.tags.back().well_formed = false;
    const Plan plan = plan_for(store);
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.steps.size() == 2);
    const std::string text = written(plan, kTagsPath);
    CHECK(text.find("gone") == std::string::npos);
    CHECK(text.find("BAD") == std::string::npos);
    CHECK(text.find("demo/web:1") != std::string::npos);
}

TEST_CASE("a torn repositories.json is made anew of what is whole, without what goes") {
    SampleModel store;
    store.inventory.repositories = in_sight<Repositories>(Sight::malformed, "garbage");
    store.layer(store.d).has_files = false;
    PlanRequest request;
    request.clues.repositories_text = R"({"Repositories":{"demo/web":{"demo/web:1":")" + store.web.text() +
                                      R"("},"demo/api":{"demo/api:1":")" + store.api.text() + R"("},"x)";
    const Plan plan = plan_for(store, request);
    CHECK(
        written(plan, kTagsPath) ==
        R"({"Repositories":{"demo/web":{"demo/web:1":")" + store.web.text() + R"("}}})"
    );
    CHECK(plan.refused.empty());
}

TEST_CASE("links are written from each other, and a new one is not yet made") {
    SampleModel store;
    store.directory("dir-C").link = in_sight<std::string>(Sight::empty);
    store.remove_short_link("dir-D");
    store.directory("dir-D").lower = in_sight<std::string>(Sight::empty);
    const Plan plan = plan_for(store);
    CHECK(written(plan, "overlay2/dir-C/link") == link_name("dir-C"));
    const Change* link = find_change(plan, "overlay2/l/" + link_name("dir-D"));
    REQUIRE(link != nullptr);
    CHECK(link->put->kind == NewObject::Kind::link);
    CHECK(link->put->text == "../dir-D/diff");
    CHECK(written(plan, "overlay2/dir-D/lower") == "l/" + link_name("dir-A"));
    CHECK(plan.refused.empty());

    store.remove_short_link("dir-C");
    const Plan without = plan_for(store);
    CHECK(refusal(without, "link-empty").find("not yet done") != std::string::npos);
}

TEST_CASE("a folder of short links that is gone is made with all of them") {
    SampleModel store;
    const std::size_t count = store.inventory.short_links.size();
    store.inventory.short_links.clear();
    store.inventory.has_short_link_folder = false;
    const Plan plan = plan_for(store);
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes.front().path == "overlay2/l");
    CHECK(plan.changes.front().put->entries.size() == count);
    CHECK(plan.steps.size() == 6);  // four layers, two containers
}

TEST_CASE("a directory gets its work folder, and a base layer loses a `lower` that it must not have") {
    SampleModel store;
    store.directory("rw-first").has_work = false;
    store.directory("dir-A").lower = present("l/" + link_name("dir-D"));
    const Plan plan = plan_for(store);
    const Change* work = find_change(plan, "overlay2/rw-first/work");
    REQUIRE(work != nullptr);
    CHECK(work->put->kind == NewObject::Kind::folder);
    CHECK(work->put->mode == 0700);
    CHECK(written(plan, "overlay2/dir-A/lower") == "(set aside)");
}

TEST_CASE("a mount record that lost all its files gets them back") {
    SampleModel store;
    MountRecord& mount = store.mount(store.first);
    mount.mount_id = in_sight<std::string>(Sight::empty);
    mount.init_id = in_sight<std::string>(Sight::empty);
    mount.parent = in_sight<ChainId>(Sight::empty);
    const Plan plan = plan_for(store);
    CHECK(written(plan, mount_path(store.first, "mount-id")) == "rw-first");
    CHECK(written(plan, mount_path(store.first, "init-id")) == "rw-first-init");
    CHECK(written(plan, mount_path(store.first, "parent")) == store.c.text());
    CHECK(plan.refused.empty());
}

TEST_CASE("a mount record that is gone is made whole, or not at all") {
    SampleModel store;
    std::erase_if(store.inventory.mount_records, [&](const auto& one) { return one.name == store.first; });
    const Plan plan = plan_for(store);
    const Change* record = find_change(plan, mount_path(store.first));
    REQUIRE(record != nullptr);
    REQUIRE(record->put->entries.size() == 3);
    CHECK(record->put->mode == 0755);
    CHECK(record->put->entries.at(0).second.text == "rw-first-init");
    CHECK(record->put->entries.at(1).second.text == "rw-first");
    CHECK(record->put->entries.at(2).second.text == store.c.text());

    store.remove_directory("rw-first-init");
    CHECK(plan_for(store).empty());
}

TEST_CASE("an init directory comes back as the container's `lower` tells it") {
    SampleModel store;
    store.remove_directory("rw-first-init");
    const Plan plan = plan_for(store);
    const Change* init = find_change(plan, "overlay2/rw-first-init");
    REQUIRE(init != nullptr);
    std::map<std::string, std::string> texts;
    for (const auto& [name, entry] : init->put->entries) {
        texts[name] = entry.text;
    }
    CHECK(texts.size() == 5);
    CHECK(texts["link"] == link_name("rw-first-init"));
    CHECK("l/" + texts["link"] + ":" + texts["lower"] == store.directory("rw-first").lower.value);
    CHECK(plan.changes.size() == 1);

    store.remove_short_link("rw-first-init");
    CHECK(written(plan_for(store), "overlay2/l/" + link_name("rw-first-init")) == "../rw-first-init/diff");
    store.directory("rw-first").lower = in_sight<std::string>(Sight::empty);
    CHECK(find_change(plan_for(store), "overlay2/rw-first-init") == nullptr);
}

TEST_CASE("a container that dockerd cannot read goes with its mount record, and what it wrote stays") {
    SampleModel store;
    store.container(store.first).config = in_sight<ContainerConfig>(Sight::empty);
    const Plan plan = plan_for(store);
    CHECK(set_aside(plan) == Paths{"containers/" + store.first, mount_path(store.first)});
    CHECK(plan.keeps == std::vector<std::string>{"rw-first", "rw-first-init"});
    const bool told = std::ranges::any_of(plan.steps, [](const PlanStep& step) {
        return step.loss.value_or("").find("overlay2/rw-first/diff") != std::string::npos;
    });
    CHECK(told);
    PlanRequest request{.policy = {.unattended = true}};
    CHECK(plan_for(store, request).empty());
}

TEST_CASE("a container without its hostconfig stays") {
    SampleModel store;
    store.container(store.first).host_config = {};
    CHECK(refusal(plan_for(store), "container-hostconfig-missing").starts_with("left as it is"));
}

TEST_CASE("a mount record without a container is set aside, and its directories are kept") {
    SampleModel store;
    std::erase_if(store.inventory.containers, [&](const auto& one) { return one.id == store.first; });
    const Plan plan = plan_for(store);
    CHECK(set_aside(plan) == Paths{mount_path(store.first)});
    CHECK(plan.keeps == std::vector<std::string>{"rw-first", "rw-first-init"});
}

TEST_CASE("a removal that would take a living layer is disarmed, unattended too") {
    SampleModel store;
    store.inventory.removing.push_back(
        {.name = store.c.hex() + "-x-removing", .chain = store.c, .cache_id = present(std::string("dir-C"))}
    );
    PlanRequest request{.policy = {.unattended = true}};
    CHECK(
        set_aside(plan_for(store, request)) ==
        Paths{"image/overlay2/layerdb/sha256/" + store.c.hex() + "-x-removing"}
    );
}

TEST_CASE("several stores make one plan") {
    SampleModel store;
    store.image(store.web).config = in_sight<ImageConfig>(Sight::empty);
    Plan first = plan_for(store);
    store.inventory.store_path = "1.1";
    Plan second = plan_for(store);
    const Plan joined = join_plans({second, first});
    CHECK(joined.steps.size() == first.steps.size() + second.steps.size());
    CHECK(joined.steps.front().store == ".");
    CHECK(joined.steps.back().store == "1.1");
}

}  // namespace drydock
