// The end of the text report: what to type next. A reference of the store becomes part of a command only
// if a shell takes it as one plain word; nothing here tells anybody to delete something.
#include "report/safe_text.hpp"
#include "report/text_parts.hpp"
#include "report/words.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace drydock {

namespace {

constexpr std::size_t kCodesShown = 5;
constexpr std::size_t kImagesShown = 50;

bool is_plain_reference(std::string_view reference) {
    const auto alnum = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    return !reference.empty() && alnum(reference.front()) &&
           std::all_of(reference.begin(), reference.end(), [&alnum](char c) {
               return alnum(c) || std::string_view("._-/:@").find(c) != std::string_view::npos;
           });
}

struct Facts {
    std::vector<const ImageLoss*> repull;
    std::vector<const ImageLoss*> lost;
    std::vector<std::string_view> codes;  // gravest first
    bool fatal = false;
    bool repairable = false;
    bool kept_by_pull = false;  // a layer that Docker lists and whose bytes are wrong
    bool io_errors = false;
    bool no_permission = false;
    std::uint64_t undetermined = 0;
};

bool mentions(const Finding& finding, std::string_view words) {
    const auto holds = [words](const std::optional<std::string>& text) {
        return text && text->find(words) != std::string::npos;
    };
    return holds(finding.evidence.detail) || holds(finding.evidence.actual);
}

void collect(const Finding& finding, Facts& facts) {
    if (finding.verdict == Verdict::undetermined) {
        ++facts.undetermined;
        facts.io_errors = facts.io_errors || mentions(finding, "input/output error");
        facts.no_permission = facts.no_permission || mentions(finding, "permission denied") ||
                              mentions(finding, "operation not permitted");
        return;
    }
    facts.fatal = facts.fatal || finding.effective_severity() == Severity::fatal;
    const RepairClass repair = finding.effective_repair();
    facts.repairable = facts.repairable || repair == RepairClass::rebuild ||
                       repair == RepairClass::quarantine || repair == RepairClass::reclaim ||
                       finding.subject.kind == SubjectKind::image;
    facts.kept_by_pull = facts.kept_by_pull || is_layer_content(finding.damage) ||
                         (finding.subject.kind == SubjectKind::layer &&
                          finding.effective_repair() == RepairClass::needs_donor);
}

Facts facts_of(const RunReport& report) {
    Facts facts;
    std::set<std::pair<int, std::string_view>> codes;
    for (const StoreReport& store : report.stores) {
        for (const ImageLoss& loss : store.repull) {
            facts.repull.push_back(&loss);
        }
        for (const ImageLoss& loss : store.lost) {
            facts.lost.push_back(&loss);
        }
        for (const Finding& finding : store.findings) {
            collect(finding, facts);
            const Severity severity = finding.effective_severity();
            if (store.checked && (severity > Severity::note || finding.verdict == Verdict::undetermined)) {
                codes.emplace(-static_cast<int>(severity), describe(finding.damage).code);
            }
        }
    }
    for (const auto& [rank, code] : codes) {
        if (std::find(facts.codes.begin(), facts.codes.end(), code) == facts.codes.end()) {
            facts.codes.push_back(code);
        }
    }
    return facts;
}

std::string image_text(const ImageLoss& loss) {
    std::vector<std::string> refs;
    refs.reserve(loss.refs.size());
    for (const std::string& ref : loss.refs) {
        refs.push_back(terminal_text(ref));
    }
    const std::string id = terminal_text(short_id(loss.image));
    return refs.empty() ? id : join_some(refs, refs.size()) + " (" + id + ')';
}

void write_repull(const Facts& facts, TextWriter& text) {
    const std::size_t most = text.style().verbose ? facts.repull.size() : kImagesShown;
    text.paragraph(
        2, 4, "To get the right bytes back, pull " + count_of(facts.repull.size(), "image") + " again:"
    );
    for (std::size_t i = 0; i < std::min(facts.repull.size(), most); ++i) {
        const ImageLoss& loss = *facts.repull[i];
        const auto plain = std::find_if(loss.refs.begin(), loss.refs.end(), is_plain_reference);
        if (plain == loss.refs.end()) {
            text.line(6, image_text(loss));
            continue;
        }
        std::string command = "docker pull " + *plain;
        std::vector<std::string> others;
        for (auto ref = loss.refs.begin(); ref != loss.refs.end(); ++ref) {
            if (ref != plain) {
                others.push_back(terminal_text(*ref));
            }
        }
        text.line(6, others.empty() ? command : command + "    # also " + join_some(others, others.size()));
    }
    if (facts.repull.size() > most) {
        text.line(6, "... and " + std::to_string(facts.repull.size() - most) + " more; --verbose lists all");
    }
    if (facts.kept_by_pull) {
        text.paragraph(
            4,
            4,
            "Docker does not fetch a layer that it already lists (\"Already exists\"), damaged or not. "
            "`drydock repair --evict-damaged` sets such layers aside first, with all that stands on them. "
            "Make sure that the registry still has the image."
        );
    }
}

void write_lost(const Facts& facts, TextWriter& text) {
    const std::size_t most = text.style().verbose ? facts.lost.size() : kImagesShown;
    text.paragraph(
        2,
        4,
        "No registry is known for " + count_of(facts.lost.size(), "damaged image") +
            ": build again, or load from an archive:"
    );
    for (std::size_t i = 0; i < std::min(facts.lost.size(), most); ++i) {
        text.line(6, image_text(*facts.lost[i]));
    }
    if (facts.lost.size() > most) {
        text.line(6, "... and " + std::to_string(facts.lost.size() - most) + " more; --verbose lists all");
    }
}

void write_undetermined(const Facts& facts, TextWriter& text) {
    if (facts.io_errors) {
        text.paragraph(
            2,
            4,
            "The medium gives I/O errors: check it before anything else (kernel log, `smartctl -a` of the "
            "disk), "
            "and write nothing to it until then."
        );
    }
    if (facts.no_permission) {
        text.paragraph(2, 4, "Some files may not be read by this user: run the check as root.");
    }
    if (!facts.io_errors && !facts.no_permission) {
        text.paragraph(
            2,
            4,
            count_of(facts.undetermined, "thing") + " could not be judged: remove the reason named above and "
                                                    "check again."
        );
    }
}

}  // namespace

