#include "tests/support/temp_dir.hpp"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

namespace drydock {

TempDir::TempDir() : path_((std::filesystem::temp_directory_path() / "drydock-test-XXXXXX").string()) {
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
