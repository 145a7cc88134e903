#include "report/plan_text.hpp"

#include "report/safe_text.hpp"
#include "report/text_parts.hpp"
#include "report/words.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace drydock {

namespace {

constexpr std::size_t kShown = 10;

using Steps = std::vector<const PlanStep*>;

enum class Part : std::uint8_t { comes_back, set_aside, removed };

// A tag goes by writing a file without it.
Part part_of(const PlanStep& step) {
    if (step.action == PlanAction::remove) return Part::removed;
    const bool aside = step.action == PlanAction::set_aside || step.repair == RepairClass::quarantine;
    return aside ? Part::set_aside : Part::comes_back;
}

Steps steps_of(const Plan& plan, Part part) {
    Steps steps;
    for (const PlanStep& step : plan.steps) {
        if (part_of(step) == part) steps.push_back(&step);
    }
    return steps;
}

std::string subject_of(const PlanStep& step) {
    return std::string(to_text(step.subject.kind)) + ' ' + terminal_text(short_id(step.subject.id));
}

void write_step(const PlanStep& step, TextWriter& text) {
    text.paragraph(2, 4, subject_of(step) + ": " + std::string(describe(step.damage).code));
    text.row(4, "at", terminal_text(step.path));
    if (step.witness) text.row(4, "proof", terminal_text(*step.witness));
    if (step.loss) text.row(4, "loss", terminal_text(*step.loss));
    if (step.frees) text.row(4, "frees", format_bytes(*step.frees));
}

void write_more(std::size_t more, TextWriter& text) {
    if (more > 0) text.line(2, "... and " + std::to_string(more) + " more; --verbose lists all");
}

std::size_t most_of(const TextWriter& text, std::size_t all) {
    return text.style().verbose ? all : std::min(all, kShown);
}

void write_steps(const Steps& steps, const std::string& title, TextWriter& text) {
    if (steps.empty()) return;
    text.blank();
    text.paragraph(0, 2, title, Paint::strong);
    const std::size_t most = most_of(text, steps.size());
    for (std::size_t i = 0; i < most; ++i) {
        write_step(*steps[i], text);
    }
    write_more(steps.size() - most, text);
}

std::string removed_title(const Steps& steps) {
    std::uint64_t bytes = 0;
    for (const PlanStep* step : steps)
        bytes += step->frees.value_or(0);
    return "Removed, as it belongs to nobody: " + count_of(steps.size(), "object") + ", " +
           format_bytes(bytes);
}

std::string image_text(const ImageLoss& loss) {
    std::vector<std::string> refs;
    refs.reserve(loss.refs.size());
    for (const std::string& ref : loss.refs)
        refs.push_back(terminal_text(ref));
    const std::string id = terminal_text(short_id(loss.image));
    return refs.empty() ? id : join_some(refs, refs.size()) + " (" + id + ')';
}

void write_losses(const std::vector<ImageLoss>& losses, const std::string& title, TextWriter& text) {
    if (losses.empty()) return;
    text.blank();
    text.paragraph(0, 2, title, Paint::strong);
    const std::size_t most = most_of(text, losses.size());
    for (std::size_t i = 0; i < most; ++i) {
        text.line(2, image_text(losses[i]));
    }
    write_more(losses.size() - most, text);
}

void write_hidden(const std::vector<HiddenContainer>& hidden, TextWriter& text) {
    if (hidden.empty()) return;
    text.blank();
    text.paragraph(
        0,
        2,
        "Not shown by docker ps until the image is there again and dockerd was restarted; what these "
        "containers have written stays where it is",
        Paint::strong
    );
    for (const HiddenContainer& container : hidden) {
        text.paragraph(
            2,
            4,
            "container " + terminal_text(container.name) + " (" + terminal_text(short_id(container.id)) + ')'
        );
        if (!container.writable_path.empty()) text.row(4, "written", terminal_text(container.writable_path));
    }
}

// One line for each code and reason: a thousand orphans stay for the same one.
void write_refusals(const std::vector<PlanRefusal>& refused, TextWriter& text) {
    if (refused.empty()) return;
    std::map<std::pair<std::string_view, std::string>, std::vector<const PlanRefusal*>> groups;
    for (const PlanRefusal& refusal : refused) {
        groups[{describe(refusal.damage).code, refusal.reason}].push_back(&refusal);
    }
    text.blank();
    text.line(0, "Stays", Paint::strong);
    for (const auto& [key, members] : groups) {
        const PlanRefusal& first = *members.front();
        const std::string head =
            std::string(key.first) +
            (members.size() > 1 ? " (" + std::to_string(members.size()) + ')' : std::string());
        text.paragraph(2, 4, head + ": " + terminal_text(key.second));
        if (!text.style().verbose) {
            if (members.size() == 1 && !first.path.empty()) text.row(4, "at", terminal_text(first.path));
            continue;
        }
        for (const PlanRefusal* member : members) {
            text.row(4, "at", terminal_text(member->path));
        }
    }
}

void write_forgotten(const RepairReport& report, TextWriter& text) {
    if (report.forgotten.empty()) return;
    text.paragraph(
        0,
        2,
        "What belonged to nobody was taken away by transaction " + report.forgotten +
            ". Its space was freed; that part cannot be undone.",
        Paint::good
    );
}

void write_left(const RepairReport& report, TextWriter& text) {
    RunReport left = report.check;
    left.stores = report.left();
    for (const StoreReport& store : left.stores) {
        text.paragraph(0, 2, store_name(store) + ": now " + verdict_text(store, left));
    }
    if (!text.style().quiet) write_what_next(left, text);
}

}  // namespace

