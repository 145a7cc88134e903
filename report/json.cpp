// See json.hpp. Everything that came from disk passes through json_text on its way in here.
#include "report/json.hpp"

#include "report/json_stream.hpp"
#include "report/repair_summary.hpp"
#include "report/safe_text.hpp"
#include "report/version.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace drydock {

namespace {

using Json = nlohmann::ordered_json;

Json strings(const std::vector<std::string>& items) {
    Json array = Json::array();
    for (const std::string& item : items) {
        array.push_back(json_text(item));
    }
    return array;
}

Json driver_of(const StoreReport& store) {
    return store.driver.empty() ? Json(nullptr) : Json(json_text(store.driver));
}

Json store_json(const StoreReport& store) {
    Json json = Json::object();
    json["path"] = json_text(store.path);
    json["driver"] = driver_of(store);
    json["verdict"] = to_text(store.verdict);
    json["images"] = store.images;
    json["tags"] = store.tags;
    json["layers"] = store.layers;
    json["containers"] = store.containers;
    json["driver_directories"] = store.driver_directories;
    json["bytes_verified"] = store.bytes_verified;
    return json;
}

Json evidence_json(const Evidence& evidence) {
    Json json = Json::object();
    const auto set = [&json](const char* key, const std::optional<std::string>& value) {
        if (value) {
            json[key] = json_text(*value);
        }
    };
    set("expected", evidence.expected);
    set("actual", evidence.actual);
    set("detail", evidence.detail);
    if (!evidence.peers.empty()) {
        json["peers"] = strings(evidence.peers);
    }
    if (!evidence.takes.empty()) {
        json["takes"] = strings(evidence.takes);
    }
    if (evidence.frees) {
        json["frees"] = *evidence.frees;
    }
    return json;
}

Json repair_json(const Finding& finding) {
    Json json = Json::object();
    json["class"] = to_text(finding.effective_repair());
    if (finding.witness) {
        json["witness"] = json_text(*finding.witness);
    }
    json["summary"] = json_text(repair_summary(finding));
    return json;
}

Json finding_json(const StoreReport& store, const Finding& finding, const Victims& victims) {
    const DamageKind& kind = describe(finding.damage);
    Json json = Json::object();
    json["code"] = kind.code;
    json["severity"] = to_text(finding.effective_severity());
    json["verdict"] = to_text(finding.verdict);
    json["store"] = json_text(store.path);
    json["driver"] = driver_of(store);
    json["subject"] = Json{{"kind", to_text(finding.subject.kind)}, {"id", json_text(finding.subject.id)}};
    json["path"] = json_text(finding.path);
    json["title"] = kind.title;
    json["evidence"] = evidence_json(finding.evidence);
    json["affects"] = Json{
        {"images", strings(victims.images)},
        {"tags", strings(victims.tags)},
        {"containers", strings(victims.containers)},
    };
    json["repair"] = repair_json(finding);
    return json;
}

Json losses_json(const RunReport& report, std::vector<ImageLoss> StoreReport::* losses) {
    Json array = Json::array();
    for (const StoreReport& store : report.stores) {
        for (const ImageLoss& loss : store.*losses) {
            array.push_back(Json{{"image", json_text(loss.image)}, {"refs", strings(loss.refs)}});
        }
    }
    return array;
}

Json summary_json(const RunReport& report) {
    std::map<std::string_view, std::uint64_t> by_code;
    std::map<Severity, std::uint64_t> by_severity;
    for (const StoreReport& store : report.stores) {
        for (const Finding& finding : store.findings) {
            ++by_code[describe(finding.damage).code];
            ++by_severity[finding.effective_severity()];
        }
        for (const UnlistedFindings& unlisted : store.unlisted) {
            by_code[describe(unlisted.damage).code] += unlisted.count;
            by_severity[unlisted.severity] += unlisted.count;
        }
    }
    Json json = Json::object();
    json["by_code"] = Json::object();
    for (const auto& [code, count] : by_code) {
        json["by_code"][std::string(code)] = count;
    }
    json["by_severity"] = Json::object();
    for (const auto& [severity, count] : by_severity) {
        json["by_severity"][std::string(to_text(severity))] = count;
    }
    json["repull"] = losses_json(report, &StoreReport::repull);
    json["lost"] = losses_json(report, &StoreReport::lost);
    return json;
}

}  // namespace

void write_json(const RunReport& report, std::ostream& out) {
    JsonObjectStream json(out);
    json.member("schema", "drydock.report.v1");
    json.member("tool", Json{{"name", "drydock"}, {"version", version()}});
    json.member("command", report.command);
    json.member("root", json_text(report.root));
    json.member("level", to_text(report.level));
    json.member("complete", report.complete);
    json.member("exit_code", exit_code(report));
    json.begin_array("stores");
    for (const StoreReport& store : report.stores) {
        json.element(store_json(store));
    }
    json.end_array();
    json.begin_array("findings");
    static const Victims nobody;
    for (const StoreReport& store : report.stores) {
        for (std::size_t i = 0; i < store.findings.size(); ++i) {
            const Victims& victims = i < store.victims.size() ? *store.victims[i] : nobody;
            json.element(finding_json(store, store.findings[i], victims));
        }
    }
    json.end_array();
    json.member("summary", summary_json(report));
    if (!report.notices.empty()) {
        json.member("notices", strings(report.notices));
    }
    json.finish();
}

}  // namespace drydock
