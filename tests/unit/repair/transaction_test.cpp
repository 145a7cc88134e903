#include "repair/transaction.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace drydock {

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

// What is set aside is a further name of a file.
enum class Names { counted, ignored };

// Every object below a root but drydock/: type, mode, owner, mtime, links and content.
std::map<std::string, std::string> snapshot(const std::string& root, Names names = Names::counted) {
    std::map<std::string, std::string> result;
    for (auto at = fs::recursive_directory_iterator(root); at != fs::recursive_directory_iterator(); ++at) {
        const std::string name = at->path().lexically_relative(root).string();
        if (name == "drydock") {
            at.disable_recursion_pending();
            continue;
        }
        struct stat stat{};
        REQUIRE(::lstat(at->path().c_str(), &stat) == 0);
        std::string text = std::to_string(stat.st_mode) + ' ' + std::to_string(stat.st_uid) + ' ' +
                           std::to_string(stat.st_mtim.tv_sec) + '.' + std::to_string(stat.st_mtim.tv_nsec);
        if (at->is_symlink()) {
            text += " -> " + fs::read_symlink(at->path()).string();
        } else if (at->is_regular_file()) {
            const ReadDir folder = ReadDir::open_path(at->path().parent_path().string());
            text += " = " + read_small_file(folder, at->path().filename().string(), 10'000).bytes;
            if (names == Names::counted) text += " x" + std::to_string(stat.st_nlink);
        }
        result.emplace(name, std::move(text));
    }
    return result;
}

const std::string kLayer = "image/overlay2/layerdb/sha256/aa";

// Where image/overlay2 is.
enum class ImageFolder {
    in_place,   // can be exchanged as one
    elsewhere,  // a link: only its entries can
};

// The shape of a store; what stands in it does not matter to a transaction.
class Store {
public:
    explicit Store(ImageFolder image = ImageFolder::in_place) {
        if (image == ImageFolder::elsewhere) {
            temp_.make_directory("big/overlay2");
            temp_.make_link("image/overlay2", "../big/overlay2");
        }
        temp_.write(kLayer + "/diff", "");
        temp_.write(kLayer + "/size", "12");
        temp_.write("image/overlay2/layerdb/sha256/bb/diff", "sha256:bb");
        temp_.write("image/overlay2/layerdb/mounts/c1/mount-id", "m1");
        temp_.write("image/overlay2/imagedb/content/sha256/cc", "{}");
        temp_.write("image/overlay2/repositories.json", "{\"Repositories\":{}}");
        temp_.write("overlay2/m1/diff/file", "data");
        temp_.write("overlay2/m1/link", "");
        temp_.write("overlay2/m1/committed", "");
        temp_.make_directory("overlay2/l");
        temp_.write("containers/c1/config.v2.json", "{}");
        age(path());
    }

    // So that a folder whose mtime was not put back is seen.
    static void age(const std::string& root) {
        const auto past = fs::file_time_type::clock::now() - std::chrono::hours(100);
        for (const auto& entry : fs::recursive_directory_iterator(root)) {
            if (!entry.is_symlink()) fs::last_write_time(entry.path(), past);
        }
    }

    [[nodiscard]] const std::string& path() const { return temp_.path(); }

    [[nodiscard]] const TempDir& temp() const { return temp_; }

    [[nodiscard]] ReadDir root() const { return ReadDir::open_path(path()); }

private:
    TempDir temp_;
};

const std::vector<StoreTops> kTops{{"image/overlay2", "overlay2", "containers"}};

NewObject file(std::string text) {
    return {.kind = NewObject::Kind::file, .text = std::move(text), .mode = 0644};
}

// Every kind of change, in every folder.
Plan plan_of_all() {
    Plan plan;
    plan.changes = {
        {.path = kLayer + "/diff", .put = file("sha256:aa")},
        {.path = kLayer + "/parent", .put = file("sha256:bb")},
        {.path = "image/overlay2/layerdb/sha256/bb"},
        {.path = "image/overlay2/layerdb/mounts/c1/init-id", .put = file("m1-init")},
        {.path = "image/overlay2/repositories.json"},
        {.path = "overlay2/m1/link", .put = file("ABC")},
        {.path = "overlay2/l/ABC", .put = NewObject{.kind = NewObject::Kind::link, .text = "../m1/diff"}},
        {.path = "overlay2/m1/committed"},
        {.path = "overlay2/m1/work", .put = NewObject{.kind = NewObject::Kind::folder, .mode = 0700}},
        {.path = "overlay2/m1-init",
         .put =
             NewObject{
                 .kind = NewObject::Kind::folder,
                 .mode = 0710,
                 .entries = {{"link", file("DEF")}, {"diff", {.kind = NewObject::Kind::folder, .mode = 0755}}}
             }},
        {.path = "containers/c1"},
    };
    plan.keeps = {"m1"};
    return plan;
}

}  // namespace

