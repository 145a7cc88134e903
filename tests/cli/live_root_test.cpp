// A root whose daemon is alive: warned of, read twice, and nothing that may be a change under way is called
// damaged. The daemon is a process that keeps volumes/metadata.db locked, as dockerd does.
#include "tests/cli/run.hpp"
#include "tests/support/lock_holder.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

using namespace drydock;
using Catch::Matchers::Contains;

namespace {

void make_root(const TempDir& root) {
    root.make_directory("image/overlay2/layerdb/sha256");
    root.make_directory("image/overlay2/imagedb/content/sha256");
    root.make_directory("overlay2/l");
    root.make_directory("containers");
    root.write("volumes/metadata.db", "");  // dockerd makes a new one of it
    root.write("image/overlay2/repositories.json", R"({"Repositories":{}})");
}

void damage(const TempDir& root) {
    const std::string image = "sha256:" + std::string(64, 'a');
    root.write("image/overlay2/repositories.json", R"({"Repositories":{"x":{"x:1":")" + image + R"("}}})");
}

ProgramResult check(const TempDir& root) {
    return run_drydock({"check", "--format", "json", root.path()});
}

}  // namespace

TEST_CASE("a sound root with a daemon at work is sound, and the daemon is told of") {
    const TempDir root;
    make_root(root);
    const LockHolder daemon(root.path("volumes/metadata.db"));
    const ProgramResult result = check(root);
    CHECK(result.status == 0);
    CHECK_THAT(result.err, Contains("a daemon is at work"));
    CHECK(nlohmann::json::parse(result.out).at("notices").size() == 1);
}

TEST_CASE("what changed since the daemon started is undetermined, what is older is damaged") {
    const TempDir root;
    make_root(root);
    {
        const LockHolder daemon(root.path("volumes/metadata.db"));
        damage(root);
        const ProgramResult result = check(root);
        CHECK(result.status == 8);
        const auto report = nlohmann::json::parse(result.out);
        REQUIRE(report.at("findings").size() == 1);
        CHECK(report.at("findings")[0].at("verdict") == "undetermined");
        CHECK(report.at("stores")[0].at("verdict") == "undetermined");
    }
    // The start of a process is known to a second, and a second of slack is allowed for.
    std::this_thread::sleep_for(std::chrono::seconds(4));
    const LockHolder daemon(root.path("volumes/metadata.db"));
    const ProgramResult result = check(root);
    CHECK(result.status == 4);
    CHECK(nlohmann::json::parse(result.out).at("findings")[0].at("verdict") == "damaged");
}

TEST_CASE("a lock that nobody holds is no daemon") {
    const TempDir root;
    make_root(root);
    damage(root);
    const ProgramResult result = check(root);
    CHECK(result.status == 4);
    CHECK(result.err.find("daemon") == std::string::npos);
}
