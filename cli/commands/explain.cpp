// `explain [CODE]`: one row of the damage table in words; without a code the list of all.
#include "report/explain.hpp"

#include "cli/commands/commands.hpp"
#include "cli/errors.hpp"
#include "report/explain_json.hpp"
#include "report/safe_text.hpp"

#include <iostream>

namespace drydock {

namespace {

const DamageKind& kind_of(const std::string& code) {
    if (const std::optional<Damage> kind = find_damage(code)) {
        return describe(*kind);
    }
    const std::vector<std::string_view> near = nearest_codes(code);
    throw UsageError(
        "unknown code " + terminal_text(code) +
        (near.empty() ? "; `drydock explain --list` has them all"
                      : "; did you mean " + std::string(near.front()) + "?")
    );
}

}  // namespace

std::vector<OptionSpec> explain_options() {
    return {
        {"list", 0, "", "all codes with severity and title"},
        {"format", 0, "text|json", "for people, or one JSON document"},
    };
}

int run_explain(const Arguments& arguments) {
    const bool json = arguments.text("format") == "json";
    if (arguments.positional && arguments.has("list")) {
        throw UsageError("--list takes no code");
    }
    if (!arguments.positional) {
        if (json) {
            write_explain_json(all_damage(), std::cout);
        } else {
            std::cout << explain_list();
        }
        return 0;
    }
    const DamageKind& kind = kind_of(*arguments.positional);
    if (json) {
        write_explain_json({&kind, 1}, std::cout);
    } else {
        std::cout << explain_damage(kind);
    }
    return 0;
}

}  // namespace drydock
