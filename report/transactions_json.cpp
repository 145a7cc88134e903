#include "report/json_parts.hpp"
#include "report/safe_text.hpp"
#include "report/transactions.hpp"
#include "report/version.hpp"

namespace drydock {

namespace {

void write_begin(const std::string& root, int exit_code, JsonObjectStream& json) {
    json.member("schema", "drydock.undo.v1");
    json.member("tool", Json{{"name", "drydock"}, {"version", version()}});
    json.member("command", "undo");
    json.member("root", json_text(root));
    json.member("exit_code", exit_code);
}

Json transaction_json(const RecordedTransaction& transaction) {
    Json json = Json::object();
    json["id"] = transaction.id;
    json["command"] = json_text(transaction.command);
    json["state"] = to_text(transaction.state);
    if (!transaction.damaged.empty()) json["damaged"] = json_text(transaction.damaged);
    json["steps"] = Json::array();
    for (const RecordedStep& step : transaction.steps) {
        json["steps"].push_back(Json{
            {"action", json_text(step.action)}, {"path", json_text(step.path)}, {"code", json_text(step.code)}
        });
    }
    return json;
}

}  // namespace

void write_transactions_json(
    const std::string& root, const std::vector<RecordedTransaction>& transactions, std::ostream& out
) {
    JsonObjectStream json(out);
    write_begin(root, 0, json);
    json.begin_array("transactions");
    for (const RecordedTransaction& transaction : transactions) {
        json.element(transaction_json(transaction));
    }
    json.end_array();
    json.finish();
}

void write_undo_json(const UndoReport& report, std::ostream& out) {
    JsonObjectStream json(out);
    write_begin(report.root, report.exit_code, json);
    const Json id = report.transaction.empty() ? Json(nullptr) : Json(report.transaction);
    json.member("transaction", Json{{"id", id}, {"state", to_text(report.state)}});
    json.begin_array("conflicts");
    for (const UndoLeft& left : report.conflicts) {
        json.element(Json{{"path", json_text(left.path)}, {"reason", json_text(left.reason)}});
    }
    json.end_array();
    json.member("forgotten", json_strings(report.forgotten));
    json.finish();
}

}  // namespace drydock
