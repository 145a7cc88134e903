#include "platform/processes.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <fstream>
#include <memory>
#include <sstream>
#include <string_view>

namespace drydock {

namespace {

std::string place_of(std::int64_t pid) {
    return "/proc/" + std::to_string(pid);
}

std::optional<FileIdentity> identity_of(const std::string& path) {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0) return std::nullopt;
    return FileIdentity{.device = found.st_dev, .inode = found.st_ino};
}

struct CloseDir {
    void operator()(DIR* dir) const noexcept { ::closedir(dir); }
};

// Names in a folder of /proc, none where it may not be read.
std::vector<std::string> names_in(const std::string& folder) {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, CloseDir> dir(::opendir(folder.c_str()));
    if (!dir) return names;
    // One DIR, one thread.
    while (const dirent* entry = ::readdir(dir.get())) {  // NOLINT(concurrency-mt-unsafe): see above
        const std::string_view name = static_cast<const char*>(entry->d_name);
        if (name != "." && name != "..") names.emplace_back(name);
    }
    return names;
}

std::string text_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (in) text << in.rdbuf();
    return text.str();
}

std::string link_text(const std::string& path) {
    std::array<char, PATH_MAX> buffer{};
    const ssize_t size = ::readlink(path.c_str(), buffer.data(), buffer.size());
    return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

std::vector<std::int64_t> other_processes() {
    std::vector<std::int64_t> result;
    for (const std::string& name : names_in("/proc")) {
        std::int64_t pid = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
        const bool number = error == std::errc() && end == name.data() + name.size();
        if (number && pid != ::getpid()) result.push_back(pid);
    }
    std::sort(result.begin(), result.end());
    return result;
}

std::string process_name(std::int64_t pid) {
    std::string name = text_of(place_of(pid) + "/comm");
    while (name.ends_with('\n')) {
        name.pop_back();
    }
    return name;
}

std::vector<std::string> process_words(std::int64_t pid) {
    std::vector<std::string> words;
    std::istringstream in(text_of(place_of(pid) + "/cmdline"));
    for (std::string word; std::getline(in, word, '\0');) {
        words.push_back(word);
    }
    return words;
}

std::optional<FileIdentity> identity_for(std::int64_t pid, const std::string& path) {
    return identity_of(place_of(pid) + "/root" + path);
}

std::vector<std::string> open_paths(std::int64_t pid) {
    std::vector<std::string> paths;
    const auto add = [&paths](const std::string& link) {
        std::string path = link_text(link);
        if (path.starts_with('/')) paths.push_back(std::move(path));
    };
    for (const std::string& number : names_in(place_of(pid) + "/fd")) {
        add(place_of(pid) + "/fd/" + number);
    }
    add(place_of(pid) + "/cwd");
    return paths;
}

std::optional<std::int64_t> find_user(const std::vector<FileIdentity>& files) {
    for (const std::int64_t pid : other_processes()) {
        for (const std::string& number : names_in(place_of(pid) + "/fd")) {
            const auto identity = identity_of(place_of(pid) + "/fd/" + number);
            if (identity && std::find(files.begin(), files.end(), *identity) != files.end()) return pid;
        }
    }
    return std::nullopt;
}

}  // namespace drydock