TEST_CASE("A transaction makes every change, and its undo gives the store back as it was") {
    const ImageFolder image = GENERATE(ImageFolder::in_place, ImageFolder::elsewhere);
    const Store store(image);
    const std::string records = image == ImageFolder::in_place ? "image/overlay2/" : "big/overlay2/";
    const auto before = snapshot(store.path());
    const ReadDir root = store.root();
    Transactions transactions(root, kTops);
    transactions.preflight(plan_of_all());
    CHECK(snapshot(store.path()) == before);
    const Outcome outcome = transactions.apply("repair", plan_of_all(), {});
    CHECK(outcome.state == TransactionState::committed);

    const auto after = snapshot(store.path());
    CHECK_THAT(after.at(records + "layerdb/sha256/aa/diff"), Contains("= sha256:aa x1"));
    CHECK_THAT(after.at("overlay2/m1/link"), Contains("= ABC x1"));
    CHECK_THAT(after.at("overlay2/l/ABC"), Contains("-> ../m1/diff"));
    CHECK_THAT(after.at("overlay2/m1-init/link"), Contains("= DEF"));
    CHECK_THAT(after.at(records + "layerdb/mounts/c1/init-id"), Contains("= m1-init"));
    CHECK_FALSE(after.contains(records + "layerdb/sha256/bb"));
    CHECK_FALSE(after.contains(records + "repositories.json"));
    CHECK_FALSE(after.contains("containers/c1"));
    CHECK(after.at("overlay2") == before.at("overlay2"));  // its mtime too
    CHECK(after.at(records + "layerdb/sha256") == before.at(records + "layerdb/sha256"));

    const auto listed = list_transactions(root);
    REQUIRE(listed.size() == 1);
    CHECK(listed.front().id == outcome.id);
    CHECK(listed.front().state == TransactionState::committed);
    CHECK(listed.front().keeps == std::vector<std::string>{"m1"});
    CHECK(transactions.recover().empty());

    const UndoOutcome undone = transactions.undo("", Transactions::Partial::refuse, {});
    CHECK(undone.conflicts.empty());
    CHECK(undone.outcome.state == TransactionState::committed);
    CHECK(snapshot(store.path()) == before);
    CHECK(list_transactions(root).empty());
}

TEST_CASE("What nobody uses can be taken away without a clone, and its room freed") {
    const Store store;
    const ReadDir root = store.root();
    Transactions transactions(root, kTops);
    auto expected = snapshot(store.path());
    Plan plan;
    plan.changes = {{.path = "image/overlay2/layerdb/sha256/bb"}, {.path = "overlay2/m1"}};
    for (const Change& change : plan.changes) {
        std::erase_if(expected, [&](const auto& entry) { return entry.first.starts_with(change.path); });
    }
    const std::uint64_t inode = root.open("image/overlay2").stat().inode;
    transactions.preflight(plan, Transactions::Method::single_moves);
    const Outcome outcome = transactions.apply("repair", plan, {}, Transactions::Method::single_moves);
    CHECK(root.open("image/overlay2").stat().inode == inode);
    CHECK(snapshot(store.path()) == expected);
    transactions.forget(outcome.id);
    CHECK(snapshot(store.path()) == expected);
    CHECK(fs::is_empty(store.temp().path("drydock")));
}

TEST_CASE("A transaction that is not to become true leaves the store as it was") {
    const Store store;
    const auto before = snapshot(store.path());
    const ReadDir root = store.root();
    Transactions transactions(root, kTops);
    Verification verification;
    std::string staged_diff;
    SECTION("found before the switch") {
        verification.staged = [&](const std::string& image, const ReadDir& staged) {
            CHECK(image == "image/overlay2");
            staged_diff = read_small_file(staged.open("layerdb/sha256/aa"), "diff", 100).bytes;
            return std::optional<std::string>("no");
        };
    }
    SECTION("found after it") {
        verification.result = [&] {
            staged_diff = read_small_file(root.open("image/overlay2/layerdb/sha256/aa"), "diff", 100).bytes;
            return std::optional<std::string>("no");
        };
    }
    const Outcome outcome = transactions.apply("repair", plan_of_all(), verification);
    CHECK(outcome.state == TransactionState::rolled_back);
    CHECK(outcome.reason == "no");
    CHECK(staged_diff == "sha256:aa");
    CHECK(snapshot(store.path()) == before);
    CHECK(list_transactions(root).empty());
}

