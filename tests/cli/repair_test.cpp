// Consent, locks and the life of a transaction, as a user meets them.
#include "tests/cli/run.hpp"
#include "tests/support/lock_holder.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace drydock;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

constexpr const char* kRepositories = "image/overlay2/repositories.json";
constexpr const char* kDangling =
    R"({"Repositories":{"demo/web":{"demo/web:1":"sha256:abababababababababababababababababababababababababababababababab"}}})";

constexpr const char* kLeftover = "tmp/GetImageBlob123456789";

// One damage that is set aside: a tag of which there is no image.
void make_damaged(const TempDir& root) {
    root.make_directory("image/overlay2/layerdb/sha256");
    root.make_directory("image/overlay2/imagedb/content/sha256");
    root.make_directory("overlay2/l");
    root.make_directory("containers");
    root.make_directory("volumes");
    root.write(kRepositories, kDangling);
}

std::string contents(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

// Every name below the root with the time of its last change.
std::vector<std::string> listing(const TempDir& root) {
    std::vector<std::string> names;
    const auto add = [&](const fs::path& path) {
        names.push_back(
            path.string() + ' ' + std::to_string(fs::last_write_time(path).time_since_epoch().count())
        );
    };
    add(root.path());
    for (const auto& entry : fs::recursive_directory_iterator(root.path())) {
        add(entry.path());
    }
    std::ranges::sort(names);
    return names;
}

nlohmann::json json_of(const ProgramResult& result) {
    return nlohmann::json::parse(result.out);
}

}  // namespace

TEST_CASE("without a terminal and without consent nothing is done and nothing is changed") {
    const TempDir root;
    make_damaged(root);
    const auto before = listing(root);
    for (const char* command : {"repair", "undo"}) {
        const ProgramResult result = run_drydock({command, root.path()});
        CHECK(result.status == 16);
        CHECK(result.out.empty());
        CHECK_THAT(result.err, Contains("--dry-run"));
        CHECK_THAT(result.err, Contains("--yes"));
    }
    CHECK(listing(root) == before);
}

TEST_CASE("a dry run shows the plan, ends as a check does and writes nothing below the root") {
    const TempDir root;
    make_damaged(root);
    const auto before = listing(root);
    const ProgramResult text = run_drydock({"repair", "-n", root.path()});
    CHECK(text.status == 4);
    CHECK_THAT(text.out, Contains("The plan"));
    CHECK_THAT(text.out, Contains("tag-dangling"));
    CHECK_THAT(text.out, Contains("Nothing was changed."));
    const auto report = json_of(run_drydock({"repair", "-n", "--format", "json", root.path()}));
    CHECK(report.at("command") == "repair");
    CHECK(report.at("exit_code") == 4);
    CHECK(report.at("plan").at("steps").size() == 1);
    CHECK(report.at("transaction").at("state") == "none");
    CHECK(report.at("remaining") == report.at("findings"));
    CHECK(listing(root) == before);
}

TEST_CASE("a repair corrects, a second one does nothing, undo brings the damage back") {
    const TempDir root;
    make_damaged(root);
    const auto before = listing(root);
    const ProgramResult repaired = run_drydock({"repair", "--yes", "--format", "json", root.path()});
    CHECK(repaired.err == "");
    REQUIRE(repaired.status == 1);
    const auto report = json_of(repaired);
    CHECK(report.at("transaction").at("state") == "committed");
    CHECK(report.at("remaining").empty());
    CHECK(run_drydock({"check", root.path()}).status == 0);
    CHECK(contents(root.path(kRepositories)) != kDangling);
    CHECK_FALSE(fs::exists(root.path("volumes/metadata.db")));

    const ProgramResult again = run_drydock({"repair", "--yes", root.path()});
    CHECK(again.status == 0);
    CHECK_THAT(again.out, Contains("Nothing to do."));

    const std::string id = report.at("transaction").at("id");
    CHECK_THAT(run_drydock({"undo", "--list", root.path()}).out, Contains(id));
    const ProgramResult undone = run_drydock({"undo", "--yes", root.path()});
    CHECK(undone.err == "");
    CHECK(undone.status == 0);
    CHECK(contents(root.path(kRepositories)) == kDangling);
    fs::remove_all(root.path("drydock"));
    auto after = listing(root);
    // The root's own time is not given back.
    CHECK(std::vector(after.begin() + 1, after.end()) == std::vector(before.begin() + 1, before.end()));
}

TEST_CASE("a sound store is not touched and no lock is needed for it") {
    const TempDir root;
    make_damaged(root);
    root.write(kRepositories, R"({"Repositories":{}})");
    const auto before = listing(root);
    const LockHolder other(root.path());
    const ProgramResult result = run_drydock({"repair", "--yes", root.path()});
    CHECK(result.status == 0);
    CHECK_THAT(result.out, Contains("Nothing to do."));
    CHECK(listing(root) == before);
}

