#include "scanner/daemon_process.hpp"

#include "platform/processes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <string_view>
#include <vector>

namespace drydock {

namespace {

constexpr std::string_view kDaemon = "dockerd";
constexpr const char* kPidFile = "/var/run/docker.pid";
constexpr std::array<std::string_view, 3> kRootOptions = {"--data-root", "--graph", "-g"};

// Of this host; nullopt where there is none.
std::optional<std::int64_t> pid_of_file() {
    std::ifstream in(kPidFile);
    std::string text;
    std::int64_t pid = 0;
    if (!(in >> text)) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
    return error == std::errc() ? std::optional(pid) : std::nullopt;
}

// The folders that the words name as data root.
std::vector<std::string> roots_in(const std::vector<std::string>& words) {
    std::vector<std::string> roots;
    for (std::size_t i = 1; i < words.size(); ++i) {
        for (const std::string_view option : kRootOptions) {
            if (words[i] == option && i + 1 < words.size()) roots.push_back(words[i + 1]);
            const std::string with_value = std::string(option) + '=';
            if (words[i].starts_with(with_value)) roots.push_back(words[i].substr(with_value.size()));
        }
    }
    return roots;
}

// What of `path` lies below the root: "" is the root itself, nullopt elsewhere.
std::optional<std::string> below_root(std::int64_t pid, const std::string& path, const FileIdentity& root) {
    for (std::size_t end = path.size(); end > 0 && end != std::string::npos; end = path.rfind('/', end - 1)) {
        if (identity_for(pid, path.substr(0, end)) == root) {
            return path.substr(std::min(end + 1, path.size()));
        }
    }
    return std::nullopt;
}

std::optional<std::string> why_daemon(std::int64_t pid, const FileIdentity& root) {
    for (const std::string& typed : roots_in(process_words(pid))) {
        if (typed.starts_with('/') && identity_for(pid, typed) == root) {
            return "was started with this data root";
        }
    }
    for (const std::string& path : open_paths(pid)) {
        if (const auto name = below_root(pid, path, root)) {
            return "has " + (name->empty() ? std::string("this folder") : *name) + " open";
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<DaemonProcess> find_daemon_process(const ReadDir& root) {
    const FileStat stat = root.stat();
    const FileIdentity identity{.device = stat.device, .inode = stat.inode};
    const std::optional<std::int64_t> told = pid_of_file();
    for (const std::int64_t pid : other_processes()) {
        if (process_name(pid) != kDaemon && pid != told) continue;
        if (const auto why = why_daemon(pid, identity)) return DaemonProcess{.pid = pid, .why = *why};
    }
    return std::nullopt;
}

}  // namespace drydock
