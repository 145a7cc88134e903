// See explain_json.hpp. The words are the table's; all of them are plain ASCII.
#include "report/explain_json.hpp"

#include "report/json_stream.hpp"
#include "report/version.hpp"

#include <nlohmann/json.hpp>

namespace drydock {

void write_explain_json(std::span<const DamageKind> kinds, std::ostream& out) {
    using Json = nlohmann::ordered_json;
    JsonObjectStream json(out);
    json.member("schema", "drydock.explain.v1");
    json.member("tool", Json{{"name", "drydock"}, {"version", version()}});
    json.begin_array("codes");
    for (const DamageKind& kind : kinds) {
        json.element(Json{
            {"code", kind.code},
            {"subject", to_text(kind.subject)},
            {"severity", to_text(kind.severity)},
            {"level", to_text(kind.level)},
            {"class", to_text(kind.repair)},
            {"title", kind.title},
            {"symptom", kind.symptom},
            {"cause", kind.cause},
            {"explanation", kind.explanation},
            {"advice", kind.advice},
        });
    }
    json.end_array();
    json.finish();
}

}  // namespace drydock