void write_plan_text(const RepairReport& report, std::ostream& out, const TextStyle& style) {
    if (style.quiet) return;
    TextWriter text(out, style);
    const Plan& plan = report.plan;
    if (!plan.steps.empty()) {
        text.blank();
        text.line(0, "The plan", Paint::strong);
    }
    write_steps(steps_of(plan, Part::comes_back), "Comes back", text);
    write_steps(steps_of(plan, Part::set_aside), "Set aside, until `drydock undo` or `undo --forget`", text);
    const Steps removed = steps_of(plan, Part::removed);
    write_steps(removed, removed_title(removed), text);
    write_losses(plan.repull, "Must be pulled again", text);
    write_losses(plan.lost, "Lost, as no registry is known: build again, or load from an archive", text);
    write_hidden(plan.hidden, text);
    write_refusals(plan.refused, text);
    if (plan.empty()) {
        text.blank();
        text.line(0, plan.refused.empty() ? "Nothing to do." : "Nothing to do about what was found.");
    }
}

void write_outcome_text(const RepairReport& report, std::ostream& out, const TextStyle& style) {
    TextWriter text(out, style);
    if (!report.check.complete) return;
    switch (report.state) {
    case TransactionState::none:
    case TransactionState::interrupted:
        if (!report.plan.empty()) {
            if (!style.quiet) text.blank();
            text.line(0, "Nothing was changed.");
        }
        return;
    case TransactionState::rolled_back:
        if (!style.quiet) text.blank();
        for (const std::string& notice : report.check.notices) {
            text.paragraph(0, 2, terminal_text(notice), Paint::bad);
        }
        write_forgotten(report, text);
        if (!report.forgotten.empty()) write_left(report, text);
        return;
    case TransactionState::committed:
        break;
    }
    if (!style.quiet) text.blank();
    write_forgotten(report, text);
    if (report.transaction != report.forgotten) {
        text.line(0, "Repaired by transaction " + report.transaction + ". To take it back:", Paint::good);
        text.line(2, "drydock undo --id " + report.transaction + ' ' + terminal_text(report.check.root));
    }
    write_left(report, text);
}

}  // namespace drydock
