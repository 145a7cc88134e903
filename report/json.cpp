// See json.hpp. Everything that came from disk passes through json_text on its way in here.
#include "report/json.hpp"

#include "report/json_parts.hpp"
#include "report/repair_summary.hpp"
#include "report/safe_text.hpp"
#include "report/version.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace drydock {

namespace {

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
        json["peers"] = json_strings(evidence.peers);
    }
    if (!evidence.takes.empty()) {
        json["takes"] = json_strings(evidence.takes);
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
        {"images", json_strings(victims.images)},
        {"tags", json_strings(victims.tags)},
        {"containers", json_strings(victims.containers)},
    };
    json["repair"] = repair_json(finding);
    return json;
}

std::vector<ImageLoss> losses_in(const RunReport& report, std::vector<ImageLoss> StoreReport::* losses) {
    std::vector<ImageLoss> all;
    for (const StoreReport& store : report.stores) {
        all.insert(all.end(), (store.*losses).begin(), (store.*losses).end());
    }
    return all;
}

}  // namespace

Json json_strings(const std::vector<std::string>& items) {
    Json array = Json::array();
    for (const std::string& item : items) {
        array.push_back(json_text(item));
    }
    return array;
}

Json losses_json(const std::vector<ImageLoss>& losses) {
    Json array = Json::array();
    for (const ImageLoss& loss : losses) {
        array.push_back(Json{{"image", json_text(loss.image)}, {"refs", json_strings(loss.refs)}});
    }
    return array;
}

Json count_json(const std::vector<StoreReport>& stores) {
    std::map<std::string_view, std::uint64_t> by_code;
    std::map<Severity, std::uint64_t> by_severity;
    for (const StoreReport& store : stores) {
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
    return json;
}

void write_json_findings(
    std::string_view key, const std::vector<StoreReport>& stores, JsonObjectStream& json
) {
    static const Victims nobody;
    json.begin_array(key);
    for (const StoreReport& store : stores) {
        for (std::size_t i = 0; i < store.findings.size(); ++i) {
            const Victims& victims = i < store.victims.size() ? *store.victims[i] : nobody;
            json.element(finding_json(store, store.findings[i], victims));
        }
    }
    json.end_array();
}

void write_json_begin(const RunReport& report, int exit_code, JsonObjectStream& json) {
    json.member("schema", "drydock.report.v1");
    json.member("tool", Json{{"name", "drydock"}, {"version", version()}});
    json.member("command", report.command);
    json.member("root", json_text(report.root));
    json.member("level", to_text(report.level));
    json.member("complete", report.complete);
    json.member("exit_code", exit_code);
    json.begin_array("stores");
    for (const StoreReport& store : report.stores) {
        json.element(store_json(store));
    }
    json.end_array();
    write_json_findings("findings", report.stores, json);
}

void write_json(const RunReport& report, std::ostream& out) {
    JsonObjectStream json(out);
    write_json_begin(report, exit_code(report), json);
    Json summary = count_json(report.stores);
    summary["repull"] = losses_json(losses_in(report, &StoreReport::repull));
    summary["lost"] = losses_json(losses_in(report, &StoreReport::lost));
    json.member("summary", summary);
    if (!report.notices.empty()) {
        json.member("notices", json_strings(report.notices));
    }
    json.finish();
}

}  // namespace drydock
