// Where one damage ends and another begins, what crashes a daemon, and whose a container is.
#include "tests/unit/validators/single_damage.hpp"

namespace drydock {

using namespace test;

namespace {

// The first finding after `change` to the config of the first container.
template <class Change>
std::optional<Severity> severity_after(Change&& change) {
    SampleModel store;
    change(store.container(store.first));
    const StoreReport report = store.check();
    if (report.findings.empty()) return std::nullopt;
    CHECK(codes(report) == Codes{"container-config-corrupt"});
    return report.findings.front().effective_severity();
}

// A container that stands on nothing here; its folder alone.
ContainerRecord& add_folder(SampleModel& store, const std::string& driver) {
    ContainerConfig config;
    config.driver = driver;
    ContainerRecord container;
    container.id = std::string(64, 'f');
    container.config = present(std::move(config));
    container.host_config = present(HostConfig{});
    store.inventory.containers.push_back(std::move(container));
    std::ranges::sort(store.inventory.containers, {}, &ContainerRecord::id);
    return store.container(std::string(64, 'f'));
}

// containers/<id>, of the first container.
std::vector<Case> container_file_cases() {
    const auto record = [](auto change) {
        return [change](SampleModel& store) { change(store.container(store.first)); };
    };
    const auto config = [record](auto change) {
        return record([change](auto& container) { change(container.config.value); });
    };
    using R = RepairClass;
    const Path file = "/config.v2.json";
    const Path host = "/hostconfig.json";
    const Path corrupt = "container-config-corrupt";
    return {
        {"container-config-missing", record([](auto& c) { c.config = {}; }), id_first, file, R::quarantine},
        {"container-config-missing",  // the whole folder is empty
         record([](auto& c) { c.config = {}, c.host_config = {}; }),
         id_first,
         file,
         R::quarantine},
        {"container-config-empty",
         record([](auto& c) { c.config = empty<ContainerConfig>(); }),
         id_first,
         file,
         R::quarantine},
        {corrupt,
         record([](auto& c) { c.config = malformed<ContainerConfig>(); }),
         id_first,
         file,
         R::quarantine},
        {corrupt, config([](auto& c) { c.undecodable = "why"; }), id_first, file, R::quarantine},
        {corrupt, config([](auto& c) { c.null = true, c.driver.clear(); }), id_first, file, R::quarantine},
        {corrupt, config([](auto& c) { c.driver.clear(); }), id_first, file, R::quarantine},
        {corrupt, config([](auto& c) { c.id = "other"; }), id_first, file, R::quarantine},
        {corrupt, config([](auto& c) { c.id = ""; }), id_first, file, R::quarantine},
        {"container-hostconfig-missing",
         record([](auto& c) { c.host_config = {}; }),
         id_first,
         host,
         R::quarantine},
        {"container-hostconfig-corrupt",
         record([](auto& c) { c.host_config = empty<HostConfig>(); }),
         id_first,
         host,
         R::quarantine},
        {"container-hostconfig-corrupt",
         record([](auto& c) { c.host_config = malformed<HostConfig>(); }),
         id_first,
         host,
         R::quarantine},
        {"container-hostconfig-corrupt",
         record([](auto& c) { c.host_config.value.null = true; }),
         id_first,
         host,
         R::quarantine},
        {"container-image-missing",
         config([](auto& c) { c.image = ImageId(digest_of("gone")).text(); }),
         id_first,
         file,
         R::leave},
    };
}

}  // namespace

TEST_CASE("one damage of a container's files is one finding") {
    for (const Case& one : container_file_cases()) {
        check_case(one);
    }
}

TEST_CASE("what dockerd follows without looking is fatal") {
    CHECK(severity_after([](auto& c) { c.config.value.null_state = true; }) == Severity::fatal);
    CHECK(severity_after([](auto& c) { c.config.value.no_config = true; }) == Severity::fatal);
    CHECK(severity_after([](auto& c) { c.config.value.null_streams = true; }) == Severity::fatal);
    CHECK(severity_after([](auto& c) { c.config.value.null_mount_point = true; }) == Severity::fatal);
    CHECK(severity_after([](auto& c) {
              c.config.value.driver.clear();
              c.config.value.os = "Linux";
          }) == Severity::fatal);
}

TEST_CASE("network settings that are null matter only where dockerd restarts the container") {
    const auto with = [](const std::string& policy, auto change) {
        return severity_after([&](ContainerRecord& c) {
            c.config.value.no_network_settings = true;
            c.host_config.value.restart_policy = policy;
            change(c);
        });
    };
    const auto nothing = [](auto&) {};
    CHECK(with("", nothing) == std::nullopt);
    CHECK(with("no", nothing) == std::nullopt);
    CHECK(with("always", nothing) == Severity::fatal);
    CHECK(with("unless-stopped", nothing) == Severity::fatal);
    CHECK(with("unless-stopped", [](auto& c) { c.config.value.stopped_by_hand = true; }) == std::nullopt);
    CHECK(with("on-failure", nothing) == std::nullopt);
    CHECK(with("on-failure", [](auto& c) { c.config.value.exit_code = 1; }) == Severity::fatal);
    CHECK(with("on-failure", [](auto& c) {
              c.config.value.exit_code = 1;
              c.config.value.restarts = c.host_config.value.maximum_restarts = 3;
          }) == std::nullopt);
}

TEST_CASE("dockerd crashes at a container only if it gets that far") {
    SampleModel store;
    store.container(store.first).config.value.no_config = true;
    store.container(store.first).host_config = empty<HostConfig>();
    CHECK(codes(store.check()) == Codes{"container-hostconfig-corrupt"});
    SampleModel unmounted;
    unmounted.container(unmounted.first).config.value.no_config = true;
    std::erase_if(unmounted.inventory.mount_records, [&](const auto& m) {
        return m.name == unmounted.first;
    });
    const StoreReport report = unmounted.check();
    REQUIRE(codes(report) == Codes{"container-config-corrupt", "mount-record-missing"});
    CHECK(report.findings.front().effective_severity() == Severity::error);
}

TEST_CASE("a host config that is null is fatal where dockerd reads it, for a foreign container too") {
    SampleModel store;
    store.container(store.first).host_config.value.null = true;
    CHECK(store.check().findings.front().effective_severity() == Severity::fatal);
    store.container(store.first).config = empty<ContainerConfig>();
    for (const Finding& finding : store.check().findings) {
        CHECK(finding.effective_severity() == Severity::error);
    }
    SampleModel foreign;
    foreign.inventory.other_drivers = {"vfs"};
    add_folder(foreign, "vfs").host_config.value.null = true;
    const StoreReport report = foreign.check();
    REQUIRE(codes(report) == Codes{"container-hostconfig-corrupt"});
    CHECK(report.findings.front().effective_severity() == Severity::fatal);
}

TEST_CASE("a container of another driver is told only where that driver has no store") {
    SampleModel store;
    add_folder(store, "vfs");
    CHECK(store.check().findings.empty());  // not known
    store.inventory.other_drivers.emplace();
    CHECK(codes(store.check()) == Codes{"container-foreign-driver"});
    store.inventory.other_drivers = {"btrfs", "vfs"};
    CHECK(store.check().findings.empty());
}

TEST_CASE("a lost config is told by the store that has the mount record, or by one that no other excludes") {
    SampleModel store;
    ContainerRecord& container = add_folder(store, "");
    container.config = {};
    CHECK(codes(store.check()) == Codes{"container-config-missing"});
    CHECK(store.check().containers == 3);
    container.mounted_elsewhere = true;
    CHECK(store.check().findings.empty());
    CHECK(store.check().containers == 2);
}

TEST_CASE("a container without its config still owns its directories and stands on its layers") {
    SampleModel store;
    store.container(store.first).config = empty<ContainerConfig>();
    store.directory("rw-first").has_work = false;
    store.directory("rw-first-init").lower = empty<std::string>();
    store.layer(store.c).diff = empty<DiffId>();
    const StoreReport report = store.check();
    CHECK(codes(report) == Codes{"container-config-empty", "diff-empty", "lower-empty", "work-missing"});
    for (const SharedVictims& victims : report.victims) {
        CHECK(victims->containers == std::vector<std::string>{store.first});
    }
}

TEST_CASE("findings of a container that dockerd does not list say where its data lies") {
    using Change = std::function<void(SampleModel&)>;
    const std::vector<Change> changes{
        [](SampleModel& store) { store.container(store.first).config = {}; },
        [](SampleModel& store) { store.container(store.first).host_config = empty<HostConfig>(); },
        [](SampleModel& store) { store.mount(store.first).mount_id = empty<std::string>(); },
        [](SampleModel& store) { store.mount(store.first).parent = empty<ChainId>(); },
        [](SampleModel& store) {
            std::erase_if(store.inventory.mount_records, [&](const auto& m) {
                return m.name == store.first;
            });
        },
    };
    for (const Change& change : changes) {
        SampleModel store;
        change(store);
        const StoreReport report = store.check();
        REQUIRE(report.findings.size() == 1);
        CHECK_THAT(
            report.findings.front().evidence.detail.value_or(""),
            Catch::Matchers::Contains("what the container wrote lies in overlay2/rw-first/diff")
        );
    }
}

TEST_CASE("a container that is being removed may have lost its image, its layer and its hostconfig") {
    SampleModel store;
    ContainerRecord& container = store.container(store.first);
    container.config.value.dead = true;
    container.config.value.image = ImageId(digest_of("gone")).text();
    container.host_config = {};
    store.remove_directory("rw-first");
    store.remove_directory("rw-first-init");
    for (const std::string directory : {"rw-first", "rw-first-init"}) {
        store.remove_short_link(directory);
    }
    CHECK(store.check().findings.empty());
    std::erase_if(store.inventory.mount_records, [&](const auto& m) { return m.name == store.first; });
    CHECK(store.check().findings.empty());
}

TEST_CASE("an image whose absence is told elsewhere is not told at the container") {
    SampleModel store;
    const ImageId gone(digest_of("gone"));
    store.container(store.first).config.value.image = gone.text();
    store.add_tag("demo/gone:1", gone);
    CHECK(codes(store.check()) == Codes{"tag-dangling"});
}

TEST_CASE("a container's files that could not be read are undetermined, the folder told once") {
    SampleModel store;
    ContainerRecord& container = store.container(store.first);
    container.host_config = in_sight<HostConfig>(Sight::unreadable);
    const StoreReport one = store.check();
    REQUIRE(codes(one) == Codes{"unreadable"});
    CHECK(one.findings.front().path.ends_with("/hostconfig.json"));
    container.config = in_sight<ContainerConfig>(Sight::unreadable);
    CHECK(store.check().findings.size() == 2);
    container.error = 13;
    const StoreReport whole = store.check();
    REQUIRE(codes(whole) == Codes{"unreadable"});
    CHECK(whole.findings.front().path == "containers/" + store.first);
}

}  // namespace drydock
