// Layout of `explain`: wrapping, headings, alignment, and edit distance. Must not hold words about a
// kind of damage: those stand in the damage table. A code span is never broken over two lines, since
// people copy commands from it.
#include "report/explain.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <utility>

namespace drydock {

namespace {

constexpr std::size_t kTerminalColumns = 80;
constexpr std::size_t kMarkdownColumns = 100;
constexpr std::string_view kIndent = "  ";

struct Section {
    std::string_view heading;
    std::string_view text;
};

std::array<Section, 4> sections_of(const DamageKind& kind) {
    return {
        {{"What Docker shows", kind.symptom},
         {"Why it happens", kind.cause},
         {"What it means", kind.explanation},
         {"What to do", kind.advice}}
    };
}

// Where the word that begins at `begin` ends: at a space outside of a code span.
std::size_t word_end(std::string_view text, std::size_t begin) {
    bool in_code = false;
    std::size_t end = begin;
    while (end < text.size() && (in_code || text[end] != ' ')) {
        if (text[end] == '`') in_code = !in_code;
        ++end;
    }
    return end;
}

// Lines of at most `columns` with `indent` in front; a longer word has a line of its own.
std::string wrap(std::string_view text, std::string_view indent, std::size_t columns) {
    std::string result;
    std::size_t used = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = word_end(text, begin);
        const std::string_view word = text.substr(begin, end - begin);
        if (used != 0 && used + 1 + word.size() <= columns) {
            result += ' ';
            used += 1 + word.size();
        } else {
            if (used != 0) result += '\n';
            result += indent;
            used = indent.size() + word.size();
        }
        result += word;
        begin = end + 1;
    }
    return result + '\n';
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0U : 1U);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row[b.size()];
}

// People type codes as they saw enumerators or headings: `Diff_Empty`.
std::string normalised(std::string_view typo) {
    std::string result(typo);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '_' || c == ' ') c = '-';
    }
    return result;
}

std::size_t widest(std::string_view DamageKind::* field) {
    std::size_t width = 0;
    for (const DamageKind& kind : all_damage())
        width = std::max(width, (kind.*field).size());
    return width;
}

std::string padded(std::string_view text, std::size_t width) {
    std::string result(text);
    result.resize(std::max(width, text.size()), ' ');
    return result;
}

}  // namespace

std::string explain_damage(const DamageKind& kind) {
    std::string headline(kind.code);
    headline.append(": ").append(kind.title);
    std::string facts = "Severity ";
    facts.append(to_text(kind.severity)).append(", level ").append(to_text(kind.level));
    facts.append(", repair class ").append(to_text(kind.repair));
    facts.append(", subject ").append(to_text(kind.subject));

    std::string result = wrap(headline, "", kTerminalColumns) + wrap(facts, "", kTerminalColumns);
    for (const Section& section : sections_of(kind)) {
        result.append("\n").append(section.heading).append("\n");
        result += wrap(section.text, kIndent, kTerminalColumns);
    }
    return result;
}

std::string explain_list() {
    std::vector<SubjectKind> subjects;  // as they first appear in the table: layers come first
    for (const DamageKind& kind : all_damage()) {
        if (std::ranges::find(subjects, kind.subject) == subjects.end()) subjects.push_back(kind.subject);
    }
    const std::size_t code_width = widest(&DamageKind::code);
    const std::size_t severity_width = to_text(Severity::warning).size();
    std::string result;
    for (const SubjectKind subject : subjects) {
        if (!result.empty()) result += '\n';
        result.append(to_text(subject)).append("\n");
        for (const DamageKind& kind : all_damage()) {
            if (kind.subject != subject) continue;
            result.append(kIndent).append(padded(kind.code, code_width)).append(kIndent);
            result.append(padded(to_text(kind.severity), severity_width)).append(kIndent);
            result.append(kind.title).append("\n");
        }
    }
    return result;
}

std::string explain_markdown(const DamageKind& kind) {
    std::string result = "<!-- Made from model/damage_table.cpp; change the text there. -->\n\n# ";
    result.append(kind.code).append("\n\n");
    result += wrap("**" + std::string(kind.title) + "**", "", kMarkdownColumns);
    result += "\n| severity | level | repair class | subject |\n|---|---|---|---|\n";
    result.append("| ").append(to_text(kind.severity)).append(" | ").append(to_text(kind.level));
    result.append(" | ").append(to_text(kind.repair)).append(" | ").append(to_text(kind.subject));
    result += " |\n";
    for (const Section& section : sections_of(kind)) {
        result.append("\n## ").append(section.heading).append("\n\n");
        result += wrap(section.text, "", kMarkdownColumns);
    }
    return result;
}

std::vector<std::string_view> nearest_codes(std::string_view typo) {
    constexpr std::size_t kMost = 3;
    // Longer input is no mistyped code, and the distance costs length times length.
    if (typo.empty() || typo.size() > 2 * widest(&DamageKind::code)) return {};
    const std::string wanted = normalised(typo);
    const std::size_t tolerated = std::max<std::size_t>(2, wanted.size() / 3);

    std::vector<std::pair<std::size_t, std::string_view>> near;
    for (const DamageKind& kind : all_damage()) {
        const std::size_t distance = edit_distance(wanted, kind.code);
        if (distance <= tolerated) near.emplace_back(distance, kind.code);
    }
    std::ranges::sort(near);
    std::vector<std::string_view> codes;
    for (std::size_t i = 0; i < std::min(kMost, near.size()); ++i)
        codes.push_back(near[i].second);
    return codes;
}

}  // namespace drydock