TEST_CASE("What changed since is not taken back, and the rest only if asked for") {
    const Store store;
    const ReadDir root = store.root();
    Transactions transactions(root, kTops);
    const auto before = snapshot(store.path(), Names::ignored);
    (void)transactions.apply("repair", plan_of_all(), {});
    store.temp().write("image/overlay2/layerdb/sha256/bb/diff", "pulled again");
    store.temp().write("overlay2/m1/link", "XYZ");
    store.temp().write("image/overlay2/layerdb/sha256/new/diff", "kept");

    const UndoOutcome refused = transactions.undo("", Transactions::Partial::refuse, {});
    REQUIRE(refused.conflicts.size() == 2);
    CHECK(refused.outcome.state == TransactionState::none);
    CHECK(refused.conflicts[0].path == "overlay2/m1/link");
    CHECK(refused.conflicts[1].path == "image/overlay2/layerdb/sha256/bb");

    const UndoOutcome partial = transactions.undo("", Transactions::Partial::allow, {});
    CHECK(partial.outcome.state == TransactionState::committed);
    const auto after = snapshot(store.path(), Names::ignored);
    CHECK(after.at(kLayer + "/diff") == before.at(kLayer + "/diff"));
    CHECK(after.at("containers/c1/config.v2.json") == before.at("containers/c1/config.v2.json"));
    CHECK_THAT(after.at("image/overlay2/layerdb/sha256/bb/diff"), Contains("pulled again"));
    CHECK_THAT(after.at("image/overlay2/layerdb/sha256/new/diff"), Contains("kept"));
    // The rest is still to be had.
    store.temp().write("overlay2/m1/link", "ABC");
    fs::permissions(store.temp().path("overlay2/m1/link"), fs::perms(0644));
    fs::remove_all(store.temp().path("image/overlay2/layerdb/sha256/bb"));
    CHECK(transactions.undo("", Transactions::Partial::refuse, {}).conflicts.empty());
    CHECK(snapshot(store.path(), Names::ignored).at("overlay2/m1/link") == before.at("overlay2/m1/link"));
    CHECK(list_transactions(root).empty());
}

TEST_CASE("What was set aside is gone once it is forgotten") {
    const Store store;
    const ReadDir root = store.root();
    Transactions transactions(root, kTops);
    const Outcome outcome = transactions.apply("repair", plan_of_all(), {});
    const auto after = snapshot(store.path(), Names::ignored);
    transactions.forget(outcome.id);
    CHECK(list_transactions(root).empty());
    CHECK(fs::is_empty(store.temp().path("drydock")));
    CHECK(snapshot(store.path(), Names::ignored) == after);
    CHECK_THROWS_AS(transactions.undo("", Transactions::Partial::refuse, {}), RefusedError);
}

TEST_CASE("A folder drydock/ that others may write to is not trusted") {
    const Store store;
    const ReadDir root = store.root();
    Transactions transactions(root, kTops);
    store.temp().make_directory("drydock");
    fs::permissions(store.temp().path("drydock"), fs::perms(0755));
    const auto before = snapshot(store.path());
    CHECK_THROWS_AS(transactions.preflight(plan_of_all()), RefusedError);
    CHECK_THROWS_AS(transactions.apply("repair", plan_of_all(), {}), RefusedError);
    CHECK(snapshot(store.path()) == before);
}

TEST_CASE("A journal that lost a record, not only its end, keeps everything from being touched") {
    const Store store;
    const ReadDir root = store.root();
    Transactions transactions(root, kTops);
    const Outcome outcome = transactions.apply("repair", plan_of_all(), {});
    const std::string journal = store.temp().path("drydock/" + outcome.id + "/journal");
    {
        std::fstream stream(journal, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(100);
        stream.put('#');
    }
    const auto before = snapshot(store.path());
    CHECK_FALSE(list_transactions(root).front().damaged.empty());
    CHECK_THROWS_AS(transactions.recover(), RefusedError);
    CHECK_THROWS_AS(transactions.undo("", Transactions::Partial::refuse, {}), RefusedError);
    CHECK(snapshot(store.path()) == before);
}

}  // namespace drydock
