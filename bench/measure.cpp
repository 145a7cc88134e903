// Runs commands in turn, round after round, and prints what each of them cost, as tab-separated lines:
//
//   NAME  rounds  wall-ms min median max  user-ms median  system-ms median  peak-KiB max
//
//   measure [--rounds N] [--daemon PID] --case NAME COMMAND ARGUMENT... [--case NAME COMMAND ...]
//
// In turn, because two runs a minute apart on a shared machine are not comparable. One round before the
// first warms the caches and is not counted. With --daemon the time and the peak memory are those of that
// process (a docker client does no work itself). A command that fails ends everything: its figure would be
// a lie. Standard output of the commands is dropped, so that no terminal is measured.

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr unsigned kDefaultRounds = 7;

struct Cost {
    double wall_ms = 0;
    double user_ms = 0;
    double system_ms = 0;
    long peak_kib = 0;
};

struct Case {
    std::string name;
    std::vector<char*> command;
    std::vector<Cost> rounds;
};

struct Request {
    unsigned rounds = kDefaultRounds;
    std::string daemon;
    std::vector<Case> cases;
};

[[noreturn]] void leave(const std::string& message) {
    std::cerr << "measure: " << message << '\n';
    std::exit(1);
}

double milliseconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1000 + static_cast<double>(time.tv_usec) / 1000;
}

// User and system time of a running process and of its reaped children: fields 14 to 17 of its stat line,
// counted behind the command's name, which may itself hold spaces.
Cost daemon_times(const std::string& pid) {
    std::string line;
    std::getline(std::ifstream{"/proc/" + pid + "/stat"}, line);
    std::istringstream fields{line.substr(std::min(line.size(), line.rfind(')') + 1))};
    std::string skipped;
    for (int field = 3; field < 14; ++field) {
        fields >> skipped;
    }
    double user = 0;
    double system = 0;
    double child_user = 0;
    double child_system = 0;
    if (!(fields >> user >> system >> child_user >> child_system)) {
        leave("no process " + pid);
    }
    const double tick_ms = 1000.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
    return {0, (user + child_user) * tick_ms, (system + child_system) * tick_ms, 0};
}

long daemon_peak_kib(const std::string& pid) {
    std::ifstream status{"/proc/" + pid + "/status"};
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) {
            return std::strtol(line.c_str() + 6, nullptr, 10);
        }
    }
    leave("no process " + pid);
}

Cost run_once(const Case& item) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    const auto start = std::chrono::steady_clock::now();
    pid_t child = 0;
    const int error =
        ::posix_spawnp(&child, item.command.front(), &actions, nullptr, item.command.data(), environ);
    if (error != 0) {
        leave(std::string{item.command.front()} + ": " + std::strerror(error));
    }
    int status = 0;
    rusage usage = {};
    if (::wait4(child, &status, 0, &usage) != child) {
        leave("wait: " + std::string{std::strerror(errno)});
    }
    const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - start;
    posix_spawn_file_actions_destroy(&actions);
    if (WIFSIGNALED(status)) {
        leave(item.name + " ended by signal " + std::to_string(WTERMSIG(status)));
    }
    if (WEXITSTATUS(status) != 0) {
        leave(item.name + " failed with status " + std::to_string(WEXITSTATUS(status)));
    }
    return {wall.count(), milliseconds(usage.ru_utime), milliseconds(usage.ru_stime), usage.ru_maxrss};
}

Cost run_through_daemon(const Case& item, const std::string& pid) {
    // "5" sets the high-water mark back to the present size.
    std::ofstream{"/proc/" + pid + "/clear_refs"} << "5\n";
    const Cost before = daemon_times(pid);
    const Cost client = run_once(item);
    const Cost after = daemon_times(pid);
    return {
        client.wall_ms,
        after.user_ms - before.user_ms,
        after.system_ms - before.system_ms,
        daemon_peak_kib(pid)
    };
}

template <typename Part>
double median(const std::vector<Cost>& rounds, Part part) {
    std::vector<double> values;
    for (const Cost& cost : rounds) {
        values.push_back(cost.*part);
    }
    std::sort(values.begin(), values.end());
    return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

void print(const Case& item) {
    const auto [least, most] =
        std::minmax_element(item.rounds.begin(), item.rounds.end(), [](const Cost& left, const Cost& right) {
            return left.wall_ms < right.wall_ms;
        });
    long peak = 0;
    for (const Cost& cost : item.rounds) {
        peak = std::max(peak, cost.peak_kib);
    }
    std::printf(
        "%s\t%zu\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%ld\n",
        item.name.c_str(),
        item.rounds.size(),
        least->wall_ms,
        median(item.rounds, &Cost::wall_ms),
        most->wall_ms,
        median(item.rounds, &Cost::user_ms),
        median(item.rounds, &Cost::system_ms),
        peak
    );
}

Request parse(int count, char** arguments) {
    Request request;
    for (int index = 1; index < count; ++index) {
        const std::string argument = arguments[index];
        const bool has_value = index + 1 < count;
        if (argument == "--case" && has_value) {
            request.cases.push_back({arguments[++index], {}, {}});
        } else if (!request.cases.empty()) {
            request.cases.back().command.push_back(arguments[index]);
        } else if (argument == "--rounds" && has_value) {
            request.rounds = static_cast<unsigned>(std::strtoul(arguments[++index], nullptr, 10));
        } else if (argument == "--daemon" && has_value) {
            request.daemon = arguments[++index];
        } else {
            leave("unknown argument " + argument);
        }
    }
    for (Case& item : request.cases) {
        if (item.command.empty()) {
            leave("no command for " + item.name);
        }
        item.command.push_back(nullptr);
    }
    if (request.rounds == 0 || request.cases.empty()) {
        leave("usage: measure [--rounds N] [--daemon PID] --case NAME COMMAND ARGUMENT...");
    }
    return request;
}

}  // namespace

int main(int count, char** arguments) {
    Request request = parse(count, arguments);
    for (unsigned round = 0; round <= request.rounds; ++round) {
        for (Case& item : request.cases) {
            const Cost cost =
                request.daemon.empty() ? run_once(item) : run_through_daemon(item, request.daemon);
            if (round != 0) {
                item.rounds.push_back(cost);
            }
        }
    }
    for (const Case& item : request.cases) {
        print(item);
    }
}
