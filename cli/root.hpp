// From what the user typed to an open data root: every way in which that can go wrong has one clear line.
#pragma once

#include "cli/command.hpp"
#include "platform/dir.hpp"
#include "scanner/scan.hpp"

#include <string>

namespace drydock {

inline constexpr const char* kDefaultRoot = "/var/lib/docker";
inline constexpr const char* kDaemonConfig = "/etc/docker/daemon.json";

// The data root that `daemon_config` names; "" where there is no such file or it names none.
[[nodiscard]] std::string configured_root(const std::string& daemon_config);

// ROOT or --root, absolute; else the default. Throws UsageError where both differ, and where neither is
// given and the daemon of this host is told to use another data root.
[[nodiscard]] std::string choose_root(const Arguments& arguments);

// Throws OperationalError where it is missing or no folder.
[[nodiscard]] ReadDir open_root(const std::string& root);

// The stores below `root`, of `driver` only if that is not empty. Throws OperationalError where nothing in
// it looks like a data root, or there is no store of that driver.
[[nodiscard]] RootSurvey find_stores(const Arguments& arguments, const ReadDir& root);

// What to say where `survey` has nothing to check; "" where it has.
[[nodiscard]] std::string nothing_to_check(const RootSurvey& survey, const std::string& root);

}  // namespace drydock
