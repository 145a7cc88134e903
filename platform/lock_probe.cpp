#include "platform/lock_probe.hpp"

#include <sys/file.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace drydock {

namespace {

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> result;
    for (std::string word; in >> word;) {
        result.push_back(word);
    }
    return result;
}

std::optional<std::int64_t> number(std::string_view text, int base = 10) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// "fd:00:1234": major and minor in hexadecimal, inode in decimal.
bool names_file(const std::string& place, const FileStat& file) {
    const std::size_t first = place.find(':');
    const std::size_t second = place.rfind(':');
    if (first == std::string::npos || first == second) return false;
    const auto major_part = number(std::string_view(place).substr(0, first), 16);
    const auto minor_part = number(std::string_view(place).substr(first + 1, second - first - 1), 16);
    const auto inode = number(std::string_view(place).substr(second + 1));
    return major_part && minor_part && inode &&
           *major_part == static_cast<std::int64_t>(major(file.device)) &&
           *minor_part == static_cast<std::int64_t>(minor(file.device)) &&
           *inode == static_cast<std::int64_t>(file.inode);
}

// proc(5): "btime" of /proc/stat, seconds since the epoch.
std::optional<std::int64_t> boot_time() {
    std::ifstream in("/proc/stat");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("btime ")) return number(std::string_view(line).substr(6));
    }
    return std::nullopt;
}

// proc(5): field 22 of /proc/<pid>/stat, ticks since boot; fields count from after the name's ")".
std::optional<std::int64_t> start_time(std::int64_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    if (!std::getline(in, line) || line.rfind(')') == std::string::npos) return std::nullopt;
    constexpr std::size_t kStartField = 19;
    const auto fields = words_of(line.substr(line.rfind(')') + 1));
    const auto boot = boot_time();
    const auto ticks = fields.size() > kStartField ? number(fields[kStartField]) : std::nullopt;
    const long rate = ::sysconf(_SC_CLK_TCK);
    if (!boot || !ticks || rate <= 0) return std::nullopt;
    return *boot + *ticks / rate;
}

}  // namespace

LockState probe_lock(const ReadFile& file) {
    if (::flock(file.fd(), LOCK_SH | LOCK_NB) == 0) {
        return ::flock(file.fd(), LOCK_UN) == 0 ? LockState::unlocked : LockState::unknown;
    }
    return errno == EWOULDBLOCK ? LockState::held : LockState::unknown;
}

std::optional<ProcessClock> find_lock_holder(const FileStat& file) {
    std::ifstream in("/proc/locks");
    for (std::string line; std::getline(in, line);) {
        // "1: FLOCK  ADVISORY  WRITE 1234 fd:00:5678 0 EOF"; waiters have "->" behind the number
        const auto words = words_of(line);
        constexpr std::size_t kPid = 4;
        constexpr std::size_t kPlace = 5;
        if (words.size() <= kPlace || words[1] != "FLOCK" || !names_file(words[kPlace], file)) continue;
        const auto pid = number(words[kPid]);
        const auto start = pid && *pid > 0 ? start_time(*pid) : std::nullopt;
        if (start) return ProcessClock{.pid = *pid, .start = *start};
    }
    return std::nullopt;
}

}  // namespace drydock
