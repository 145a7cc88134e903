// See json_stream.hpp. A dumped value holds newlines only between its parts (those inside strings are
// escaped), so indenting it is inserting spaces after each.
#include "report/json_stream.hpp"

#include <string>

namespace drydock {

void JsonObjectStream::begin_member(std::string_view key) {
    out_ << (any_member_ ? ",\n  \"" : "{\n  \"") << key << "\": ";
    any_member_ = true;
}

void JsonObjectStream::write_indented(const nlohmann::ordered_json& value, std::string_view indent) {
    const std::string text = value.dump(2);
    std::size_t begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        out_ << std::string_view(text).substr(begin, end + 1 - begin) << indent;
        begin = end + 1;
    }
    out_ << std::string_view(text).substr(begin);
}

void JsonObjectStream::member(std::string_view key, const nlohmann::ordered_json& value) {
    begin_member(key);
    write_indented(value, "  ");
}

void JsonObjectStream::begin_array(std::string_view key) {
    begin_member(key);
    out_ << '[';
    any_element_ = false;
}

void JsonObjectStream::element(const nlohmann::ordered_json& value) {
    out_ << (any_element_ ? ",\n    " : "\n    ");
    any_element_ = true;
    write_indented(value, "    ");
}

void JsonObjectStream::end_array() {
    out_ << (any_element_ ? "\n  ]" : "]");
}

void JsonObjectStream::finish() {
    out_ << (any_member_ ? "\n}\n" : "{}\n");
}

}  // namespace drydock
