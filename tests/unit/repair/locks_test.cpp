// Who is kept out, and that nothing stays behind.
#include "platform/processes.hpp"
#include "repair/locks.hpp"
#include "scanner/daemon_process.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <thread>

using namespace drydock;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

// A program of the name dockerd that waits until it is ended.
class FakeDaemon {
public:
    FakeDaemon(const TempDir& programs, const std::string& folder, const std::string& option) {
        const std::string program = programs.path("dockerd");
        fs::copy_file("/bin/sleep", program, fs::copy_options::overwrite_existing);
        pid_ = ::fork();
        if (pid_ < 0) throw std::runtime_error("fork");
        if (pid_ == 0) {
            if (!folder.empty() && ::chdir(folder.c_str()) != 0) ::_exit(1);
            // sleep refuses an option that it does not know, so the option stands where a name may.
            if (option.empty()) ::execl(program.c_str(), "dockerd", "600", nullptr);
            ::execl(
                "/bin/sh",
                "dockerd",
                "-c",
                "printf dockerd >/proc/$$/comm; while :; do sleep 1; done",
                "dockerd",
                option.c_str(),
                nullptr
            );
            ::_exit(1);
        }
        while (process_name(pid_) != "dockerd")
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }

    FakeDaemon(const FakeDaemon&) = delete;
    FakeDaemon& operator=(const FakeDaemon&) = delete;

    ~FakeDaemon() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

private:
    pid_t pid_ = -1;
};

}  // namespace

TEST_CASE("A second lock of the same root is refused, and the first leaves nothing behind") {
    const TempDir root;
    root.make_directory("volumes");
    const auto before = fs::last_write_time(root.path("volumes"));
    const ReadDir dir = ReadDir::open_path(root.path());
    {
        const StoreLocks first(dir, {});
        CHECK(fs::exists(root.path("volumes/metadata.db")));
        CHECK_THROWS_WITH(StoreLocks(dir, {}), Contains("another drydock is at work on " + root.path()));
        CHECK_THROWS_AS(StoreLocks(dir, {}, LockScope::drydocks), StoreBusy);
    }
    CHECK_FALSE(fs::exists(root.path("volumes/metadata.db")));
    CHECK(fs::last_write_time(root.path("volumes")) == before);
    CHECK_NOTHROW(StoreLocks(dir, {}));
}

TEST_CASE("A database that was there stays") {
    const TempDir root;
    root.write("volumes/metadata.db", "");
    root.write("buildkit/cache.db", "x");
    {
        const StoreLocks locks(ReadDir::open_path(root.path()), {});
    }
    CHECK(fs::exists(root.path("volumes/metadata.db")));
    CHECK(fs::exists(root.path("buildkit/cache.db")));
}

TEST_CASE("A database that somebody holds keeps the locks from being taken, and none is kept then") {
    const TempDir root;
    root.make_directory("volumes");
    root.write("buildkit/cache.db", "x");
    const ReadDir dir = ReadDir::open_path(root.path());
    const int fd = ::open(root.path("buildkit/cache.db").c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(::flock(fd, LOCK_EX | LOCK_NB) == 0);
    CHECK_THROWS_WITH(StoreLocks(dir, {}), Contains("buildkit/cache.db") && Contains("systemctl stop"));
    CHECK_THROWS_WITH(require_no_daemon(dir, {}), Contains("buildkit/cache.db"));
    CHECK_FALSE(fs::exists(root.path("volumes/metadata.db")));
    ::close(fd);
    CHECK_NOTHROW(StoreLocks(dir, {}));
}

TEST_CASE("A dockerd that has a folder of the root open is a daemon of it, and of no other root") {
    const TempDir root;
    const TempDir other;
    const TempDir programs;
    root.make_directory("overlay2/l");
    const FakeDaemon daemon(programs, root.path("overlay2"), "");
    const auto found = find_daemon_process(ReadDir::open_path(root.path()));
    REQUIRE(found);
    CHECK(found->pid == daemon.pid());
    CHECK(found->why == "has overlay2 open");
    CHECK_FALSE(find_daemon_process(ReadDir::open_path(other.path())));
    CHECK_THROWS_WITH(
        StoreLocks(ReadDir::open_path(root.path()), {}),
        Contains("process " + std::to_string(daemon.pid())) && Contains("systemctl stop docker.socket docker")
    );
}

TEST_CASE("A dockerd that was started with the root is a daemon of it, by whatever name") {
    const TempDir root;
    const TempDir programs;
    programs.make_link("link", root.path());
    const FakeDaemon daemon(programs, "", "--data-root=" + programs.path("link"));
    const auto found = find_daemon_process(ReadDir::open_path(root.path()));
    REQUIRE(found);
    CHECK(found->pid == daemon.pid());
    CHECK(found->why == "was started with this data root");
}