void write_what_next(const RunReport& report, TextWriter& text) {
    const Facts facts = facts_of(report);
    if (facts.codes.empty() && facts.repull.empty() && facts.lost.empty()) {
        return;
    }
    text.blank();
    text.line(0, "What next", Paint::strong);
    if (facts.undetermined > 0) {
        write_undetermined(facts, text);
    }
    if (facts.fatal) {
        text.paragraph(
            2,
            4,
            "Fatal damage keeps dockerd from starting, or destroys data when it next stops or removes a "
            "layer: "
            "copy what must not be lost before you start or stop it."
        );
    }
    if (facts.repairable) {
        text.paragraph(2, 4, "What comes back, what would be set aside, and what stays:");
        text.line(6, "drydock repair -n " + terminal_text(report.root));
    }
    if (!facts.repull.empty()) {
        write_repull(facts, text);
    }
    if (!facts.lost.empty()) {
        write_lost(facts, text);
    }
    if (report.level == Level::metadata) {
        text.paragraph(
            2, 4, "No byte of a layer was read. To verify the content too, leave out --level metadata."
        );
    }
    if (!facts.codes.empty()) {
        text.paragraph(2, 4, "Cause, symptoms and remedy of a code:");
        for (std::size_t i = 0; i < std::min(facts.codes.size(), kCodesShown); ++i) {
            text.line(6, "drydock explain " + std::string(facts.codes[i]));
        }
        if (facts.codes.size() > kCodesShown) {
            text.line(6, "drydock explain --list");
        }
    }
}

}  // namespace drydock
