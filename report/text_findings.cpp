// The findings of one store for people: a group for each kind of damage, the gravest first; in it whom it
// hurts, then where it lies, what is there and what should be, and whether it can be proven back. The
// many findings of one damaged layer are one entry.
#include "report/repair_summary.hpp"
#include "report/safe_text.hpp"
#include "report/text_parts.hpp"
#include "report/words.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace drydock {

namespace {

using Indices = std::vector<std::size_t>;

// Without --verbose: enough to recognise the damage, few enough to fit a screen.
constexpr std::size_t kEntriesShown = 10;
constexpr std::size_t kFilesShown = 3;
constexpr std::size_t kNamesShown = 6;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

// Findings that are shown as one.
struct Entry {
    Indices findings;
    std::uint64_t unlisted = 0;
};

struct Group {
    Damage damage{};
    Severity severity = Severity::note;
    std::vector<Entry> entries;
};

struct Collapse {
    Damage damage;
    std::string_view one;
    std::string_view many;
};

constexpr std::array kCollapses = {
    Collapse{Damage::content_file_missing, "file is gone", "files are gone"},
    Collapse{Damage::content_file_empty, "file lost its bytes", "files lost their bytes"},
    Collapse{Damage::content_file_changed, "file has other bytes", "files have other bytes"},
    Collapse{Damage::content_file_extra, "file is not of this layer", "files are not of this layer"},
    Collapse{Damage::content_type_changed, "entry is of another type", "entries are of another type"},
    Collapse{Damage::content_link_changed, "link leads elsewhere", "links lead elsewhere"},
    Collapse{
        Damage::content_attributes_changed, "entry has other attributes", "entries have other attributes"
    },
    Collapse{Damage::whiteout_missing, "whiteout is gone", "whiteouts are gone"},
    Collapse{Damage::opaque_missing, "opaque mark is gone", "opaque marks are gone"},
};

std::uint64_t unlisted_of(const StoreReport& store, const Finding& finding) {
    std::uint64_t count = 0;
    for (const UnlistedFindings& unlisted : store.unlisted) {
        const bool same = unlisted.subject == finding.subject && unlisted.damage == finding.damage;
        count += same ? unlisted.count : 0;
    }
    return count;
}

std::vector<Group> group(const StoreReport& store, const Indices& shown) {
    std::map<Damage, Group> groups;
    std::map<std::pair<Damage, Subject>, std::size_t> entry_of_layer;
    for (const std::size_t index : shown) {
        const Finding& finding = store.findings[index];
        Group& group = groups[finding.damage];
        group.damage = finding.damage;
        group.severity = std::max(group.severity, finding.effective_severity());
        if (!is_layer_content(finding.damage)) {
            group.entries.push_back({{index}, 0});
            continue;
        }
        const auto [known, added] =
            entry_of_layer.try_emplace({finding.damage, finding.subject}, group.entries.size());
        if (added) {
            group.entries.push_back({{}, unlisted_of(store, finding)});
        }
        group.entries[known->second].findings.push_back(index);
    }
    std::vector<Group> sorted;
    sorted.reserve(groups.size());
    for (auto& [damage, group] : groups) {
        sorted.push_back(std::move(group));
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](const Group& a, const Group& b) {
        return a.severity > b.severity;
    });
    return sorted;
}

// "/etc/hosts" of "overlay2/<id>/diff/etc/hosts" or of "etc/hosts": the name inside the layer.
std::string name_in_layer(std::string_view path) {
    constexpr std::string_view kDiff = "/diff/";
    const std::size_t at = path.find(kDiff);
    if (at != std::string_view::npos) {
        return terminal_text(path.substr(at + kDiff.size() - 1));
    }
    return terminal_text(path.starts_with('/') ? std::string(path) : '/' + std::string(path));
}

// What would be taken away together, where that is more than the place of the finding, and the room it takes.
void write_room(const Evidence& evidence, std::size_t indent, TextWriter& text) {
    if (evidence.takes.size() > 1) {
        std::vector<std::string> takes;
        takes.reserve(evidence.takes.size());
        for (const std::string& path : evidence.takes) {
            takes.push_back(terminal_text(path));
        }
        text.row(indent, "takes", join_some(takes, kAll));
    }
    if (evidence.frees) {
        text.row(indent, "frees", format_bytes(*evidence.frees));
    }
}

void write_evidence(const Finding& finding, std::size_t indent, TextWriter& text) {
    const Evidence& evidence = finding.evidence;
    if (evidence.expected) {
        text.row(indent, "expected", terminal_text(*evidence.expected));
    }
    if (evidence.actual) {
        text.row(indent, "found", terminal_text(*evidence.actual));
    }
    if (evidence.detail) {
        text.row(indent, "detail", terminal_text(*evidence.detail));
    }
    if (!evidence.peers.empty()) {
        std::vector<std::string> peers;
        peers.reserve(evidence.peers.size());
        for (const std::string& peer : evidence.peers) {
            peers.push_back(is_layer_content(finding.damage) ? name_in_layer(peer) : terminal_text(peer));
        }
        text.row(indent, "also", join_some(peers, text.style().verbose ? kAll : kNamesShown));
    }
    write_room(evidence, indent, text);
}

