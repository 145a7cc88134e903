// Our header decoder beside a reader that we did not write, libarchive, on every layer of the torture
// images. Where both read a member they must agree; that libarchive's rules are not Go's is the reason
// why it reads no layers for drydock (extended attributes and non-UTF-8 names of pax are left out here).
#include "formats/tar_header.hpp"
#include "formats/tar_split.hpp"
#include "tests/support/images.hpp"
#include "tests/support/tar_split_writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <set>

namespace drydock {

namespace {

// One member in words, so that a difference can be read.
std::string in_words(const TarMember& member) {
    const bool device = member.type == '3' || member.type == '4';
    return member.name + " type " + member.type + " to '" + member.link_name + "' mode " +
           std::to_string(member.mode) + " ids " + std::to_string(member.uid) + ":" +
           std::to_string(member.gid) + " at " + std::to_string(member.mtime) +
           (device
                ? " device " + std::to_string(member.device_major) + ":" + std::to_string(member.device_minor)
                : std::string());
}

char type_of(archive_entry* entry) {
    if (archive_entry_hardlink(entry) != nullptr) return '1';
    switch (archive_entry_filetype(entry)) {
    case AE_IFDIR:
        return '5';
    case AE_IFLNK:
        return '2';
    case AE_IFCHR:
        return '3';
    case AE_IFBLK:
        return '4';
    case AE_IFIFO:
        return '6';
    default:
        return '0';
    }
}

std::vector<std::string> by_libarchive(std::string tar) {
    // It wants the end of the archive, which some layers lack.
    constexpr std::size_t kBlock = 512;
    tar.resize((tar.size() + kBlock - 1) / kBlock * kBlock + 2 * kBlock);
    const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
    archive_read_support_format_tar(reader.get());
    REQUIRE(archive_read_open_memory(reader.get(), tar.data(), tar.size()) == ARCHIVE_OK);
    std::vector<std::string> members;
    archive_entry* entry = nullptr;
    // ARCHIVE_WARN: a name that the locale cannot show; its bytes are there all the same.
    for (int status = 0; (status = archive_read_next_header(reader.get(), &entry)) != ARCHIVE_EOF;) {
        REQUIRE(status >= ARCHIVE_WARN);
        TarMember member;
        const char* hard = archive_entry_hardlink(entry);
        const char* soft = archive_entry_symlink(entry);
        member.name = archive_entry_pathname(entry);
        member.link_name = hard != nullptr ? hard : (soft != nullptr ? soft : "");
        member.type = type_of(entry);
        member.mode = archive_entry_perm(entry);
        member.uid = archive_entry_uid(entry);
        member.gid = archive_entry_gid(entry);
        // "-1.5" becomes -1 s and 0.5 s there, which Go and drydock take as -2 s and 0.5 s.
        const bool below = archive_entry_mtime(entry) < 0 && archive_entry_mtime_nsec(entry) > 0;
        member.mtime = archive_entry_mtime(entry) - (below ? 1 : 0);
        member.device_major = static_cast<std::int64_t>(archive_entry_rdevmajor(entry));
        member.device_minor = static_cast<std::int64_t>(archive_entry_rdevminor(entry));
        members.push_back(in_words(member));
    }
    return members;
}

std::vector<std::string> by_drydock(const std::string& tar) {
    const std::string text = tar_split_text(tar);
    std::size_t given = 0;
    TarSplitReader reader(
        [&](std::span<char> out) -> std::ptrdiff_t {
            const std::size_t size = std::min(out.size(), text.size() - given);
            std::copy_n(text.data() + given, size, out.data());
            given += size;
            return static_cast<std::ptrdiff_t>(size);
        },
        [] { return std::string(); }
    );
    std::vector<std::string> members;
    TarHeaderDecoder headers;
    TarSplitEntry entry;
    TarSplitReader::Next next{};
    while ((next = reader.next(entry)) == TarSplitReader::Next::entry) {
        if (entry.kind == TarSplitEntry::Kind::segment) headers.feed(entry.payload);
        if (entry.kind != TarSplitEntry::Kind::file) continue;
        const auto member = headers.take(entry.size);
        REQUIRE(member.has_value());
        // libarchive applies a global header and does not show it.
        if (member->type != 'g') members.push_back(in_words(*member));
    }
    REQUIRE(next == TarSplitReader::Next::end);
    return members;
}

}  // namespace

TEST_CASE("libarchive and the header decoder read the same members of every torture layer") {
    std::set<std::string> seen;
    std::size_t members = 0;
    for (const ImageSet& set : {sample_images(), torture_images()}) {
        for (const SampleImage& image : set.images) {
            for (const LayerPtr& layer : image.layers) {
                if (!seen.insert(layer->diff).second) continue;
                INFO("a layer of " << (image.tags.empty() ? image.id : image.tags.front()));
                const std::vector<std::string> ours = by_drydock(layer->tar);
                const std::vector<std::string> theirs = by_libarchive(layer->tar);
                CHECK(ours.size() == theirs.size());
                for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
                    CHECK(ours[i] == theirs[i]);
                }
                members += ours.size();
            }
        }
    }
    CHECK(members > 100);
}

}  // namespace drydock
