// Writes layer tars byte by byte, in any dialect that images carry: a tar library would normalise the
// very oddities that the tests are about. It judges nothing: what a caller asks for is written, also
// where no tool would do so. Formats: POSIX.1-2017 pax (ustar, pax), GNU tar's tar.h, Unix v7.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace drydock {

enum class TarDialect : std::uint8_t { ustar, pax, gnu, v7 };

struct TarItem {
    std::string name;  // as it stands in the tar; folders should end in '/'
    char type = '0';   // '0' file, '1' hard link, '2' symlink, '3' char, '4' block, '5' folder, '6' fifo,
                       // 'g' global header (its records are `pax`)
    std::uint32_t mode = 0644;
    std::int64_t uid = 0;
    std::int64_t gid = 0;
    std::int64_t mtime = 1'700'000'000;  // seconds, rounded down
    std::uint32_t mtime_ns = 0;          // only pax can carry it
    std::string content;
    std::string link;
    std::int64_t claimed_size = 0;  // in the size field of a member without bytes
    std::int64_t device_major = 0;
    std::int64_t device_minor = 0;
    std::vector<std::pair<std::string, std::string>> xattrs;  // pax only
    std::vector<std::pair<std::string, std::string>> pax;     // further pax records, as they are
    TarDialect dialect = TarDialect::pax;
};

struct TarOptions {
    std::size_t zero_blocks = 2;  // end-of-archive blocks, and what padding follows
    bool pad_last = true;         // false: the last payload is not filled up to a block
    std::string trailing;         // raw bytes behind everything
};

[[nodiscard]] std::string write_tar(const std::vector<TarItem>& items, const TarOptions& options = {});

// Short forms for lists of items.
[[nodiscard]] TarItem tar_file(std::string name, std::string content, std::uint32_t mode = 0644);
[[nodiscard]] TarItem tar_folder(std::string name, std::uint32_t mode = 0755);
[[nodiscard]] TarItem tar_symlink(std::string name, std::string target);
[[nodiscard]] TarItem tar_hard_link(std::string name, std::string target, std::uint32_t mode = 0644);
[[nodiscard]] TarItem tar_node(char type, std::string name, std::int64_t major, std::int64_t minor);
// `.wh.<base>` beside it; `.wh..wh..opq` inside it.
[[nodiscard]] TarItem tar_whiteout(const std::string& name);
[[nodiscard]] TarItem tar_opaque(const std::string& folder);

}  // namespace drydock
