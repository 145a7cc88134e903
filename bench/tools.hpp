#pragma once
// What the two floor programs share: options, folders, threads, and leaving on the first error.
//
// Must not use drydock's own libraries: a floor that ran through the code under measurement would hide its
// cost. Every error ends the program with status 1, because a floor that skipped a file would flatter
// drydock.

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace bench {

[[noreturn]] inline void fail(const char* operation, const std::string& name) {
    std::fprintf(stderr, "%s %s: %s\n", operation, name.c_str(), std::strerror(errno));
    std::_Exit(1);
}

// O_NOATIME needs the owner's rights, as drydock itself does; `flags` names it where it counts.
inline int open_at(int folder, const char* name, int flags) {
    const int descriptor = ::openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | flags);
    if (descriptor < 0) {
        fail("open", name);
    }
    return descriptor;
}

class Folder {
public:
    Folder(int descriptor, std::string name) : stream_{::fdopendir(descriptor)}, name_{std::move(name)} {
        if (stream_ == nullptr) {
            fail("list", name_);
        }
    }

    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    ~Folder() { ::closedir(stream_); }

    // The next entry other than "." and "..", or null at the end.
    const dirent* next() {
        for (;;) {
            errno = 0;
            const dirent* entry = ::readdir(stream_);
            if (entry == nullptr) {
                if (errno != 0) {
                    fail("list", name_);
                }
                return nullptr;
            }
            const std::string_view name{entry->d_name};
            if (name != "." && name != "..") {
                return entry;
            }
        }
    }

    [[nodiscard]] int descriptor() const { return ::dirfd(stream_); }

private:
    DIR* stream_;
    std::string name_;
};

inline std::vector<std::string> names_in(const std::string& path) {
    Folder folder{open_at(AT_FDCWD, path.c_str(), O_DIRECTORY), path};
    std::vector<std::string> names;
    while (const dirent* entry = folder.next()) {
        names.emplace_back(entry->d_name);
    }
    return names;
}

template <typename Work>
void run_in_threads(unsigned jobs, const Work& work) {
    std::vector<std::jthread> threads;
    for (unsigned index = 1; index < jobs; ++index) {
        threads.emplace_back(work);
    }
    work();
}

struct Options {
    unsigned jobs = 1;
    std::string root;
};

inline Options parse_options(int count, char** arguments) {
    Options options;
    for (int index = 1; index < count; ++index) {
        const std::string argument = arguments[index];
        if (argument == "--jobs" && index + 1 < count) {
            options.jobs = static_cast<unsigned>(std::strtoul(arguments[++index], nullptr, 10));
        } else {
            options.root = argument;
        }
    }
    if (options.root.empty() || options.jobs == 0) {
        std::fprintf(stderr, "usage: %s [--jobs N] ROOT\n", arguments[0]);
        std::exit(16);
    }
    return options;
}

}  // namespace bench