void write_files(const StoreReport& store, const Entry& entry, TextWriter& text) {
    if (text.style().verbose) {
        for (const std::size_t index : entry.findings) {
            text.row(4, "at", terminal_text(store.findings[index].path));
            write_evidence(store.findings[index], 6, text);
        }
        if (entry.unlisted > 0) {
            text.row(4, "", "and " + std::to_string(entry.unlisted) + " more that are counted only");
        }
        return;
    }
    std::string files;
    const std::size_t shown = std::min(entry.findings.size(), kFilesShown);
    for (std::size_t i = 0; i < shown; ++i) {
        files += (i > 0 ? ", " : "") + name_in_layer(store.findings[entry.findings[i]].path);
    }
    const std::uint64_t more = entry.findings.size() - shown + entry.unlisted;
    if (more > 0) {
        files += ", ... and " + std::to_string(more) + " more; --verbose lists all";
    }
    text.row(4, "files", files);
}

std::string head_of(const StoreReport& store, const Entry& entry) {
    const Finding& first = store.findings[entry.findings.front()];
    std::string head = subject_text(store, entry.findings.front());
    const auto words = std::find_if(kCollapses.begin(), kCollapses.end(), [&first](const Collapse& row) {
        return row.damage == first.damage;
    });
    if (words != kCollapses.end()) {
        head += ": " + count_of(entry.findings.size() + entry.unlisted, words->one, words->many);
    }
    return head;
}

void write_entry(const StoreReport& store, const Entry& entry, TextWriter& text) {
    const std::size_t index = entry.findings.front();
    const Finding& finding = store.findings[index];
    text.paragraph(2, 4, head_of(store, entry));
    if (index < store.victims.size()) {
        const std::size_t most = text.style().verbose ? kAll : kNamesShown;
        text.row(4, "hurts", victims_text(store, *store.victims[index], most));
    }
    if (entry.findings.size() + entry.unlisted > 1) {
        write_files(store, entry, text);
    } else {
        if (!finding.path.empty()) {
            text.row(4, "at", terminal_text(finding.path));
        }
        write_evidence(finding, 4, text);
    }
    if (finding.verdict == Verdict::undetermined) {
        text.row(4, "verdict", "undetermined: this is not proven to be damage");
    }
    text.row(4, "repair", terminal_text(repair_summary(finding)));
}

Paint paint_of(Severity severity) {
    switch (severity) {
    case Severity::note:
        return Paint::strong;
    case Severity::warning:
        return Paint::warning;
    case Severity::error:
    case Severity::fatal:
        return Paint::bad;
    }
    return Paint::plain;
}

void write_group(const StoreReport& store, const Group& group, TextWriter& text) {
    const DamageKind& kind = describe(group.damage);
    text.blank();
    text.paragraph(
        0,
        2,
        std::string(kind.title) + " (" + std::string(kind.code) + ", " +
            std::string(to_text(group.severity)) + ')',
        paint_of(group.severity)
    );
    if (text.style().verbose) {
        text.row(2, "Docker", kind.symptom);
        text.row(2, "cause", kind.cause);
    }
    const std::size_t most = text.style().verbose ? kAll : kEntriesShown;
    for (std::size_t i = 0; i < std::min(group.entries.size(), most); ++i) {
        write_entry(store, group.entries[i], text);
    }
    if (group.entries.size() > most) {
        text.line(2, "... and " + std::to_string(group.entries.size() - most) + " more; --verbose lists all");
    }
}

void write_notes_line(const std::map<Damage, std::uint64_t>& notes, TextWriter& text) {
    std::uint64_t total = 0;
    std::vector<std::string> kinds;
    for (const auto& [damage, count] : notes) {
        total += count;
        kinds.push_back(std::string(describe(damage).code) + ' ' + std::to_string(count));
    }
    text.blank();
    text.paragraph(
        0,
        2,
        count_of(total, "note") + ", odd and harmless (" + join_some(kinds, kAll) + "); --verbose shows " +
            (total == 1 ? "it" : "them")
    );
}

}  // namespace

void write_findings(const StoreReport& store, const Indices& shown, TextWriter& text) {
    Indices grave;
    std::map<Damage, std::uint64_t> notes;
    for (const std::size_t index : shown) {
        const Finding& finding = store.findings[index];
        const bool note =
            finding.effective_severity() == Severity::note && finding.verdict == Verdict::damaged;
        if (note && !text.style().verbose) {
            ++notes[finding.damage];
        } else {
            grave.push_back(index);
        }
    }
    for (const Group& part : group(store, grave)) {
        write_group(store, part, text);
    }
    if (!notes.empty()) {
        write_notes_line(notes, text);
    }
}

}  // namespace drydock
