#include "cli/live_root.hpp"

#include "validators/validate.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <tuple>

namespace drydock {

namespace {

using Key = std::tuple<Damage, Subject, std::string>;

Key key_of(const Finding& finding) {
    return {finding.damage, finding.subject, finding.path};
}

// Without a start time nothing is known to be older than the daemon.
bool older_than(const LiveDaemon& daemon, const ReadDir& root, const std::string& path) {
    return daemon.start && !path.empty() && !changed_since(root, path, *daemon.start);
}

}  // namespace

LiveDaemons find_live_daemons(const ReadDir& root, const std::vector<StoreLocation>& stores) {
    LiveDaemons result;
    for (const StoreLocation& store : stores) {
        if (result.contains(store.path)) continue;
        const auto below = store.path == "." ? std::nullopt : root.find(store.path);
        if (auto daemon = find_live_daemon(below ? *below : root)) result.emplace(store.path, *daemon);
    }
    return result;
}

std::string describe_live(const std::string& store, const LiveDaemon& daemon) {
    std::string text = "a daemon is at work on this root (";
    if (daemon.pid) text += "process " + std::to_string(*daemon.pid) + " holds ";
    text += store == "." ? daemon.locked : store + "/" + daemon.locked;
    text += daemon.pid ? ")" : " is locked)";
    text +=
        ": what it is changing now cannot be judged; for a full check stop docker.socket and docker first";
    return text;
}

void confirm_findings(
    CheckedStore& first, const CheckedStore& second, const LiveDaemon& daemon, const ReadDir& root
) {
    std::set<Key> again;
    for (const Finding& finding : second.report.findings) {
        again.insert(key_of(finding));
    }
    for (Finding& finding : first.report.findings) {
        // A note claims no damage: that both readings have it is enough.
        const bool note = finding.effective_severity() == Severity::note;
        if (again.contains(key_of(finding)) && (note || older_than(daemon, root, finding.path))) continue;
        finding.verdict = Verdict::undetermined;
    }
    settle(*first.graph, first.report);
}

void wait_before_second_reading(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
}

}  // namespace drydock
