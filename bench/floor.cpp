// The floor of the content check: reads every regular file of the layers (overlay2/*/diff) once and hashes
// its bytes with SHA-256, one layer a work unit, the largest first.
//
// Must not know more of the store than that: no parsing, no comparing, no findings. It is the least that a
// check of every byte can cost with the same library on the same disk, so it has to stay as fast as
// straightforward code can be. A file with several names in one layer is read once, as drydock reads it.

#include "bench/tools.hpp"

#include <openssl/evp.h>

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

using bench::fail;

// Large enough that system calls do not count, small enough to stay in the second-level cache.
constexpr std::size_t kBufferBytes = 256 * 1024;

struct Layer {
    std::string cache_id;
    std::uint64_t size = 0;
};

struct Totals {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
};

class Hasher {
public:
    explicit Hasher(const EVP_MD* algorithm)
        : algorithm_{algorithm}, context_{EVP_MD_CTX_new()}, buffer_(kBufferBytes) {}

    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;

    ~Hasher() { EVP_MD_CTX_free(context_); }

    void begin() { check(EVP_DigestInit_ex2(context_, algorithm_, nullptr)); }

    std::uint64_t add(int file, const std::string& name) {
        std::uint64_t bytes = 0;
        for (;;) {
            const ssize_t count = ::read(file, buffer_.data(), buffer_.size());
            if (count < 0) {
                fail("read", name);
            }
            if (count == 0) {
                return bytes;
            }
            check(EVP_DigestUpdate(context_, buffer_.data(), static_cast<std::size_t>(count)));
            bytes += static_cast<std::uint64_t>(count);
        }
    }

    void end() {
        unsigned char digest[EVP_MAX_MD_SIZE];
        check(EVP_DigestFinal_ex(context_, digest, nullptr));
    }

private:
    static void check(int done) {
        if (done != 1) {
            fail("SHA-256", "OpenSSL");
        }
    }

    const EVP_MD* algorithm_;
    EVP_MD_CTX* context_;
    std::vector<unsigned char> buffer_;
};

class Walker {
public:
    explicit Walker(Hasher& hasher) : hasher_{hasher} {}

    // Takes over the descriptor.
    void walk(int folder, const std::string& name) {
        bench::Folder entries{folder, name};
        while (const dirent* entry = entries.next()) {
            if (entry->d_type == DT_DIR) {
                walk(bench::open_at(entries.descriptor(), entry->d_name, O_DIRECTORY), entry->d_name);
            } else if (entry->d_type == DT_REG) {
                read_file(entries.descriptor(), entry->d_name);
            }
        }
    }

    [[nodiscard]] Totals totals() const { return totals_; }

private:
    void read_file(int folder, const char* name) {
        const int file = bench::open_at(folder, name, O_NOATIME);
        struct stat status = {};
        if (::fstat(file, &status) != 0) {
            fail("stat", name);
        }
        if (status.st_nlink == 1 || linked_.insert(status.st_ino).second) {
            totals_.bytes += hasher_.add(file, name);
            ++totals_.files;
        }
        ::close(file);
    }

    Hasher& hasher_;
    Totals totals_;
    std::set<ino_t> linked_;
};

// The records' `size` only orders the work; a directory without a record comes last.
std::vector<Layer> layers_of(const std::string& root) {
    std::vector<Layer> layers;
    const std::string records = root + "/image/overlay2/layerdb/sha256";
    for (const std::string& record : bench::names_in(records)) {
        Layer layer;
        std::ifstream{records + "/" + record + "/cache-id"} >> layer.cache_id;
        std::ifstream{records + "/" + record + "/size"} >> layer.size;
        layers.push_back(std::move(layer));
    }
    for (const std::string& name : bench::names_in(root + "/overlay2")) {
        const auto has_name = [&](const Layer& layer) { return layer.cache_id == name; };
        if (name != "l" && std::none_of(layers.begin(), layers.end(), has_name)) {
            layers.push_back({name, 0});
        }
    }
    std::stable_sort(layers.begin(), layers.end(), [](const Layer& left, const Layer& right) {
        return left.size > right.size;
    });
    return layers;
}

Totals hash_all(const std::string& root, const std::vector<Layer>& layers, unsigned jobs) {
    EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    if (algorithm == nullptr) {
        fail("SHA-256", "OpenSSL");
    }
    std::atomic<std::size_t> next{0};
    std::atomic<std::uint64_t> files{0};
    std::atomic<std::uint64_t> bytes{0};
    const auto work = [&] {
        Hasher hasher{algorithm};
        for (std::size_t index = next++; index < layers.size(); index = next++) {
            const std::string diff = root + "/overlay2/" + layers[index].cache_id + "/diff";
            Walker walker{hasher};
            hasher.begin();
            walker.walk(bench::open_at(AT_FDCWD, diff.c_str(), O_DIRECTORY), diff);
            hasher.end();
            files += walker.totals().files;
            bytes += walker.totals().bytes;
        }
    };
    bench::run_in_threads(jobs, work);
    EVP_MD_free(algorithm);
    return {files, bytes};
}

}  // namespace

int main(int count, char** arguments) {
    const bench::Options options = bench::parse_options(count, arguments);
    const std::vector<Layer> layers = layers_of(options.root);
    const Totals totals = hash_all(options.root, layers, options.jobs);
    std::printf(
        "layers %zu files %llu bytes %llu\n",
        layers.size(),
        static_cast<unsigned long long>(totals.files),
        static_cast<unsigned long long>(totals.bytes)
    );
}
