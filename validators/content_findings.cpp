#include "validators/content_findings.hpp"

#include <algorithm>

namespace drydock {

Finding* ContentFindings::add(Damage damage, const std::string& name, std::optional<Severity> severity) {
    ++total_;
    if (full()) {
        ++unlisted_[{damage, severity.value_or(describe(damage).severity)}];
        return nullptr;
    }
    Finding finding{
        .damage = damage,
        .subject = subject_,
        .path = path_of(name),
    };
    finding.severity = severity;
    return &findings_.emplace_back(std::move(finding));
}

std::vector<UnlistedFindings> ContentFindings::unlisted() const {
    std::vector<UnlistedFindings> result;
    result.reserve(unlisted_.size());
    for (const auto& [kind, count] : unlisted_) {
        result.push_back({.subject = subject_, .damage = kind.first, .severity = kind.second, .count = count}
        );
    }
    return result;
}

std::vector<Finding> ContentFindings::take() {
    std::sort(findings_.begin(), findings_.end(), report_order);
    if (total_ > findings_.size()) {
        findings_.back().evidence.detail =
            "the last one listed of " + std::to_string(total_) + " findings of this layer";
    }
    return std::move(findings_);
}

}  // namespace drydock
