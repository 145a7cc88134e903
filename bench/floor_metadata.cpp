// The floor of `check --level metadata`: reads the records that it reads, with read(2), and does nothing with
// them. Layer records (of tar-split only its attributes), image configs and their metadata, the reference
// and distribution files, `link` and `lower` of each driver directory, and the links in `l/`.
//
// Must not parse, hash or compare. It names the same files as drydock's scanner; when the scanner learns of
// another record, it belongs in here too, or the ratio becomes unfair to drydock.

#include "bench/tools.hpp"

#include <sys/stat.h>

#include <array>
#include <atomic>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace {

using bench::fail;

constexpr std::size_t kBufferBytes = 64 * 1024;

struct Totals {
    std::atomic<std::uint64_t> files{0};
    std::atomic<std::uint64_t> bytes{0};
};

class Reader {
public:
    explicit Reader(Totals& totals) : totals_{totals} {}

    void read_file(int folder, const char* name) {
        const int file = bench::open_at(folder, name, O_NOATIME);
        read_to_end(file, name);
    }

    void read_if_there(int folder, const char* name) {
        const int file = ::openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOATIME);
        if (file >= 0) {
            read_to_end(file, name);
        } else if (errno != ENOENT) {
            fail("open", name);
        }
    }

    // Every file below the folder. Takes over the descriptor.
    void read_tree(int folder, const std::string& name) {
        bench::Folder entries{folder, name};
        while (const dirent* entry = entries.next()) {
            if (entry->d_type == DT_DIR) {
                read_tree(bench::open_at(entries.descriptor(), entry->d_name, O_DIRECTORY), entry->d_name);
            } else if (entry->d_type == DT_REG) {
                read_record(entries.descriptor(), entry->d_name);
            }
        }
    }

    void read_driver_directory(int overlay, const std::string& name) {
        if (name == "l") {
            return read_short_links(overlay);
        }
        const int folder = bench::open_at(overlay, name.c_str(), O_DIRECTORY);
        struct stat status = {};
        if (::fstatat(folder, "diff", &status, AT_SYMLINK_NOFOLLOW) != 0) {
            fail("stat", name + "/diff");
        }
        read_if_there(folder, "link");
        read_if_there(folder, "lower");
        ::close(folder);
    }

private:
    void read_record(int folder, const char* name) {
        if (std::string_view{name} != "tar-split.json.gz") {
            return read_file(folder, name);
        }
        struct stat status = {};
        if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
            fail("stat", name);
        }
    }

    void read_short_links(int overlay) {
        bench::Folder entries{bench::open_at(overlay, "l", O_DIRECTORY), "l"};
        std::array<char, PATH_MAX> target{};
        while (const dirent* entry = entries.next()) {
            if (::readlinkat(entries.descriptor(), entry->d_name, target.data(), target.size()) < 0) {
                fail("readlink", entry->d_name);
            }
            ++totals_.files;
        }
    }

    void read_to_end(int file, const char* name) {
        for (;;) {
            const ssize_t count = ::read(file, buffer_.data(), buffer_.size());
            if (count < 0) {
                fail("read", name);
            }
            if (count == 0) {
                break;
            }
            totals_.bytes += static_cast<std::uint64_t>(count);
        }
        ++totals_.files;
        ::close(file);
    }

    Totals& totals_;
    std::vector<char> buffer_ = std::vector<char>(kBufferBytes);
};

void read_all(const std::string& root, unsigned jobs, Totals& totals) {
    const std::string images = root + "/image/overlay2";
    const std::string records = images + "/layerdb/sha256";
    const std::vector<std::string> chains = bench::names_in(records);
    const std::vector<std::string> directories = bench::names_in(root + "/overlay2");
    const int layers = bench::open_at(AT_FDCWD, records.c_str(), O_DIRECTORY);
    const int overlay = bench::open_at(AT_FDCWD, (root + "/overlay2").c_str(), O_DIRECTORY);
    const std::vector<std::string> trees = {"/imagedb", "/distribution", "/layerdb/mounts", "/layerdb/tmp"};

    // One counter runs over the layer records, the driver directories, and last the trees.
    std::atomic<std::size_t> next{0};
    const std::size_t end = chains.size() + directories.size() + trees.size();
    const auto work = [&] {
        Reader reader{totals};
        for (std::size_t index = next++; index < end; index = next++) {
            if (index < chains.size()) {
                reader.read_tree(bench::open_at(layers, chains[index].c_str(), O_DIRECTORY), chains[index]);
            } else if (index < chains.size() + directories.size()) {
                reader.read_driver_directory(overlay, directories[index - chains.size()]);
            } else {
                const std::string path = images + trees[index - chains.size() - directories.size()];
                if (::access(path.c_str(), F_OK) == 0) {
                    reader.read_tree(bench::open_at(AT_FDCWD, path.c_str(), O_DIRECTORY), path);
                }
            }
        }
    };
    bench::run_in_threads(jobs, work);
    Reader{totals}.read_if_there(AT_FDCWD, (images + "/repositories.json").c_str());
    ::close(layers);
    ::close(overlay);
}

}  // namespace

int main(int count, char** arguments) {
    const bench::Options options = bench::parse_options(count, arguments);
    Totals totals;
    read_all(options.root, options.jobs, totals);
    std::printf(
        "files %llu bytes %llu\n",
        static_cast<unsigned long long>(totals.files.load()),
        static_cast<unsigned long long>(totals.bytes.load())
    );
}
