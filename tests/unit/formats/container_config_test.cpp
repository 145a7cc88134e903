// config.v2.json and hostconfig.json: what dockerd decodes and what it does not.
#include "formats/documents.hpp"

#include <catch2/catch.hpp>

namespace drydock {

TEST_CASE("a container config gives the fields that matter") {
    const auto config = parse_container_config(
        R"({"ID":"c1","Name":"/web","Image":"sha256:x","Driver":"overlay2","State":{"Dead":false,"RemovalInProgress":true,)"
        R"("Pid":1},"Config":{"Image":"other"}}{)"
    );
    REQUIRE(config);
    CHECK(config->id == "c1");
    CHECK(config->name == "web");
    CHECK(config->image == "sha256:x");
    CHECK(config->driver == "overlay2");
    CHECK(config->dead);
}

TEST_CASE("fields that a container config lacks are empty") {
    const auto config = parse_container_config(R"({"name":"x","State":null})");
    REQUIRE(config);
    CHECK_FALSE(config->id);
    CHECK(config->name == "x");
    CHECK_FALSE(config->dead);
    CHECK_FALSE(parse_container_config(R"({"State":{"Dead":true},"State":null})")->dead);
    CHECK(parse_container_config(R"({"State":{"Dead":true}})")->dead);
    CHECK_FALSE(parse_container_config(R"({"ID":null})")->id);
    CHECK(parse_container_config(R"({"ID":""})")->id == "");
}

TEST_CASE("a container config that is no JSON fails, and what dockerd cannot decode says why") {
    for (const std::string bad : {"", " ", "nul", R"({"ID":"a")", "\xef\xbb\xbf{}"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_container_config(bad));
    }
    for (const std::string bad :
         {"[]",
          "7",
          R"({"ID":1})",
          R"({"State":[]})",
          R"({"State":{"Dead":"no"}})",
          R"({"RestartCount":"0"})",
          R"({"RestartCount":1.5})",
          R"({"Created":"yesterday"})",
          R"({"Args":"sh"})",
          R"({"Config":{"Env":[1]}})",
          R"({"Config":{"Labels":{"a":1}}})",
          R"({"MountPoints":[]})",
          R"({"MountPoints":{"/x":{"RW":"yes"}}})",
          R"({"NetworkSettings":"none"})",
          R"({"Managed":0,"Managed":false})"}) {
        CAPTURE(bad);
        const auto config = parse_container_config(bad);
        REQUIRE(config);
        CHECK_FALSE(config->undecodable.empty());
    }
    // What a daemon of another version may write, and null where Go takes it for nothing.
    for (const std::string good :
         {"null",
          "{}",
          R"({"ID":null,"State":null,"Config":null,"Args":null,"MountPoints":{"/x":null},"Created":null})",
          R"({"Config":{"Cmd":"sh","Entrypoint":["a"],"MacAddress":{},"Shell":1,"New":[]}})",
          R"({"OS":"windows","ImagePlatform":7,"NetworkSettings":{"SecondaryIPAddresses":{}}})",
          R"({"State":{"Health":{"Status":1}},"MountPoints":{"/x":{"Spec":{"Type":3}}}})"}) {
        CAPTURE(good);
        const auto config = parse_container_config(good);
        REQUIRE(config);
        CHECK(config->undecodable.empty());
    }
}

TEST_CASE("objects of a container config that are null are told from those that are not") {
    CHECK(parse_container_config("null")->null);
    const auto bare = parse_container_config("{}");
    CHECK_FALSE(bare->null);
    CHECK_FALSE(bare->null_state);
    CHECK_FALSE(bare->null_streams);
    CHECK(bare->no_config);
    CHECK(bare->no_network_settings);
    CHECK(parse_container_config(R"({"State":null})")->null_state);
    CHECK_FALSE(parse_container_config(R"({"State":null,"State":{}})")->null_state);
    CHECK(parse_container_config(R"({"StreamConfig":null})")->null_streams);
    CHECK_FALSE(parse_container_config(R"({"Config":{}})")->no_config);
    CHECK(parse_container_config(R"({"Config":{},"config":null})")->no_config);
    CHECK_FALSE(parse_container_config(R"({"NetworkSettings":{}})")->no_network_settings);
    CHECK(parse_container_config(R"({"MountPoints":{"/a":{},"/b":null}})")->null_mount_point);
    CHECK_FALSE(parse_container_config(R"({"MountPoints":{"/b":null,"/b":{}}})")->null_mount_point);
    CHECK_FALSE(parse_container_config(R"({"MountPoints":{"/b":null},"MountPoints":null})")->null_mount_point
    );
    CHECK_FALSE(parse_container_config(R"({"MountPoints":null})")->null_mount_point);
}

TEST_CASE("a host config gives its restart policy, and whether it is null") {
    const auto config = parse_host_config(
        R"({"Binds":["/a:/b"],"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3}}x)"
    );
    REQUIRE(config);
    CHECK(config->restart_policy == "on-failure");
    CHECK(config->maximum_restarts == 3);
    CHECK_FALSE(config->null);
    CHECK(parse_host_config("null")->null);
    CHECK(parse_host_config(" null\n")->null);
    CHECK(parse_host_config("{}"));
}

TEST_CASE("a host config that dockerd cannot decode fails") {
    for (const std::string bad :
         {"",
          "[]",
          "{",
          R"({"Memory":"1"})",
          R"({"Binds":"/a:/b"})",
          R"({"PortBindings":{"80/tcp":{"HostPort":"80"}}})",
          R"({"PortBindings":{"80/tcp":[{"HostPort":80}]}})",
          R"({"RestartPolicy":"always"})",
          R"({"Privileged":1})",
          R"({"Ulimits":[{"Hard":"1"}]})",
          R"({"Mounts":[{"Target":1}]})",
          R"({"DeviceRequests":[{"Capabilities":["gpu"]}]})",
          R"({"ConsoleSize":80})"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_host_config(bad));
    }
    for (const std::string good :
         {R"({"CapAdd":"ALL","CapDrop":["A"],"KernelMemory":"old","Annotations":1})",
          R"({"Ulimits":[null],"BlkioWeightDevice":null,"PidsLimit":null,"Init":null,"ConsoleSize":[0,0,0]})",
          R"({"BlkioDeviceReadBps":[{"Path":"/dev/sda","Rate":18446744073709551615}],"IOMaximumIOps":18446744073709551615})"
         }) {
        CAPTURE(good);
        CHECK(parse_host_config(good));
    }
}

}  // namespace drydock
