// See tar_split_writer.hpp.
#include "tests/support/tar_split_writer.hpp"

#include "tests/support/bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace drydock {

namespace {

constexpr std::size_t kBlock = 512;
// What dockerd reads at a time behind the last member.
constexpr std::size_t kChunk = std::size_t{1} << 20U;

struct Entry {
    bool file = false;
    std::string name;
    std::string bytes;     // the payload of a member, or the segment
    std::size_t size = 0;  // of a member, by its header
};

std::string text_field(std::string_view block, std::size_t offset, std::size_t size) {
    const std::string_view field = block.substr(offset, size);
    return std::string(field.substr(0, field.find('\0')));
}

std::size_t size_field(std::string_view block) {
    const std::string_view field = block.substr(124, 12);
    std::size_t value = 0;
    if ((static_cast<unsigned char>(field[0]) & 0x80U) != 0) {
        for (const char c : field.substr(1)) {
            value = (value << 8U) | static_cast<unsigned char>(c);
        }
        return value;
    }
    for (const char c : field) {
        if (c >= '0' && c <= '7') {
            value = value * 8 + static_cast<std::size_t>(c - '0');
        }
    }
    return value;
}

std::size_t padded(std::size_t size) {
    return (size + kBlock - 1) / kBlock * kBlock;
}

// The value of the last record "path" of a pax member, "" where there is none.
std::string pax_path(std::string_view body) {
    std::string path;
    while (!body.empty()) {
        const std::size_t space = body.find(' ');
        const std::size_t size = std::stoul(std::string(body.substr(0, space)));
        const std::string_view record = body.substr(space + 1, size - space - 2);
        const std::size_t equals = record.find('=');
        if (record.substr(0, equals) == "path") {
            path = record.substr(equals + 1);
        }
        body.remove_prefix(size);
    }
    return path;
}

std::string member_name(std::string_view block) {
    const std::string name = text_field(block, 0, 100);
    const bool ustar = block.substr(257, 6) == std::string_view("ustar\0", 6);
    const std::string prefix = ustar ? text_field(block, 345, 155) : "";
    return prefix.empty() ? name : prefix + "/" + name;
}

bool is_zero(std::string_view block) {
    return block.find_first_not_of('\0') == std::string_view::npos;
}

class Disassembler {
public:
    explicit Disassembler(std::string_view tar) : tar_(tar) {}

    std::vector<Entry> run();

private:
    void member(std::string_view block);
    void segment(std::size_t end);

    std::string_view tar_;
    std::size_t at_ = 0;       // behind what was looked at
    std::size_t written_ = 0;  // behind what is in `entries_`
    std::string pax_name_;
    std::string gnu_name_;
    std::vector<Entry> entries_;
};

void Disassembler::segment(std::size_t end) {
    end = std::min(end, tar_.size());
    if (end > written_) {
        entries_.push_back({false, "", std::string(tar_.substr(written_, end - written_)), 0});
        written_ = end;
    }
}

void Disassembler::member(std::string_view block) {
    const char type = block[156];
    const std::size_t size = size_field(block);
    at_ += kBlock;
    const std::string_view body = tar_.substr(at_, size);
    if (type == 'x' || type == 'L') {
        (type == 'x' ? pax_name_ : gnu_name_) = type == 'x' ? pax_path(body) : text_field(body, 0, size);
        at_ += padded(size);
        return;
    }
    if (type == 'K') {
        at_ += padded(size);
        return;
    }
    std::string name = !gnu_name_.empty() ? gnu_name_ : !pax_name_.empty() ? pax_name_ : member_name(block);
    if (type == 'g') {
        // The records belong to the segment before the entry, their padding to the one after it.
        segment(at_ + size);
        at_ += padded(size);
        entries_.push_back({true, member_name(block), "", 0});
        return;
    }
    gnu_name_.clear();
    pax_name_.clear();
    segment(at_);
    // Links, nodes, folders and fifos have no bytes, whatever their size field says.
    const bool header_only = type >= '1' && type <= '6';
    entries_.push_back({true, std::move(name), header_only ? "" : std::string(body), size});
    if (!header_only) {
        written_ += body.size();
        at_ += padded(size);
    }
}

std::vector<Entry> Disassembler::run() {
    while (at_ + kBlock <= tar_.size() && !is_zero(tar_.substr(at_, kBlock))) {
        member(tar_.substr(at_, kBlock));
    }
    segment(at_ + 2 * kBlock);
    while (written_ < tar_.size()) {
        segment(written_ + kChunk);
    }
    entries_.push_back({false, "", "", 0});
    return std::move(entries_);
}

}  // namespace

std::string tar_split_text(std::string_view tar) {
    std::string out;
    std::size_t position = 0;
    for (const Entry& entry : Disassembler(tar).run()) {
        if (entry.file) {
            out += "{\"type\":1,";
            out += is_utf8(entry.name) ? "\"name\":" + go_json_string(entry.name)
                                       : "\"name_raw\":\"" + base64_text(entry.name) + '"';
            if (entry.size > 0) {
                out += ",\"size\":" + std::to_string(entry.size);
            }
            out += ",\"payload\":";
            out += entry.size == 0 ? "null" : '"' + base64_text(crc64_bytes(entry.bytes)) + '"';
        } else {
            out += R"({"type":2,"payload":")" + base64_text(entry.bytes) + '"';
        }
        out += ",\"position\":" + std::to_string(position++) + "}\n";
    }
    return out;
}

std::string tar_split_file(std::string_view tar) {
    return gzip_bytes(tar_split_text(tar));
}

}  // namespace drydock
