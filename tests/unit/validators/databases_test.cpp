// Findings about databases and about what BuildKit's cache records name.
#include "tests/unit/validators/single_damage.hpp"

namespace drydock {

using namespace test;

namespace {

const std::string kCachePath = "buildkit/metadata_v2.db";

DatabaseRecord record(Sight sight) {
    DatabaseRecord result{.role = DatabaseRole::volumes, .path = "volumes/metadata.db", .sight = {}};
    result.sight = in_sight<bool>(sight, "page 7 is a leaf");
    return result;
}

// A store with a cache of one record; its snapshot is `snapshots`' matter.
SampleModel with_cache(const std::string& key, std::vector<BuilderSnapshot> snapshots) {
    SampleModel store;
    Builder& builder = store.inventory.builder;
    builder.folder_present = true;
    builder.cache = present(std::vector{BuilderCacheRecord{.id = "r1", .snapshot = key}});
    builder.snapshots = present(std::move(snapshots));
    return store;
}

const std::string kKey = "abcdefghijklmnopqrstuvwxy";

BuilderSnapshot snapshot(std::optional<ChainId> chain, std::string committed = {}) {
    BuilderSnapshot result;
    result.key = kKey;
    result.chain = chain;
    result.committed = std::move(committed);
    return result;
}

}  // namespace

TEST_CASE("a damaged database is fatal, or an error where dockerd starts all the same") {
    SampleModel store;
    store.inventory.databases = {record(Sight::malformed)};
    const StoreReport fatal = store.check();
    REQUIRE(codes(fatal) == Codes{"database-corrupt"});
    CHECK(fatal.findings.front().subject == Subject{SubjectKind::database, "volumes/metadata.db"});
    CHECK(fatal.findings.front().evidence.detail == "page 7 is a leaf");
    CHECK(fatal.findings.front().effective_severity() == Severity::fatal);
    CHECK(fatal.findings.front().effective_repair() == RepairClass::quarantine);
    CHECK(fatal.victims.front()->images.empty());
    CHECK(fatal.lost.empty());
    store.inventory.databases.front().stops_daemon = false;
    CHECK(store.check().findings.front().effective_severity() == Severity::error);
}

TEST_CASE("a database that is sound or has no bytes is no finding, an unread one is undetermined") {
    SampleModel store;
    store.inventory.databases = {record(Sight::present), record(Sight::empty)};
    CHECK(codes(store.check()).empty());
    store.inventory.databases = {record(Sight::unreadable)};
    const StoreReport report = store.check();
    REQUIRE(codes(report) == Codes{"unreadable"});
    CHECK(report.findings.front().verdict == Verdict::undetermined);
    CHECK(report.findings.front().subject.kind == SubjectKind::database);
}

TEST_CASE("a cache record is dangling if its snapshot, layer or directory is gone") {
    const ChainId lost(digest_of("lost"));
    const std::vector<std::pair<std::string, std::vector<BuilderSnapshot>>> cases{
        {kKey, {}},
        {kKey, {snapshot(lost)}},
        {kKey, {snapshot({})}},
        {kKey, {snapshot({}, "other")}},
        {lost.text(), {}},
    };
    for (const auto& [key, snapshots] : cases) {
        const StoreReport report = with_cache(key, snapshots).check();
        REQUIRE(codes(report) == Codes{"builder-snapshot-dangling"});
        const Finding& finding = report.findings.front();
        CHECK(finding.subject == Subject{SubjectKind::database, kCachePath});
        CHECK(finding.path == kCachePath);
        CHECK(finding.evidence.peers == std::vector{key});
        CHECK(finding.effective_repair() == RepairClass::leave);
        CHECK(finding.verdict == Verdict::damaged);
        CHECK(report.victims.front()->images.empty());
    }
}

TEST_CASE("a cache record whose layer or directory is there is sound, and so is one that needs none") {
    SampleModel store = with_cache(kKey, {});
    store.inventory.builder.cache.value.front().needs_snapshot = false;
    CHECK(codes(store.check()).empty());
    CHECK(codes(with_cache(store.a.text(), {}).check()).empty());
    CHECK(codes(with_cache(kKey, {snapshot(store.c)}).check()).empty());
    CHECK(codes(with_cache(kKey, {snapshot({}, "dir-C")}).check()).empty());
}

TEST_CASE("what is told of the layer itself is not told of the cache") {
    SampleModel store = with_cache(kKey, {snapshot(SampleModel().c)});
    store.remove_layer(store.c);
    const StoreReport report = store.check();
    CHECK(std::none_of(report.findings.begin(), report.findings.end(), [](const Finding& finding) {
        return finding.damage == Damage::builder_snapshot_dangling;
    }));
    CHECK_FALSE(report.findings.empty());
}

TEST_CASE("where snapshots or folders are not known nothing is called dangling") {
    SampleModel store = with_cache(kKey, {});
    for (const Sight sight : {Sight::malformed, Sight::unreadable}) {
        store.inventory.builder.snapshots.sight = sight;
        CHECK(codes(store.check()).empty());
    }
    store.inventory.builder.snapshots.sight = Sight::empty;
    CHECK(codes(store.check()) == Codes{"builder-snapshot-dangling"});
    store.inventory.builder.snapshots.sight = Sight::absent;
    const StoreReport absent = store.check();
    REQUIRE(codes(absent) == Codes{"builder-snapshot-dangling"});
    CHECK(absent.findings.front().verdict == Verdict::undetermined);
    store.inventory.builder.cache.sight = Sight::unreadable;
    CHECK(codes(store.check()).empty());
    store = with_cache(kKey, {snapshot({})});
    store.inventory.driver_folder = FolderState::unreadable;
    const auto unread = codes(store.check());
    CHECK(std::find(unread.begin(), unread.end(), "builder-snapshot-dangling") == unread.end());
}

TEST_CASE("all dangling keys of a database are one finding, sorted and without doubles") {
    SampleModel store = with_cache("b", {});
    for (const char* key : {"c", "a", "b"}) {
        store.inventory.builder.cache.value.push_back({.id = "r", .snapshot = key});
    }
    const StoreReport report = store.check();
    REQUIRE(codes(report) == Codes{"builder-snapshot-dangling"});
    CHECK(report.findings.front().evidence.peers == std::vector<std::string>{"a", "b", "c"});
    CHECK(
        report.findings.front().evidence.detail ==
        "3 of the snapshots that 4 cache records name; record r1: no such snapshot in buildkit/snapshots.db"
    );
}

}  // namespace drydock
