#include "validators/content_evidence.hpp"

#include "model/seen.hpp"
#include "platform/os_error.hpp"

#include <sys/stat.h>

#include <cerrno>

namespace drydock {

namespace {

constexpr std::uint32_t kPermissions = 07777;

std::string octal(std::uint32_t mode) {
    std::string digits;
    for (int shift = 9; shift >= 0; shift -= 3) {
        digits += static_cast<char>('0' + ((mode >> static_cast<unsigned>(shift)) & 7U));
    }
    return digits;
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string result = "0x";
    for (const char c : bytes.substr(0, kExcerptBytes / 2)) {
        const auto byte = static_cast<unsigned char>(c);
        result += kDigits[byte >> 4U];
        result += kDigits[byte & 15U];
    }
    if (bytes.size() > kExcerptBytes / 2) result += "...";
    return result;
}

std::string hex64(std::uint64_t value) {
    std::string bytes;
    for (int shift = 56; shift >= 0; shift -= 8) {
        bytes += static_cast<char>((value >> static_cast<unsigned>(shift)) & 255U);
    }
    return hex(bytes).substr(2);
}

void append_text(std::string& text, std::string_view name, const std::string& value) {
    if (!text.empty()) text += ' ';
    text += name;
    text += '=';
    text += value;
}

}  // namespace

void append_field(std::string& text, std::string_view name, std::int64_t value) {
    append_text(text, name, std::to_string(value));
}

bool same_ownership(const ExpectedInode& inode, const FileStat& stat, const IdShift& ids) {
    // Nobody can set the mode of a symbolic link.
    const bool same_mode = S_ISLNK(inode.mode) || (inode.mode & kPermissions) == (stat.mode & kPermissions);
    return same_mode && inode.uid + ids.uid == stat.uid && inode.gid + ids.gid == stat.gid;
}

AttributeDifference compare_ownership(const ExpectedInode& inode, const FileStat& stat, const IdShift& ids) {
    const std::uint32_t uid = inode.uid + ids.uid;
    const std::uint32_t gid = inode.gid + ids.gid;
    AttributeDifference result;
    if (same_ownership(inode, stat, ids)) return result;
    if (!S_ISLNK(inode.mode) && (inode.mode & kPermissions) != (stat.mode & kPermissions)) {
        append_text(result.expected, "mode", octal(inode.mode & kPermissions));
        append_text(result.actual, "mode", octal(stat.mode & kPermissions));
    }
    if (uid != stat.uid) {
        append_field(result.expected, "uid", uid);
        append_field(result.actual, "uid", stat.uid);
    }
    if (gid != stat.gid) {
        append_field(result.expected, "gid", gid);
        append_field(result.actual, "gid", stat.gid);
    }
    return result;
}

void append_xattrs(const std::vector<XattrDifference>& differences, AttributeDifference& difference) {
    const auto shown = [](const std::string& value) {
        return value.empty() ? std::string("absent") : hex(value);
    };
    for (const XattrDifference& one : differences) {
        append_text(difference.expected, one.name, shown(one.expected));
        append_text(difference.actual, one.name, shown(one.actual));
    }
}

Damage damage_of(PayloadProblem::Kind kind) {
    switch (kind) {
    case PayloadProblem::Kind::missing:
        // The names were all there: it changed between two looks.
        return Damage::unreadable;
    case PayloadProblem::Kind::empty:
        return Damage::content_file_empty;
    case PayloadProblem::Kind::changed:
        return Damage::content_file_changed;
    case PayloadProblem::Kind::unreadable:
        return Damage::unreadable;
    }
    return Damage::unreadable;
}

void describe_payload(const ExpectedInode& inode, const PayloadProblem& problem, Finding& finding) {
    const auto bytes = [](std::uint64_t size) { return std::to_string(size) + " bytes"; };
    switch (problem.kind) {
    case PayloadProblem::Kind::missing:
        finding.verdict = Verdict::undetermined;
        finding.evidence.detail = "it came or went while the layer was read";
        break;
    case PayloadProblem::Kind::unreadable:
        finding.verdict = Verdict::undetermined;
        finding.evidence.actual = describe_errno(problem.error);
        if (problem.error == EIO) {
            finding.evidence.detail = "two readings failed or differ: suspect the medium or the memory first";
        }
        break;
    case PayloadProblem::Kind::empty:
        finding.evidence.expected = bytes(inode.size);
        finding.evidence.actual = bytes(0);
        break;
    case PayloadProblem::Kind::changed:
        if (problem.actual_size != inode.size) {
            finding.evidence.expected = bytes(inode.size);
            finding.evidence.actual = bytes(problem.actual_size);
        } else {
            finding.evidence.expected = "crc64 " + hex64(inode.crc);
            finding.evidence.actual = "crc64 " + hex64(problem.actual_crc);
            if (problem.all_zero) finding.evidence.detail = "nothing but NUL bytes";
        }
        break;
    }
}

}  // namespace drydock
