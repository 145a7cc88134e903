// See damage_steps.hpp.
#include "tests/support/damage_steps.hpp"

#include "tests/support/bolt_writer.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/images.hpp"
#include "tests/support/store_builder.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>

namespace drydock {

namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

void must(bool good, const std::string& what) {
    if (!good) {
        throw std::runtime_error(what + ": " + std::strerror(errno));
    }
}

// Puts the times of a file or folder back when it goes out of scope.
class KeepTimes {
public:
    explicit KeepTimes(std::string path) : path_(std::move(path)) {
        struct stat stat{};
        known_ = lstat(path_.c_str(), &stat) == 0;
        times_[0] = stat.st_atim;
        times_[1] = stat.st_mtim;
    }

    ~KeepTimes() {
        if (known_) {
            // What was removed meanwhile has no times to keep.
            static_cast<void>(utimensat(AT_FDCWD, path_.c_str(), times_, AT_SYMLINK_NOFOLLOW));
        }
    }

    KeepTimes(const KeepTimes&) = delete;
    KeepTimes& operator=(const KeepTimes&) = delete;

private:
    std::string path_;
    timespec times_[2]{};
    bool known_ = false;
};

unsigned mode_of(const std::string& path, unsigned otherwise) {
    struct stat stat{};
    return lstat(path.c_str(), &stat) == 0 ? stat.st_mode & 07777U : otherwise;
}

void resize(const std::string& path, std::uintmax_t size) {
    must(truncate(path.c_str(), static_cast<off_t>(size)) == 0, "truncate " + path);
}

void change_bytes(const std::string& path, const std::function<void(std::string&)>& change) {
    std::string bytes = read_bytes(path);
    const std::string before = bytes;
    change(bytes);
    if (bytes == before) {
        throw std::runtime_error("nothing was changed in " + path);
    }
    write_bytes(path, bytes, mode_of(path, 0644));
}

void replace_all(std::string& bytes, const std::string& from, const std::string& to) {
    for (std::size_t at = bytes.find(from); at != std::string::npos; at = bytes.find(from, at + to.size())) {
        bytes.replace(at, from.size(), to);
    }
}

void remove_path(const std::string& path) {
    if (fs::remove_all(path) == 0) {
        throw std::runtime_error("nothing to remove at " + path);
    }
}

void make_node(
    const std::string& path, const std::string& type, const std::string& major, const std::string& minor
) {
    const mode_t bits = type == "c" ? S_IFCHR : S_IFBLK;
    const dev_t device =
        makedev(static_cast<unsigned>(std::stoul(major)), static_cast<unsigned>(std::stoul(minor)));
    must(mknod(path.c_str(), bits | 0644U, device) == 0, "mknod " + path);
}

void make_socket(const std::string& path) {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    // A socket's path has to be short, so it is bound by way of its folder.
    const int folder = open(fs::path(path).parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string text =
        "/proc/self/fd/" + std::to_string(folder) + "/" + fs::path(path).filename().string();
    std::memcpy(address.sun_path, text.c_str(), std::min(text.size(), sizeof address.sun_path - 1));
    const bool good = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(folder);
    close(fd);
    must(good, "bind " + path);
}

// Every file below loses its bytes, as those that were not yet on the disk when the power went.
void power_cut(const std::string& folder) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && !entry.is_symlink() && entry.file_size() > 0) {
            const KeepTimes keep(entry.path().string());
            resize(entry.path().string(), 0);
        }
    }
}

// Adds one line to the entries of a tar-split file, or replaces text in them.
void change_tar_split(const std::string& path, const std::function<void(std::string&)>& change) {
    std::string text = gunzip_bytes(read_bytes(path));
    change(text);
    write_bytes(path, gzip_bytes(text), mode_of(path, 0644));
}

void set_mtime(const std::string& path, const std::string& seconds) {
    const timespec time{std::stoll(seconds), 0};
    const timespec times[2] = {time, time};
    must(utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0, "utimensat " + path);
}

