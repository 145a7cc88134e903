// Lines for a terminal or a file: wrapping, indentation and colour in one place. Text that is handed in
// has passed through terminal_text already; nothing else may put an escape byte on the stream.
#pragma once

#include <cstddef>
#include <ostream>
#include <string_view>

namespace drydock {

struct TextStyle {
    bool color = false;
    std::size_t width = 100;  // columns; a word that is longer stays whole
    bool verbose = false;
    bool quiet = false;
};

enum class Paint : unsigned char { plain, strong, good, warning, bad, faint };

class TextWriter {
public:
    TextWriter(std::ostream& out, const TextStyle& style) : out_(out), style_(style) {}

    [[nodiscard]] const TextStyle& style() const noexcept { return style_; }

    void blank() { out_ << '\n'; }

    // One line as it is, for what is to be copied: commands, paths.
    void line(std::size_t indent, std::string_view text, Paint paint = Paint::plain);
    // Wrapped at spaces; lines after the first are indented by `hang`.
    void paragraph(std::size_t indent, std::size_t hang, std::string_view text, Paint paint = Paint::plain);
    // A wrapped line with a label in a column of its own: "    hurts     demo/web:1".
    void row(std::size_t indent, std::string_view label, std::string_view text);

private:
    void write(std::string_view text, Paint paint);
    [[nodiscard]] std::size_t room(std::size_t indent) const;

    std::ostream& out_;
    TextStyle style_;
};

}  // namespace drydock
