// See text.hpp. Order of the whole: notices, verdicts, findings, what next.
#include "report/text.hpp"

#include "report/safe_text.hpp"
#include "report/text_parts.hpp"
#include "report/words.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace drydock {

namespace {

using Indices = std::vector<std::size_t>;

Indices all_findings(const StoreReport& store) {
    Indices indices(store.findings.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    return indices;
}

auto identity(const Finding& finding) {
    const Evidence& evidence = finding.evidence;
    return std::tie(
        finding.damage, finding.subject, finding.path, evidence.expected, evidence.actual, evidence.detail
    );
}

// Those that the early part did not show in the same words.
Indices new_findings(const StoreReport& store, const RunReport& metadata) {
    const auto early =
        std::find_if(metadata.stores.begin(), metadata.stores.end(), [&store](const StoreReport& other) {
            return other.path == store.path && other.driver == store.driver;
        });
    if (early == metadata.stores.end()) {
        return all_findings(store);
    }
    std::set<decltype(identity(std::declval<const Finding&>()))> known;
    for (const Finding& finding : early->findings) {
        known.insert(identity(finding));
    }
    Indices indices;
    for (std::size_t i = 0; i < store.findings.size(); ++i) {
        if (!known.contains(identity(store.findings[i]))) {
            indices.push_back(i);
        }
    }
    return indices;
}

std::string contents_text(const StoreReport& store) {
    return count_of(store.images, "image") + ", " + count_of(store.tags, "tag") + ", " +
           count_of(store.layers, "layer") + ", " + count_of(store.containers, "container") + ", " +
           count_of(store.driver_directories, "driver directory", "driver directories");
}

void write_notices(const RunReport& report, TextWriter& text) {
    for (const std::string& notice : report.notices) {
        text.paragraph(0, 2, terminal_text(notice), Paint::strong);
    }
    if (!report.complete) {
        text.paragraph(
            0,
            2,
            "cancelled: the check did not reach its end; what follows is what it had found until then",
            Paint::bad
        );
    }
}

Paint paint_of(const StoreReport& store) {
    if (!store.checked) {
        return Paint::warning;
    }
    switch (store.verdict) {
    case Verdict::sound:
        return Paint::good;
    case Verdict::damaged:
        return Paint::bad;
    case Verdict::undetermined:
        return Paint::warning;
    }
    return Paint::plain;
}

void write_verdicts(const RunReport& report, TextWriter& text) {
    for (const StoreReport& store : report.stores) {
        text.paragraph(0, 2, store_name(store) + ": " + verdict_text(store, report), paint_of(store));
        if (store.checked && store.verdict != Verdict::sound && !text.style().quiet) {
            text.paragraph(2, 2, contents_text(store), Paint::faint);
        }
    }
}

template <class Select>
void write_stores(const RunReport& report, TextWriter& text, Select select) {
    for (const StoreReport& store : report.stores) {
        const Indices shown = select(store);
        if (shown.empty()) {
            continue;
        }
        if (report.stores.size() > 1) {
            text.blank();
            text.line(0, "In the " + store_name(store), Paint::strong);
        }
        write_findings(store, shown, text);
    }
}

}  // namespace

void write_text(const RunReport& report, std::ostream& out, const TextStyle& style) {
    TextWriter text(out, style);
    write_notices(report, text);
    write_verdicts(report, text);
    if (!style.quiet) {
        write_stores(report, text, all_findings);
        if (!report.is_part) write_what_next(report, text);
    }
}

void write_text_early(const RunReport& metadata, std::ostream& out, const TextStyle& style) {
    if (style.quiet) {
        return;
    }
    TextWriter text(out, style);
    write_notices(metadata, text);
    bool any = false;
    for (const StoreReport& store : metadata.stores) {
        any = any || !store.findings.empty();
        text.paragraph(0, 2, store_name(store) + ": metadata read: " + contents_text(store), Paint::strong);
    }
    text.paragraph(0, 2, any ? "The metadata pass found:" : "The metadata pass found no damage.");
    write_stores(metadata, text, all_findings);
    text.blank();
}

void write_text_late(
    const RunReport& report, const RunReport& metadata, std::ostream& out, const TextStyle& style
) {
    if (style.quiet) {
        write_text(report, out, style);
        return;
    }
    TextWriter text(out, style);
    RunReport late_notices;
    late_notices.complete = report.complete;
    for (const std::string& notice : report.notices) {
        if (std::find(metadata.notices.begin(), metadata.notices.end(), notice) == metadata.notices.end()) {
            late_notices.notices.push_back(notice);
        }
    }
    write_notices(late_notices, text);
    write_verdicts(report, text);
    write_stores(report, text, [&metadata](const StoreReport& store) {
        return new_findings(store, metadata);
    });
    if (!report.is_part) write_what_next(report, text);
}

}  // namespace drydock
