// Reading a store whose daemon is alive: what is seen may be half of a change. A finding counts as damage
// only if a second reading a second later agrees and everything it names is older than the daemon.
#pragma once

#include "cli/check_store.hpp"
#include "scanner/daemon_probe.hpp"

#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace drydock {

using LiveDaemons = std::map<std::string, LiveDaemon>;  // by the store's path

[[nodiscard]] LiveDaemons find_live_daemons(const ReadDir& root, const std::vector<StoreLocation>& stores);

// "a daemon is at work on this root (process 812 holds volumes/metadata.db): ..."
[[nodiscard]] std::string describe_live(const std::string& store, const LiveDaemon& daemon);

// Turns findings of `first` that `second` does not confirm, or whose objects are not older than the
// daemon, into undetermined ones.
void confirm_findings(
    CheckedStore& first, const CheckedStore& second, const LiveDaemon& daemon, const ReadDir& root
);

// Waits a second, or less where a stop is requested.
void wait_before_second_reading(const std::stop_token& stop);

}  // namespace drydock
