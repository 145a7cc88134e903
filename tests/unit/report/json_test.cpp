// The JSON report is a public contract: key order, byte-exact layout, escapes, counts.
#include "report/json.hpp"
#include "report/version.hpp"
#include "tests/unit/report/reports.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>
#include <vector>

using namespace drydock;

namespace {

using Json = nlohmann::ordered_json;

std::string written(const RunReport& report) {
    std::ostringstream out;
    write_json(report, out);
    return out.str();
}

std::vector<std::string> keys_of(const Json& object) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items()) {
        keys.push_back(key);
    }
    return keys;
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("An empty report is written byte for byte as the contract says") {
    RunReport report;
    report.command = "check";
    report.root = "/var/lib/docker";
    report.level = Level::metadata;
    CHECK(
        written(report) ==
        "{\n  \"schema\": \"drydock.report.v1\",\n  \"tool\": {\n    \"name\": \"drydock\",\n"
        "    \"version\": \"" +
            std::string(version()) +
            "\"\n  },\n  \"command\": \"check\",\n  \"root\": \"/var/lib/docker\",\n"
            "  \"level\": \"metadata\",\n  \"complete\": true,\n  \"exit_code\": 0,\n"
            "  \"stores\": [],\n  \"findings\": [],\n  \"summary\": {\n    \"by_code\": {},\n"
            "    \"by_severity\": {},\n    \"repull\": [],\n    \"lost\": []\n  }\n}\n"
    );
}

TEST_CASE("The streamed report has the layout of one pretty-printed document") {
    const std::string text = written(damaged_report());
    CHECK(Json::parse(text).dump(2) + "\n" == text);
}

TEST_CASE("All keys stand in the order of the contract") {
    const Json json = Json::parse(written(damaged_report()));
    CHECK(
        keys_of(json) ==
        Keys{
            "schema",
            "tool",
            "command",
            "root",
            "level",
            "complete",
            "exit_code",
            "stores",
            "findings",
            "summary"
        }
    );
    CHECK(
        keys_of(json["stores"][0]) ==
        Keys{
            "path",
            "driver",
            "verdict",
            "images",
            "tags",
            "layers",
            "containers",
            "driver_directories",
            "bytes_verified"
        }
    );
    const Json& finding = json["findings"][4];
    CHECK(
        keys_of(finding) ==
        Keys{
            "code",
            "severity",
            "verdict",
            "store",
            "driver",
            "subject",
            "path",
            "title",
            "evidence",
            "affects",
            "repair"
        }
    );
    CHECK(keys_of(finding["subject"]) == Keys{"kind", "id"});
    CHECK(keys_of(finding["affects"]) == Keys{"images", "tags", "containers"});
    CHECK(keys_of(finding["repair"]) == Keys{"class", "witness", "summary"});
    CHECK(keys_of(json["summary"]) == Keys{"by_code", "by_severity", "repull", "lost"});
}

TEST_CASE("Evidence has only the keys that are known, and a finding without a witness has none") {
    const Json json = Json::parse(written(damaged_report()));
    CHECK(keys_of(json["findings"][0]["evidence"]) == Keys{"expected", "actual"});
    CHECK(keys_of(json["findings"][4]["evidence"]) == Keys{"expected"});
    CHECK(keys_of(json["findings"][5]["evidence"]) == Keys{"peers"});
    CHECK_FALSE(json["findings"][0]["repair"].contains("witness"));
    CHECK(json["findings"][4]["repair"]["summary"] == "can be rebuilt: image config " + digest_of('1'));
}

TEST_CASE("Names that are no UTF-8 and backslashes come through JSON unambiguously") {
    const Json json = Json::parse(written(damaged_report()));
    CHECK(json["findings"][5]["subject"]["id"] == "evil\x1b[2J:\\xff");
    CHECK(json["findings"][5]["evidence"]["peers"][0] == "a\\\\b");
}

TEST_CASE("A store without a driver has null there") {
    RunReport report = damaged_report();
    report.stores[0].driver.clear();
    const Json json = Json::parse(written(report));
    CHECK(json["stores"][0]["driver"].is_null());
    CHECK(json["findings"][0]["driver"].is_null());
}

TEST_CASE("The summary counts every store's findings, unlisted ones too") {
    RunReport report = damaged_report();
    report.stores[0].unlisted.push_back(
        {{SubjectKind::layer, digest_of('a')}, Damage::content_file_empty, Severity::warning, 7}
    );
    report.stores.push_back(damaged_report().stores[0]);
    const Json json = Json::parse(written(report));
    CHECK(json["summary"]["by_code"]["content-file-empty"] == 4 + 4 + 7);
    CHECK(json["summary"]["by_severity"]["warning"] == 7);
    CHECK(json["summary"]["by_severity"]["error"] == 12);
    CHECK(json["findings"].size() == 12);
    CHECK(json["summary"]["repull"].size() == 4);
    CHECK(json["summary"]["lost"][0] == Json{{"image", digest_of('3')}, {"refs", Json::array()}});
}

TEST_CASE("A cancelled run says so and has the status bit") {
    RunReport report;
    report.complete = false;
    const Json json = Json::parse(written(report));
    CHECK(json["complete"] == false);
    CHECK(json["exit_code"] == 32);
}
