// Stores with several damages at once, drawn at random with fixed seeds: what must hold of every plan.
#include "tests/unit/repair/plan_checks.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <random>

namespace drydock {

using namespace test;

namespace {

class Damager {
public:
    explicit Damager(unsigned seed) : random_(seed) {}

    void damage(SampleModel& store) {
        const std::size_t count = 2 + draw(9);
        for (std::size_t i = 0; i < count; ++i) {
            damage_once(store);
        }
    }

    RepairPolicy policy() {
        RepairPolicy result;
        result.unattended = draw(3) == 0;
        result.reclaim = draw(2) == 0;
        result.evict_damaged = draw(2) == 0;
        result.accept_empty_driver = draw(2) == 0;
        result.accept_database_loss = draw(2) == 0;
        if (draw(2) == 0) result.accept_missing_owners = {"containers", "layerdb"};
        return result;
    }

    Level level() { return draw(2) == 0 ? Level::metadata : Level::content; }

private:
    std::size_t draw(std::size_t below) { return random_() % below; }

    template <class List>
    auto* pick(List& list) {
        return list.empty() ? nullptr : &list[draw(list.size())];
    }

    Sight bad_sight() {
        constexpr std::array kSights{
            Sight::absent, Sight::empty, Sight::malformed, Sight::malformed, Sight::empty, Sight::unreadable
        };
        return kSights.at(draw(kSights.size()));
    }

    template <class T>
    void spoil(Seen<T>& seen) {
        seen = in_sight<T>(bad_sight(), "garbage");
    }

    void damage_once(SampleModel& store) {
        Inventory& all = store.inventory;
        switch (draw(4)) {
        case 0:
            if (LayerRecord* layer = pick(all.layers)) damage_layer(*layer, store);
            break;
        case 1:
            if (DriverDirectory* directory = pick(all.directories)) damage_directory(*directory, store);
            break;
        case 2:
            damage_image(store);
            break;
        default:
            damage_container(store);
            break;
        }
    }

    void damage_layer(LayerRecord& layer, SampleModel& store) {
        switch (draw(9)) {
        case 0:
            spoil(layer.diff);
            break;
        case 1:
            spoil(layer.parent);
            break;
        case 2:
            spoil(layer.size);
            break;
        case 3:
            spoil(layer.cache_id);
            break;
        case 4:
            layer.diff = present(diff_of("X"));
            break;
        case 5:
            layer.parent = present(store.inventory.layers[draw(store.inventory.layers.size())].chain);
            break;
        case 6:
            layer.cache_id = present(std::string("dir-A"));
            break;
        case 7:
            spoil(layer.tar_split);
            break;
        default: {
            const ChainId gone = layer.chain;
            store.remove_layer(gone);
            break;
        }
        }
    }

    void damage_directory(DriverDirectory& directory, SampleModel& store) {
        switch (draw(7)) {
        case 0:
            spoil(directory.link);
            break;
        case 1:
            spoil(directory.lower);
            break;
        case 2:
            directory.has_work = false;
            break;
        case 3: {
            const std::string name = directory.name;
            store.remove_short_link(name);
            break;
        }
        case 4:
            directory.link = present(link_name("dir-A"));
            break;
        case 5:
            directory.has_diff = false;
            break;
        default: {
            const std::string name = directory.name;
            store.remove_directory(name);
            break;
        }
        }
    }

    void damage_image(SampleModel& store) {
        Inventory& all = store.inventory;
        switch (draw(5)) {
        case 0:
            if (ImageRecord* image = pick(all.images)) spoil(image->config);
            break;
        case 1:
            if (!all.images.empty()) {
                const ImageId gone = pick(all.images)->id;
                store.remove_image(gone);
            }
            break;
        case 2:
            if (TagRecord* tag = pick(all.repositories.value.tags)) tag->well_formed = false;
            break;
        case 3:
            all.repositories = in_sight<Repositories>(Sight::malformed, "garbage");
            break;
        default:
            if (ImageRecord* image = pick(all.images)) image->has_metadata = true;
            break;
        }
    }

    void damage_container(SampleModel& store) {
        Inventory& all = store.inventory;
        MountRecord* mount = pick(all.mount_records);
        ContainerRecord* container = pick(all.containers);
        switch (draw(7)) {
        case 0:
            if (mount != nullptr) spoil(mount->mount_id);
            break;
        case 1:
            if (mount != nullptr) spoil(mount->init_id);
            break;
        case 2:
            if (mount != nullptr) spoil(mount->parent);
            break;
        case 3:
            if (mount != nullptr) all.mount_records.erase(all.mount_records.begin());
            break;
        case 4:
            if (container != nullptr) spoil(container->config);
            break;
        case 5:
            if (container != nullptr) spoil(container->host_config);
            break;
        default:
            if (container != nullptr) all.containers.erase(all.containers.begin());
            break;
        }
    }

    std::mt19937 random_;
};

}  // namespace

TEST_CASE("whatever is broken at once, each finding is answered and no change touches another") {
    constexpr unsigned kStores = 3000;
    std::size_t changes = 0;
    for (unsigned seed = 0; seed < kStores; ++seed) {
        Damager damager(seed);
        SampleModel store;
        damager.damage(store);
        const PlanRequest request{.policy = damager.policy(), .level = damager.level()};
        const StoreReport report = store.check();
        const Plan plan = plan_for(store, request);
        INFO("seed " << seed << "\n" << describe_plan(plan));
        CHECK(broken_rules(plan, report).empty());
        CHECK(describe_plan(plan_for(store, request)) == describe_plan(plan));
        for (const PlanStep& step : plan.steps) {
            CHECK((step.action != PlanAction::remove || request.policy.reclaim));
        }
        changes += plan.changes.size();
    }
    CHECK(changes > kStores);
}

}  // namespace drydock
