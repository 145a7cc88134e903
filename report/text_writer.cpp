// See text_writer.hpp. Colour codes are the eight that every terminal knows; they surround whole lines,
// so that they never count as columns.
#include "report/text_writer.hpp"

#include "report/words.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace drydock {

namespace {

constexpr std::size_t kLabelColumns = 10;

std::string_view code_of(Paint paint) {
    switch (paint) {
    case Paint::plain:
        return {};
    case Paint::strong:
        return "\x1b[1m";
    case Paint::good:
        return "\x1b[32m";
    case Paint::warning:
        return "\x1b[33m";
    case Paint::bad:
        return "\x1b[1;31m";
    case Paint::faint:
        return "\x1b[2m";
    }
    return {};
}

// Breaks at spaces; a word longer than the room stays whole. Always at least one line.
std::vector<std::string> wrap(std::string_view text, std::size_t first_room, std::size_t room) {
    std::vector<std::string> lines(1);
    std::size_t used = 0;
    bool begun = false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t size = columns(word);
        if (begun && used + 1 + size > (lines.size() == 1 ? first_room : room)) {
            lines.emplace_back();
            used = 0;
            begun = false;
        }
        lines.back().append(begun ? " " : "").append(word);
        used += size + (begun ? 1 : 0);
        begun = true;
    }
    return lines;
}

}  // namespace

void TextWriter::write(std::string_view text, Paint paint) {
    const std::string_view code = style_.color ? code_of(paint) : std::string_view{};
    out_ << code << text << (code.empty() ? "" : "\x1b[0m") << '\n';
}

std::size_t TextWriter::room(std::size_t indent) const {
    constexpr std::size_t kLeast = 20;  // on a very narrow terminal lines are cut by the terminal
    return std::max(style_.width, indent + kLeast) - indent;
}

void TextWriter::line(std::size_t indent, std::string_view text, Paint paint) {
    write(std::string(indent, ' ').append(text), paint);
}

void TextWriter::paragraph(std::size_t indent, std::size_t hang, std::string_view text, Paint paint) {
    std::size_t margin = indent;
    for (const std::string& part : wrap(text, room(indent), room(hang))) {
        line(margin, part, paint);
        margin = hang;
    }
}

void TextWriter::row(std::size_t indent, std::string_view label, std::string_view text) {
    const std::size_t hang = indent + kLabelColumns;
    std::string head = std::string(indent, ' ').append(label);
    head.resize(std::max(head.size() + 1, hang), ' ');
    for (const std::string& part : wrap(text, room(hang), room(hang))) {
        write(head + part, Paint::plain);
        head.assign(hang, ' ');
    }
}

}  // namespace drydock
