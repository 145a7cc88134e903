// The layout of `explain`: that nothing of a row is left out, that lines fit a terminal, and that a
// mistyped code leads to the right one.
#include "report/explain.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace drydock;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

// The words joined by single spaces, so that wrapping does not matter.
std::string unwrapped(const std::string& text) {
    std::string result;
    std::istringstream stream(text);
    for (std::string word; stream >> word;) {
        if (!result.empty()) result += ' ';
        result += word;
    }
    return result;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("explain shows code, title, facts and every section, in this order") {
    for (const DamageKind& kind : all_damage()) {
        INFO(kind.code);
        const std::string text = unwrapped(explain_damage(kind));
        std::size_t at = 0;
        for (const auto part :
             {kind.code,
              kind.title,
              to_text(kind.severity),
              to_text(kind.level),
              to_text(kind.repair),
              to_text(kind.subject),
              std::string_view("What Docker shows"),
              kind.symptom,
              std::string_view("Why it happens"),
              kind.cause,
              std::string_view("What it means"),
              kind.explanation,
              std::string_view("What to do"),
              kind.advice}) {
            const std::size_t found = text.find(part, at);
            INFO(part);
            REQUIRE(found != std::string::npos);
            at = found + part.size();
        }
    }
}

TEST_CASE("explain of one kind has the agreed form") {
    const DamageKind kind{
        .kind = Damage::diff_empty,
        .code = "some-code",
        .subject = SubjectKind::layer,
        .severity = Severity::error,
        .level = Level::metadata,
        .repair = RepairClass::needs_donor,
        .title = "a title",
        .symptom =
            "It says `a command that is long enough to need a line`, but the span is kept in one piece.",
        .cause = "Cause.",
        .explanation = "Explanation.",
        .advice = "Advice.",
    };
    CHECK(
        explain_damage(kind) ==
        "some-code: a title\n"
        "Severity error, level metadata, repair class needs-donor, subject layer\n"
        "\n"
        "What Docker shows\n"
        "  It says `a command that is long enough to need a line`, but the span is kept\n"
        "  in one piece.\n"
        "\n"
        "Why it happens\n"
        "  Cause.\n"
        "\n"
        "What it means\n"
        "  Explanation.\n"
        "\n"
        "What to do\n"
        "  Advice.\n"
    );
}

TEST_CASE("explain fits 80 columns and leaves no space at a line's end") {
    for (const DamageKind& kind : all_damage()) {
        for (const std::string& line : lines_of(explain_damage(kind))) {
            INFO(kind.code << ": " << line);
            CHECK(line.size() <= 80);
            CHECK((line.empty() || line.back() != ' '));
        }
    }
}

TEST_CASE("a code span is never broken over two lines") {
    for (const DamageKind& kind : all_damage()) {
        for (const std::string& line : lines_of(explain_damage(kind) + explain_markdown(kind))) {
            INFO(kind.code << ": " << line);
            CHECK(std::ranges::count(line, '`') % 2 == 0);
        }
    }
}

TEST_CASE("the list has every code once, with severity and title") {
    const auto lines = lines_of(explain_list());
    for (const DamageKind& kind : all_damage()) {
        INFO(kind.code);
        const std::string start = "  " + std::string(kind.code) + " ";
        const auto starts = [&](const std::string& line) { return line.starts_with(start); };
        REQUIRE(std::ranges::count_if(lines, starts) == 1);
        const std::string& line = *std::ranges::find_if(lines, starts);
        CHECK(contains(line, " " + std::string(to_text(kind.severity)) + " "));
        CHECK(line.ends_with("  " + std::string(kind.title)));
    }
}

TEST_CASE("the list is grouped by subject kind, layers first, and its columns are aligned") {
    std::set<std::size_t> severity_columns;
    std::vector<std::string> headings;
    for (const std::string& line : lines_of(explain_list())) {
        if (line.empty()) continue;
        if (line.front() != ' ') {
            headings.push_back(line);
            continue;
        }
        const std::string code = line.substr(2, line.find(' ', 2) - 2);
        const auto damage = find_damage(code);
        REQUIRE(damage);
        CHECK(to_text(describe(*damage).subject) == headings.back());
        severity_columns.insert(line.find_first_not_of(' ', 2 + code.size()));
    }
    CHECK(severity_columns.size() == 1);
    REQUIRE_FALSE(headings.empty());
    CHECK(headings.front() == "layer");
    CHECK(std::set<std::string>(headings.begin(), headings.end()).size() == headings.size());
}

TEST_CASE("a mistyped code leads to the code meant") {
    CHECK(nearest_codes("dif-empty").front() == "diff-empty");
    CHECK(nearest_codes("diff_empty").front() == "diff-empty");
    CHECK(nearest_codes("Tag-Danglin").front() == "tag-dangling");
    CHECK(nearest_codes("layer-record-mising").front() == "layer-record-missing");
    CHECK(nearest_codes("work-missing").front() == "work-missing");
}

TEST_CASE("at most three codes are suggested, and none for a text far from all") {
    CHECK(nearest_codes("link-missing").size() == 3);
    CHECK(nearest_codes("").empty());
    CHECK(nearest_codes("qqqqqqqq").empty());
    CHECK(nearest_codes(std::string(1'000'000, 'a')).empty());
}

TEST_CASE("a Markdown page has the code as its heading and all sections") {
    for (const DamageKind& kind : all_damage()) {
        INFO(kind.code);
        const std::string page = explain_markdown(kind);
        CHECK(contains(page, "\n# " + std::string(kind.code) + "\n"));
        CHECK(page.ends_with(".\n"));
        const std::string text = unwrapped(page);
        for (const auto part : {kind.title, kind.symptom, kind.cause, kind.explanation, kind.advice}) {
            CHECK(contains(text, part));
        }
        for (const auto* heading : {"What Docker shows", "Why it happens", "What it means", "What to do"}) {
            CHECK(contains(page, "\n## " + std::string(heading) + "\n\n"));
        }
    }
}
