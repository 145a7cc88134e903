// The exit status of a run, as a sum of bits. It is computed from the report alone, so that the
// status and the report never disagree; operational errors that leave no report are the caller's.
#include "model/run_report.hpp"

namespace drydock {

namespace {

constexpr int kDamageLeft = 4;
constexpr int kOperational = 8;  // something could not be judged, too
constexpr int kNotComplete = 32;

int bits_of(const Finding& finding) {
    switch (finding.verdict) {
    case Verdict::sound:
        return 0;
    case Verdict::damaged:
        return finding.effective_severity() >= Severity::warning ? kDamageLeft : 0;
    case Verdict::undetermined:
        return kOperational;
    }
    return kOperational;
}

}  // namespace

int exit_code(const RunReport& report) {
    int bits = report.complete ? 0 : kNotComplete;
    for (const StoreReport& store : report.stores) {
        if (store.verdict == Verdict::undetermined) bits |= kOperational;
        for (const Finding& finding : store.findings) {
            bits |= bits_of(finding);
        }
        for (const UnlistedFindings& group : store.unlisted) {
            if (group.damage == Damage::unreadable) {
                bits |= kOperational;
            } else if (group.severity >= Severity::warning) {
                bits |= kDamageLeft;
            }
        }
    }
    return bits;
}

}  // namespace drydock
