#include "tests/support/temp_dir.hpp"

#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

namespace drydock {

namespace {

// Whether stores with all that a layer can hold can be made in `folder`.
bool takes_everything(const std::string& folder) {
    try {
        const TempDir probe(folder);
        probe.write("file", "");
        const std::string file = probe.path("file");
        // A revision 2 value without any capability.
        const std::string capability("\x01\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
        const auto takes = [&](const char* name, const std::string& value) {
            return ::setxattr(file.c_str(), name, value.data(), value.size(), 0) == 0;
        };
        return takes("user.probe", "x") && takes("trusted.probe", "x") &&
               takes("security.capability", capability) &&
               ::mknod(probe.path("device").c_str(), S_IFCHR, 0) == 0;
    } catch (const std::system_error&) {
        return false;
    }
}

}  // namespace

std::string fast_folder() {
    if (const char* given = std::getenv("DRYDOCK_TEST_FOLDER"); given != nullptr) return given;
    static const bool fast = takes_everything("/dev/shm");
    return fast ? "/dev/shm" : std::filesystem::temp_directory_path().string();
}

TempDir::TempDir() : TempDir(std::filesystem::temp_directory_path().string()) {}

TempDir::TempDir(const std::string& folder) : path_(folder + "/drydock-test-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) {
        throw std::system_error(errno, std::generic_category(), "make " + path_);
    }
}

TempDir::~TempDir() {
    std::error_code ignored;  // a leftover in /tmp is no reason to end the test program
    std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::path(std::string_view name) const {
    return path_ + "/" + std::string(name);
}

void TempDir::write(std::string_view name, std::string_view bytes) const {
    const std::filesystem::path target = path(name);
    std::filesystem::create_directories(target.parent_path());
    std::ofstream out(target, std::ios::binary);
    out.exceptions(std::ios::badbit | std::ios::failbit);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
}

void TempDir::make_directory(std::string_view name) const {
    std::filesystem::create_directories(path(name));
}

void TempDir::make_link(std::string_view name, const std::string& target) const {
    const std::filesystem::path link = path(name);
    std::filesystem::create_directories(link.parent_path());
    std::filesystem::create_symlink(target, link);
}

}  // namespace drydock
