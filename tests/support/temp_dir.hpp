// A fresh directory for one test, removed with all it holds. Real files on a real file system: what
// drydock reads cannot be faked without faking the kernel.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace drydock {

class TempDir {
public:
    TempDir();
    // Below `folder`, which is there.
    explicit TempDir(const std::string& folder);
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    [[nodiscard]] std::string path(std::string_view name) const;

    // Each makes the folders above `name` and throws where the file system does not do it.
    void write(std::string_view name, std::string_view bytes) const;
    void make_directory(std::string_view name) const;
    void make_link(std::string_view name, const std::string& target) const;

private:
    std::string path_;
};

// Where a store can lie in memory: /dev/shm if it takes devices and all xattrs that layers carry, else where
// temporary files go. DRYDOCK_TEST_FOLDER names another one.
[[nodiscard]] std::string fast_folder();

}  // namespace drydock
