#include "repair/witnesses/repositories_text.hpp"

#include <string_view>

namespace drydock {

namespace {

// U+2028 and U+2029, which Go escapes for the sake of JavaScript.
constexpr std::string_view kLineSeparator = "\xe2\x80\xa8";
constexpr std::string_view kParagraphSeparator = "\xe2\x80\xa9";

void append_unit(std::string& out, unsigned unit) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U}) {
        out += kDigits[(unit >> shift) & 15U];
    }
}

void append_string(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const std::string_view rest = text.substr(i);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (static_cast<unsigned char>(c) < 0x20U || c == '<' || c == '>' || c == '&') {
            append_unit(out, static_cast<unsigned char>(c));
        } else if (rest.starts_with(kLineSeparator) || rest.starts_with(kParagraphSeparator)) {
            append_unit(out, rest.starts_with(kLineSeparator) ? 0x2028U : 0x2029U);
            i += kLineSeparator.size() - 1;
        } else {
            out += c;
        }
    }
    out += '"';
}

}  // namespace

std::string repositories_text(const TagTable& table) {
    std::string out = R"({"Repositories":{)";
    bool first_repository = true;
    for (const auto& [repository, references] : table) {
        if (references.empty()) continue;
        if (!first_repository) out += ',';
        first_repository = false;
        append_string(out, repository);
        out += ":{";
        bool first = true;
        for (const auto& [reference, image] : references) {
            if (!first) out += ',';
            first = false;
            append_string(out, reference);
            out += ':';
            append_string(out, image);
        }
        out += '}';
    }
    return out + "}}";
}

}  // namespace drydock
