// The structure of header bytes is followed while they come in, so that the end of the archive is seen
// where it is and what lies behind it is never kept. Rules: Go's archive/tar as tar-split carries it
// (vbatts/tar-split archive/tar/reader.go:next, readHeader); which bytes reach a segment:
// tar/asm/disassemble.go. After the first error nothing is decoded any more: the stream is out of step.
#include "formats/tar_header.hpp"

#include "formats/pax.hpp"
#include "formats/tar_block.hpp"

#include <algorithm>
#include <utility>

namespace drydock {

namespace {

// Fed in slices, so that the end of the archive in front of a huge segment is seen before it is copied.
constexpr std::size_t kSliceBytes = std::size_t{64} << 10U;
constexpr std::size_t kSparseExtendedAt = 482;       // in an old GNU sparse header: more blocks follow
constexpr std::size_t kSparseBlockExtendedAt = 504;  // the same in such a block

// Go's isHeaderOnlyType: no payload whatever the size says.
bool has_no_data(char type) {
    return type >= '1' && type <= '6';
}

bool is_extension(char type) {
    return type == 'x' || type == 'L' || type == 'K';
}

}  // namespace

void TarHeaderDecoder::feed(std::string_view segment) {
    const std::size_t skipped = std::min(padding_, segment.size());
    padding_ -= skipped;
    segment.remove_prefix(skipped);
    while (!segment.empty() && !ended_ && broken_.empty()) {
        const auto slice = segment.substr(0, kSliceBytes);
        segment.remove_prefix(slice.size());
        if (slice.size() > kMaxHeaderBytes - pending_.size()) {
            break_off("more than " + std::to_string(kMaxHeaderBytes) + " bytes of header");
            return;
        }
        pending_.append(slice);
        scan();
    }
}

void TarHeaderDecoder::break_off(std::string why) {
    broken_ = std::move(why);
    std::string().swap(pending_);
}

void TarHeaderDecoder::scan() {
    while (broken_.empty() && !ended_ && !complete_ && scanned_ + kTarBlockBytes <= pending_.size()) {
        if (!scan_block()) {
            return;
        }
    }
    if (complete_ && pending_.size() > scanned_) {
        break_off("bytes between a header and its payload");
    }
}

// The block at scanned_; false if more bytes are needed to get past it.
bool TarHeaderDecoder::scan_block() {
    const auto block = std::string_view(pending_).substr(scanned_, kTarBlockBytes);
    if (is_zero_block(block)) {
        return scan_zero_block();
    }
    auto header = parse_tar_block(block);
    if (!header) {
        break_off("invalid tar header");
        return true;
    }
    if (header->size < 0 && !has_no_data(header->type)) {
        break_off("a negative size in a tar header");
        return true;
    }
    if (is_extension(header->type) || header->type == 'g') {
        return scan_extension(std::move(*header));
    }
    std::size_t end = scanned_ + kTarBlockBytes;
    if (header->type == 'S') {
        // The rest of the sparse map comes in blocks of its own.
        bool more = header->gnu && block[kSparseExtendedAt] != '\0';
        while (more) {
            if (end + kTarBlockBytes > pending_.size()) {
                return false;
            }
            more = pending_[end + kSparseBlockExtendedAt] != '\0';
            end += kTarBlockBytes;
        }
    }
    header_ = std::move(*header);
    scanned_ = end;
    complete_ = true;
    return true;
}

bool TarHeaderDecoder::scan_zero_block() {
    if (scanned_ + 2 * kTarBlockBytes > pending_.size()) {
        return false;
    }
    if (is_zero_block(std::string_view(pending_).substr(scanned_ + kTarBlockBytes, kTarBlockBytes))) {
        ended_ = true;
        std::string().swap(pending_);
    } else {
        break_off("a zero block before a tar header");
    }
    return true;
}

bool TarHeaderDecoder::scan_extension(TarBlock header) {
    const auto payload = static_cast<std::uint64_t>(header.size);
    if (payload > kMaxHeaderBytes) {
        break_off("more than " + std::to_string(kMaxHeaderBytes) + " bytes of header");
        return true;
    }
    const Range range{scanned_ + kTarBlockBytes, static_cast<std::size_t>(payload), true};
    if (range.at + range.size > pending_.size()) {
        return false;
    }
    const char type = header.type;
    if (type == 'g') {
        // A member of its own: its padding comes after its entry.
        pax_ = range;
        header_ = std::move(header);
        scanned_ = range.at + range.size;
        complete_ = true;
        return true;
    }
    (type == 'x' ? pax_ : type == 'L' ? long_name_ : long_link_) = range;
    scanned_ = range.at + range.size + tar_padding(payload);
    return true;
}

std::string_view TarHeaderDecoder::text_of(const Range& range) const {
    return range.present ? std::string_view(pending_).substr(range.at, range.size) : std::string_view();
}

tl::unexpected<ParseError> TarHeaderDecoder::broken_error() const {
    return tl::unexpected<ParseError>(ParseError{broken_, scanned_});
}

// Go gives back only the name and the xattrs of a global header.
Parsed<TarMember> TarHeaderDecoder::decode_global() const {
    TarMember member;
    PaxRecords records;
    member.name = header_.name;
    if (!records.parse(text_of(pax_)) || !records.apply(member)) {
        return tl::unexpected<ParseError>(ParseError{"invalid PAX record", pax_.at});
    }
    TarMember out;
    out.type = 'g';
    out.name = std::move(member.name);
    out.xattrs = std::move(member.xattrs);
    return out;
}

Parsed<TarMember> TarHeaderDecoder::decode() const {
    const auto fail = [](const char* why, std::size_t offset) {
        return tl::unexpected<ParseError>(ParseError{why, offset});
    };
    TarMember member;
    member.name = header_.name;
    member.link_name = header_.link_name;
    member.type = header_.type;
    member.mode = static_cast<std::uint32_t>(static_cast<std::uint64_t>(header_.mode) & 07777U);
    member.uid = header_.uid;
    member.gid = header_.gid;
    member.size = header_.size;
    member.mtime = header_.mtime;
    member.device_major = header_.device_major;
    member.device_minor = header_.device_minor;
    PaxRecords records;
    if (!records.parse(text_of(pax_)) || !records.apply(member)) {
        return fail("invalid PAX record", pax_.at);
    }
    const auto c_string = [](std::string_view text) { return text.substr(0, text.find('\0')); };
    if (const auto name = c_string(text_of(long_name_)); !name.empty()) {
        member.name = name;
    }
    if (const auto target = c_string(text_of(long_link_)); !target.empty()) {
        member.link_name = target;
    }
    if (member.type == '\0') {
        member.type = member.name.ends_with('/') ? '5' : '0';
    }
    if (member.size < 0 && !has_no_data(member.type)) {
        return fail("a negative size in a tar header", scanned_);
    }
    if (member.type != 'S' && !records.apply_sparse(member)) {
        return fail("invalid PAX record", pax_.at);
    }
    if (member.sparse && has_no_data(member.type)) {
        return fail("a sparse member without data", scanned_);
    }
    if (member.type != '1' && member.type != '2') {
        member.link_name.clear();
    }
    return member;
}

void TarHeaderDecoder::reset_for_next(std::uint64_t payload) {
    pending_.clear();
    padding_ = tar_padding(payload);
    scanned_ = 0;
    pax_ = {};
    long_name_ = {};
    long_link_ = {};
    complete_ = false;
}

// Docker before 18.09 took a global header for a file: its payload is apart from its header.
bool TarHeaderDecoder::has_old_global(std::int64_t entry_size) const {
    if (complete_ || scanned_ + kTarBlockBytes != pending_.size()) {
        return false;
    }
    const auto header = parse_tar_block(std::string_view(pending_).substr(scanned_));
    return header && header->type == 'g' && header->size > 0 && header->size == entry_size;
}

Parsed<TarMember> TarHeaderDecoder::take(std::int64_t entry_size) {
    if (!broken_.empty()) {
        return broken_error();
    }
    if (ended_ || padding_ > 0 || pending_.empty()) {
        break_off(
            ended_         ? "a member behind the end of the archive"
            : padding_ > 0 ? "the padding before a tar header is cut"
                           : "no tar header before a member"
        );
        return broken_error();
    }
    const bool old_global = has_old_global(entry_size);
    if (!complete_ && !old_global) {
        break_off("a tar header is cut");
        return broken_error();
    }
    if (old_global) {
        header_ = parse_tar_block(std::string_view(pending_).substr(scanned_)).value_or(TarBlock{});
        pax_ = {};
    }
    const bool global = header_.type == 'g';
    auto member = global ? decode_global() : decode();
    if (!member) {
        break_off(member.error().what);
        return member;
    }
    std::uint64_t payload = 0;
    if (global) {
        payload = old_global ? static_cast<std::uint64_t>(entry_size) : pax_.size;
    } else if (!has_no_data(member->type)) {
        payload = static_cast<std::uint64_t>(member->size);
        if (!member->sparse && member->type != 'S' && member->size != entry_size) {
            break_off("the size in a tar header is not that of its entry");
            return broken_error();
        }
    }
    reset_for_next(payload);
    return member;
}

bool TarHeaderDecoder::good_end() const {
    if (ended_) {
        return broken_.empty();
    }
    if (!broken_.empty() || complete_) {
        return false;
    }
    // Nothing more, the padding of an extension cut, or a single zero block.
    const bool one_zero_block = pending_.size() == scanned_ + kTarBlockBytes &&
                                is_zero_block(std::string_view(pending_).substr(scanned_));
    return pending_.size() <= scanned_ || one_zero_block;
}

}  // namespace drydock
