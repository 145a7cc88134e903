// See verify.hpp. Schema: "drydock.report.v1".
#include "tests/support/verify.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace drydock {

namespace {

using Json = nlohmann::json;

// Fields by name; lists sorted and joined, so that order does not count.
using Fields = std::map<std::string, std::string>;

constexpr const char* kListKeys[] = {"images", "tags", "containers", "peers"};
// "any" as a value: the contract does not say, so the recipe does not either.
constexpr const char* kAny = "any";

std::string join_sorted(std::vector<std::string> items) {
    std::sort(items.begin(), items.end());
    std::string out;
    for (const std::string& item : items) {
        out += (out.empty() ? "" : " ") + item;
    }
    return out;
}

Fields fields_of(const Json& finding) {
    Fields fields;
    fields["code"] = finding.at("code");
    fields["kind"] = finding.at("subject").at("kind");
    fields["id"] = finding.at("subject").at("id");
    fields["path"] = finding.at("path");
    fields["class"] = finding.at("repair").at("class");
    fields["severity"] = finding.at("severity");
    fields["verdict"] = finding.at("verdict");
    const Json& affects = finding.at("affects");
    for (const char* key : {"images", "tags", "containers"}) {
        fields[key] = join_sorted(affects.at(key).get<std::vector<std::string>>());
    }
    const Json& evidence = finding.at("evidence");
    fields["peers"] = join_sorted(evidence.value("peers", std::vector<std::string>()));
    return fields;
}

Fields resolve_fields(const Expectation& expectation, Places& places) {
    Fields fields{{"images", ""}, {"tags", ""}, {"containers", ""}, {"verdict", "damaged"}};
    for (const auto& [key, value] : expectation) {
        if (key == "level") {
            continue;
        }
        fields[key] = places.resolve(value);
        if (std::find(std::begin(kListKeys), std::end(kListKeys), key) != std::end(kListKeys)) {
            std::vector<std::string> items = split_list(value);
            for (std::string& item : items) {
                item = places.resolve(item);
            }
            fields[key] = join_sorted(std::move(items));
        }
    }
    return fields;
}

// The keys in which a finding is not what is expected.
std::vector<std::string> differing_keys(const Fields& expected, const Fields& found) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : expected) {
        if (value != kAny && found.at(key) != value) {
            keys.push_back(key);
        }
    }
    return keys;
}

std::string one_line(const Fields& fields) {
    return fields.at("code") + " " + fields.at("kind") + " " + fields.at("id") + " at " + fields.at("path") +
           " (class " + fields.at("class") + ")";
}

// The report's exit status must be the one that its findings give.
std::string wrong_exit_code(const Json& report) {
    int expected = 0;
    for (const Json& finding : report.at("findings")) {
        const bool undetermined = finding.at("verdict") == "undetermined";
        expected |= undetermined ? 8 : finding.at("severity") != "note" ? 4 : 0;
    }
    const int found = report.at("exit_code");
    return found == expected ? ""
                             : "exit_code is " + std::to_string(found) + ", its findings give " +
                                   std::to_string(expected) + "\n";
}

// Takes out of `found` the finding that fits best by code, subject and path, or none.
std::size_t closest(const Fields& expected, const std::vector<Fields>& found) {
    std::size_t best = found.size();
    std::size_t best_score = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        std::size_t score = 0;
        for (const char* key : {"code", "id", "path"}) {
            const bool code = std::string_view(key) == "code";
            score += found[i].at(key) == expected.at(key) ? (code ? 2U : 1U) : 0U;
        }
        if (score > best_score) {
            best = i;
            best_score = score;
        }
    }
    return best_score >= 2 ? best : found.size();
}

}  // namespace

std::vector<std::string> describe_expected(const Recipe& recipe, const std::string& level, Places& places) {
    std::vector<std::string> lines;
    for (const Expectation& expectation : expected_at(recipe, level)) {
        lines.push_back(
            Json(resolve_fields(expectation, places)).dump(-1, ' ', false, Json::error_handler_t::replace)
        );
    }
    return lines;
}

std::string verify_report(const Recipe& recipe, std::string_view report_text, Places& places) {
    const Json report = Json::parse(report_text);
    std::vector<Fields> found;
    for (const Json& finding : report.at("findings")) {
        found.push_back(fields_of(finding));
    }
    std::vector<Fields> unmet;
    for (const Expectation& expectation : expected_at(recipe, report.at("level"))) {
        Fields expected = resolve_fields(expectation, places);
        const auto exact = std::find_if(found.begin(), found.end(), [&](const Fields& fields) {
            return differing_keys(expected, fields).empty();
        });
        if (exact != found.end()) {
            found.erase(exact);
        } else {
            unmet.push_back(std::move(expected));
        }
    }
    std::string out;
    for (const Fields& expected : unmet) {
        const std::size_t near = closest(expected, found);
        if (near == found.size()) {
            out += "missing:    " + one_line(expected) + "\n";
            continue;
        }
        out += "differs:    " + one_line(found[near]) + "\n";
        for (const std::string& key : differing_keys(expected, found[near])) {
            out += "  " + key + ": expected [" + expected.at(key) + "]\n" + std::string(key.size(), ' ') +
                   "    reported [" + found[near].at(key) + "]\n";
        }
        found.erase(found.begin() + static_cast<std::ptrdiff_t>(near));
    }
    for (const Fields& fields : found) {
        out += "unexpected: " + one_line(fields) + "\n";
    }
    return out + wrong_exit_code(report);
}

}  // namespace drydock