unsigned octal(const std::string& text) {
    return static_cast<unsigned>(std::stoul(text, nullptr, 8));
}

unsigned number(const std::string& text) {
    return static_cast<unsigned>(std::stoul(text));
}

struct Verb {
    std::size_t words;  // the path included
    bool keeps_own_times;
    std::function<void(const std::string& path, const Words& words)> run;
};

// Bytes and names of records and of content.
std::map<std::string, Verb> byte_verbs() {
    return {
        {"truncate", {1, true, [](const auto& path, const auto&) { resize(path, 0); }}},
        {"cut", {2, true, [](const auto& path, const auto& w) { resize(path, std::stoul(w[1])); }}},
        {"write",
         {2, true, [](const auto& path, const auto& w) { write_bytes(path, w[1], mode_of(path, 0644)); }}},
        {"append",
         {2, true, [](const auto& path, const auto& w) { change_bytes(path, [&](auto& b) { b += w[1]; }); }}},
        {"replace",
         {3,
          true,
          [](const auto& path, const auto& w) {
              change_bytes(path, [&](std::string& b) { replace_all(b, w[1], w[2]); });
          }}},
        {"flip",
         {2,
          true,
          [](const auto& path, const auto& w) {
              change_bytes(path, [&](std::string& b) {
                  char& byte = b.at(std::stoul(w[1]));
                  byte = static_cast<char>(byte ^ 0x20);
              });
          }}},
        {"zero-bytes",
         {1,
          true,
          [](const auto& path, const auto&) {
              change_bytes(path, [](std::string& b) { b.assign(b.size(), '\0'); });
          }}},
        {"tar-split-append",
         {2,
          true,
          [](const auto& path, const auto& w) {
              change_tar_split(path, [&](std::string& text) { text += w[1] + "\n"; });
          }}},
        {"tar-split-replace",
         {3,
          true,
          [](const auto& path, const auto& w) {
              change_tar_split(path, [&](std::string& text) { replace_all(text, w[1], w[2]); });
          }}},
        {"bolt",
         {2,
          true,
          [](const auto& path, const auto& w) {
              write_bytes(path, write_bolt(parse_bolt_text(w[1])), mode_of(path, 0600));
          }}},
        {"power-cut", {1, true, [](const auto& path, const auto&) { power_cut(path); }}},
        {"plant",
         {2,
          true,
          [](const auto& path, const auto& w) {
              if (w[1] != "odd-image") {
                  throw std::runtime_error("no such thing to plant: " + w[1]);
              }
              add_image(path, odd_image());
          }}},
    };
}

// What is at a name: objects, their types and their attributes.
std::map<std::string, Verb> object_verbs() {
    return {
        {"remove", {1, false, [](const auto& path, const auto&) { remove_path(path); }}},
        {"mkdir",
         {2,
          false,
          [](const auto& path, const auto& w) {
              must(mkdir(path.c_str(), 0700) == 0 && chmod(path.c_str(), octal(w[1])) == 0, "mkdir " + path);
          }}},
        {"symlink",
         {2,
          false,
          [](const auto& path, const auto& w) {
              must(symlink(w[1].c_str(), path.c_str()) == 0, "symlink " + path);
          }}},
        {"mknod", {4, false, [](const auto& path, const auto& w) { make_node(path, w[1], w[2], w[3]); }}},
        {"fifo",
         {1,
          false,
          [](const auto& path, const auto&) { must(mkfifo(path.c_str(), 0644) == 0, "mkfifo " + path); }}},
        {"socket", {1, false, [](const auto& path, const auto&) { make_socket(path); }}},
        {"mtime", {2, false, [](const auto& path, const auto& w) { set_mtime(path, w[1]); }}},
        {"chmod",
         {2,
          true,
          [](const auto& path, const auto& w) {
              must(chmod(path.c_str(), octal(w[1])) == 0, "chmod " + path);
          }}},
        {"chown",
         {3,
          true,
          [](const auto& path, const auto& w) {
              must(lchown(path.c_str(), number(w[1]), number(w[2])) == 0, "chown " + path);
          }}},
        {"setxattr",
         {3,
          true,
          [](const auto& path, const auto& w) {
              must(
                  lsetxattr(path.c_str(), w[1].c_str(), w[2].data(), w[2].size(), 0) == 0, "setxattr " + path
              );
          }}},
        {"removexattr",
         {2,
          true,
          [](const auto& path, const auto& w) {
              must(lremovexattr(path.c_str(), w[1].c_str()) == 0, "removexattr " + path);
          }}},
    };
}

