// Where the daemon of this host says its data root is.
#include "cli/root.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace drydock;

TEST_CASE("The data root of daemon.json is found, also through a link") {
    const TempDir etc;
    etc.write("real/daemon.json", R"({"data-root": "/data/docker"})");
    etc.make_link("daemon.json", etc.path("real/daemon.json"));
    CHECK(configured_root(etc.path("real/daemon.json")) == "/data/docker");
    CHECK(configured_root(etc.path("daemon.json")) == "/data/docker");
}

TEST_CASE("A daemon.json that is absent, broken or silent names no data root") {
    const TempDir etc;
    CHECK(configured_root(etc.path("daemon.json")).empty());
    etc.write("broken.json", "{");
    CHECK(configured_root(etc.path("broken.json")).empty());
    etc.write("silent.json", "{}");
    CHECK(configured_root(etc.path("silent.json")).empty());
    etc.make_directory("folder.json");
    CHECK(configured_root(etc.path("folder.json")).empty());
}
