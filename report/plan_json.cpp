#include "report/plan_json.hpp"

#include "report/json_parts.hpp"
#include "report/safe_text.hpp"

#include <optional>

namespace drydock {

namespace {

void set(Json& json, const char* key, const std::optional<std::string>& value) {
    if (value) json[key] = json_text(*value);
}

template <class Row>
Json begin_row(const Row& row) {
    Json json = Json::object();
    json["store"] = json_text(row.store);
    json["driver"] = row.driver.empty() ? Json(nullptr) : Json(json_text(row.driver));
    json["subject"] = Json{{"kind", to_text(row.subject.kind)}, {"id", json_text(row.subject.id)}};
    return json;
}

Json step_json(const PlanStep& step) {
    Json json = Json::object();
    json["action"] = to_text(step.action);
    json["path"] = json_text(step.path);
    json["code"] = describe(step.damage).code;
    json["class"] = to_text(step.repair);
    set(json, "witness", step.witness);
    set(json, "loss", step.loss);
    if (step.frees) json["frees"] = *step.frees;
    json.update(begin_row(step));
    return json;
}

Json refusal_json(const PlanRefusal& refusal) {
    Json json = Json::object();
    json["code"] = describe(refusal.damage).code;
    json["path"] = json_text(refusal.path);
    json["reason"] = json_text(refusal.reason);
    json.update(begin_row(refusal));
    return json;
}

Json plan_json(const Plan& plan) {
    Json json = Json{{"steps", Json::array()}, {"refused", Json::array()}};
    for (const PlanStep& step : plan.steps) {
        json["steps"].push_back(step_json(step));
    }
    for (const PlanRefusal& refusal : plan.refused) {
        json["refused"].push_back(refusal_json(refusal));
    }
    if (plan.hidden.empty()) return json;
    json["hidden"] = Json::array();
    for (const HiddenContainer& container : plan.hidden) {
        json["hidden"].push_back(Json{
            {"id", json_text(container.id)},
            {"name", json_text(container.name)},
            {"writable", json_text(container.writable_path)},
        });
    }
    return json;
}

}  // namespace

void write_json(const RepairReport& report, std::ostream& out) {
    JsonObjectStream json(out);
    write_json_begin(report.check, exit_code(report), json);
    Json summary = count_json(report.check.stores);
    summary["repull"] = losses_json(losses_of(report, LossKind::repull));
    summary["lost"] = losses_json(losses_of(report, LossKind::lost));
    json.member("summary", summary);
    json.member("plan", plan_json(report.plan));
    const Json id = report.transaction.empty() ? Json(nullptr) : Json(report.transaction);
    Json transaction{{"id", id}, {"state", to_text(report.state)}};
    if (!report.forgotten.empty()) transaction["forgotten"] = report.forgotten;
    json.member("transaction", transaction);
    write_json_findings("remaining", report.left(), json);
    if (!report.check.notices.empty()) {
        json.member("notices", json_strings(report.check.notices));
    }
    json.finish();
}

}  // namespace drydock