// Verbs with two paths.
std::map<std::string, std::function<void(const std::string&, const std::string&)>> pair_verbs() {
    return {
        {"rename",
         [](const auto& from, const auto& to) {
             must(rename(from.c_str(), to.c_str()) == 0, "rename " + from);
         }},
        {"swap",
         [](const auto& from, const auto& to) {
             must(
                 renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0,
                 "exchange " + from
             );
         }},
        {"hardlink",
         [](const auto& from, const auto& to) { must(link(from.c_str(), to.c_str()) == 0, "link " + from); }},
        {"copy", [](const auto& from, const auto& to) { copy_tree(from, to); }},
    };
}

std::string parent_of(const std::string& path) {
    return fs::path(path).parent_path().string();
}

void run_step(const std::string& root, const std::string& verb, const Words& words) {
    static const auto pairs = pair_verbs();
    static const auto of_bytes = byte_verbs();
    static const auto of_objects = object_verbs();
    if (words.empty()) {
        throw std::runtime_error("a verb without a path: " + verb);
    }
    const std::string path = root + "/" + words[0];
    const KeepTimes keep_folder(parent_of(path));
    if (const auto pair = pairs.find(verb); pair != pairs.end() && words.size() == 2) {
        const std::string to = root + "/" + words[1];
        const KeepTimes keep_other(parent_of(to));
        pair->second(path, to);
        return;
    }
    const auto bytes = of_bytes.find(verb);
    const auto objects = of_objects.find(verb);
    if (bytes == of_bytes.end() && objects == of_objects.end()) {
        throw std::runtime_error("no such verb, or not with so many words: " + verb);
    }
    const Verb& found = bytes != of_bytes.end() ? bytes->second : objects->second;
    if (found.words != words.size()) {
        throw std::runtime_error(verb + " takes " + std::to_string(found.words) + " words");
    }
    std::optional<KeepTimes> keep_own;
    if (found.keeps_own_times) {
        keep_own.emplace(path);
    }
    found.run(path, words);
}

}  // namespace

void apply_damage(const std::string& root, const Recipe& recipe, Places& places) {
    std::vector<Words> resolved;
    for (const RecipeStep& step : recipe.steps) {
        Words& words = resolved.emplace_back();
        for (const std::string& word : step.words) {
            words.push_back(places.resolve(word));
        }
    }
    for (const Expectation& expectation : recipe.expected) {
        for (const auto& [key, value] : expectation) {
            static_cast<void>(places.resolve(value));
        }
    }
    for (std::size_t i = 0; i < resolved.size(); ++i) {
        try {
            run_step(root, recipe.steps[i].verb, resolved[i]);
        } catch (const std::exception& error) {
            const std::string line = std::to_string(recipe.steps[i].line);
            throw std::runtime_error(recipe.name + ":" + line + ": " + error.what());
        }
    }
}

void copy_tree(const std::string& from, const std::string& to) {
    std::string words[] = {"cp", "-a", "--", from, to};
    char* arguments[] = {
        words[0].data(), words[1].data(), words[2].data(), words[3].data(), words[4].data(), nullptr
    };
    pid_t child = 0;
    int status = 1;
    const bool good = posix_spawnp(&child, "cp", nullptr, nullptr, arguments, environ) == 0 &&
                      waitpid(child, &status, 0) == child && status == 0;
    if (!good) {
        throw std::runtime_error("cannot copy " + from);
    }
}

}  // namespace drydock
