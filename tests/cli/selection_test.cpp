// --image and --layer in one store: how they are typed, and what of a report they keep.
#include "cli/nearest.hpp"
#include "cli/selection.hpp"

#include <catch2/catch.hpp>

using namespace drydock;

namespace {

const std::string kChain = "sha256:" + std::string(64, 'a');
const std::string kImage = "sha256:" + std::string(64, 'b');

Inventory store() {
    Inventory inventory;
    LayerRecord layer;
    layer.chain = *ChainId::from_text(kChain);
    layer.cache_id.sight = Sight::present;
    layer.cache_id.value = std::string(64, 'd');
    inventory.layers = {layer};
    ImageRecord image;
    image.id = *ImageId::from_text(kImage);
    inventory.images = {image};
    TagRecord tag;
    tag.reference = "busybox:latest";
    tag.image_text = kImage;
    tag.image = image.id;
    inventory.repositories.sight = Sight::present;
    inventory.repositories.value.tags = {tag};
    return inventory;
}

StoreReport report() {
    StoreReport result;
    Finding layer{};
    layer.damage = Damage::diff_empty;
    layer.subject = {SubjectKind::layer, kChain};
    Finding other{};
    other.damage = Damage::tag_dangling;
    other.subject = {SubjectKind::tag, "x:1"};
    result.findings = {layer, other};
    result.victims = {Victims{{kImage}, {"busybox:latest"}, {}}, Victims{{}, {"x:1"}, {}}};
    result.verdict = Verdict::damaged;
    result.repull = {{kImage, {"busybox:latest"}}, {"sha256:other", {}}};
    result.unlisted = {{{SubjectKind::layer, kChain}, Damage::diff_empty, Severity::error, 5}};
    return result;
}

StoreReport selected(const Selection& selection) {
    const Inventory inventory = store();
    StoreReport result = report();
    apply_selection(selection, SelectedThings(selection, inventory), result);
    return result;
}

}  // namespace

TEST_CASE("References are understood as docker's command line understands them") {
    CHECK(familiar_reference("busybox") == "busybox:latest");
    CHECK(familiar_reference("docker.io/library/busybox") == "busybox:latest");
    CHECK(familiar_reference("index.docker.io/a/b:1") == "a/b:1");
    CHECK(familiar_reference("localhost:5000/a") == "localhost:5000/a:latest");
    CHECK(familiar_reference("a@sha256:1") == "a@sha256:1");
}

TEST_CASE("An image selects what hurts it, by name, id or the beginning of an id") {
    for (const std::string typed :
         {"busybox", "docker.io/library/busybox:latest", "bbbbbbbbbbbb", "sha256:bbbbbb"}) {
        Selection selection;
        selection.images = {typed};
        const StoreReport kept = selected(selection);
        REQUIRE(kept.findings.size() == 1);
        CHECK(kept.findings[0].damage == Damage::diff_empty);
        CHECK(kept.victims.size() == 1);
        CHECK(kept.repull.size() == 1);
        CHECK(kept.unlisted.size() == 1);
        CHECK(kept.verdict == Verdict::damaged);
    }
}

TEST_CASE("A layer is selected by its chain id or its directory") {
    for (const std::string& typed : {kChain, std::string(12, 'a'), std::string(12, 'd')}) {
        Selection selection;
        selection.layers = {typed};
        CHECK(selected(selection).findings.size() == 1);
    }
}

TEST_CASE("What a store does not know is not taken for known") {
    Selection selection;
    selection.images = {"busybox", "nothere", "bbb"};
    selection.layers = {"aaaaaa"};
    CHECK(SelectedThings(selection, store()).known() == std::set<std::string>{"busybox", "aaaaaa"});
}

TEST_CASE("Codes that are ignored count nowhere, and the verdict is that of what is left") {
    Selection selection;
    selection.ignore = {Damage::diff_empty, Damage::tag_dangling};
    const StoreReport kept = selected(selection);
    CHECK(kept.findings.empty());
    CHECK(kept.unlisted.empty());
    CHECK(kept.repull.empty());
    CHECK(kept.verdict == Verdict::sound);
}

TEST_CASE("Without a selection the report stays as it is") {
    const StoreReport kept = selected({});
    CHECK(kept.findings.size() == 2);
    CHECK(kept.repull.size() == 2);
}

TEST_CASE("The nearest word is one that can have been meant") {
    const std::vector<std::string_view> words = {"check", "show", "explain"};
    CHECK(nearest("chekc", words) == "check");
    CHECK(nearest("expl", words) == "explain");
    CHECK(nearest("xyzzy", words).empty());
    CHECK(nearest("", words).empty());
    CHECK(nearest(std::string(100'000, 'c'), words).empty());
}