TEST_CASE("a second drydock is refused") {
    const TempDir root;
    make_damaged(root);
    const auto before = listing(root);
    const LockHolder other(root.path());
    const ProgramResult result = run_drydock({"repair", "--yes", root.path()});
    CHECK(result.status == 8);
    CHECK_THAT(result.err, Contains("another drydock is at work on " + root.path()));
    CHECK(listing(root) == before);
}

TEST_CASE("a root whose database is locked is only looked at") {
    const TempDir root;
    make_damaged(root);
    root.write("volumes/metadata.db", "");
    const auto before = listing(root);
    const LockHolder daemon(root.path("volumes/metadata.db"));
    const ProgramResult refused = run_drydock({"repair", "--yes", root.path()});
    CHECK(refused.status == 8);
    CHECK_THAT(refused.err, Contains("systemctl stop docker.socket docker"));
    CHECK_THAT(run_drydock({"repair", "-n", root.path()}).out, Contains("tag-dangling"));
    CHECK(listing(root) == before);
}

TEST_CASE("check tells of what was set aside, and forget frees it") {
    const TempDir root;
    make_damaged(root);
    REQUIRE(run_drydock({"repair", "--yes", root.path()}).status == 1);
    const ProgramResult checked = run_drydock({"check", root.path()});
    CHECK(checked.status == 0);
    CHECK_THAT(checked.out, Contains("what earlier repairs set aside occupies"));
    const ProgramResult forgotten = run_drydock({"undo", "--forget", "all", "--yes", root.path()});
    CHECK(forgotten.err == "");
    CHECK(forgotten.status == 0);
    CHECK(run_drydock({"check", root.path()}).out.find("set aside") == std::string::npos);
    CHECK(run_drydock({"undo", "--yes", root.path()}).status == 8);
}

TEST_CASE("what is reclaimed and forgotten at once is gone, and no undo is offered for it") {
    const TempDir root;
    make_damaged(root);
    root.write(kRepositories, R"({"Repositories":{}})");
    root.write(kLeftover, "half a download");
    const ProgramResult result = run_drydock({"repair", "--yes", "--reclaim", "--forget", root.path()});
    CHECK(result.err == "");
    CHECK(result.status == 1);
    CHECK_THAT(result.out, Contains("Its space was freed"));
    CHECK_THAT(result.out, !Contains("undo --id"));
    CHECK_FALSE(fs::exists(root.path(kLeftover)));
    CHECK_THAT(run_drydock({"undo", "--list", root.path()}).out, Contains("There is no transaction"));
}

TEST_CASE("the rest of a repair that forgets can be undone") {
    const TempDir root;
    make_damaged(root);
    root.write(kLeftover, "half a download");
    const ProgramResult result = run_drydock({"repair", "--yes", "--reclaim", "--forget", root.path()});
    CHECK(result.status == 1);
    CHECK_THAT(result.out, Contains("Its space was freed") && Contains("undo --id"));
    CHECK(contents(root.path(kRepositories)) != kDangling);
    CHECK(run_drydock({"undo", "--yes", root.path()}).status == 0);
    CHECK(contents(root.path(kRepositories)) == kDangling);
    CHECK_FALSE(fs::exists(root.path(kLeftover)));
}

TEST_CASE("an interrupted transaction is named by a check and ended by the next repair") {
    const TempDir root;
    make_damaged(root);
    REQUIRE(run_drydock({"repair", "--yes", root.path()}).status == 1);
    // What a killed run leaves: a journal of which nothing is whole.
    const std::string id = "20200101T000000Z-0001";
    root.make_directory("drydock/" + id);
    root.write("drydock/" + id + "/journal", "");
    CHECK_THAT(run_drydock({"check", root.path()}).out, Contains(id + " was interrupted"));
    CHECK(run_drydock({"repair", "--yes", root.path()}).status == 0);
    CHECK(run_drydock({"check", root.path()}).out.find("interrupted") == std::string::npos);
}

TEST_CASE("options that exclude or need each other are told in one line") {
    const TempDir root;
    make_damaged(root);
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
        {{"--donor", "/mnt"}, "pull again, or `migrate --import`"},
        {{"--yes", "--dry-run"}, "exclude each other"},
        {{"--yes", "--unattended"}, "exclude each other"},
        {{"--yes", "--forget"}, "--reclaim"},
        {{"--yes", "--accept-missing-owner", "nobody"}, "containers, layerdb or buildkit"},
    };
    for (const auto& [options, words] : cases) {
        std::vector<std::string> arguments{"repair", root.path()};
        arguments.insert(arguments.end(), options.begin(), options.end());
        const ProgramResult result = run_drydock(arguments);
        CHECK(result.status == 16);
        CHECK_THAT(result.err, Contains(words));
    }
    CHECK(contents(root.path(kRepositories)) == kDangling);
}
