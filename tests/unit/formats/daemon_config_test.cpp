#include "formats/daemon_config.hpp"

#include <catch2/catch.hpp>

namespace drydock {

TEST_CASE("daemon.json names the data root by either key, the new one first") {
    CHECK(parse_data_root(R"({"data-root":"/a"})").value() == "/a");
    CHECK(parse_data_root(R"({"graph":"/b","debug":true})").value() == "/b");
    CHECK(parse_data_root(R"({"graph":"/b","data-root":"/a"})").value() == "/a");
    CHECK(parse_data_root("{}").value().empty());
}

TEST_CASE("a daemon.json that dockerd would refuse names nothing") {
    CHECK_FALSE(parse_data_root("").has_value());
    CHECK_FALSE(parse_data_root("[]").has_value());
    CHECK_FALSE(parse_data_root(R"({"data-root":1})").has_value());
    CHECK_FALSE(parse_data_root(R"({"data-root":"/a")").has_value());
    CHECK_FALSE(parse_data_root(std::string(100'000, '[')).has_value());
}

}  // namespace drydock
