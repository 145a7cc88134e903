// Writes one pretty-printed JSON object to a stream, member by member and array element by element, so
// that no report is ever held as one document. The text is what ordered_json::dump(2) would give for the
// whole. Strings must be valid UTF-8 (json_text makes them so).
#pragma once

#include <nlohmann/json.hpp>

#include <ostream>
#include <string_view>

namespace drydock {

class JsonObjectStream {
public:
    explicit JsonObjectStream(std::ostream& out) : out_(out) {}

    ~JsonObjectStream() = default;

    JsonObjectStream(const JsonObjectStream&) = delete;
    JsonObjectStream& operator=(const JsonObjectStream&) = delete;

    void member(std::string_view key, const nlohmann::ordered_json& value);
    void begin_array(std::string_view key);
    void element(const nlohmann::ordered_json& value);
    void end_array();
    // Closes the object, with a newline.
    void finish();

private:
    void begin_member(std::string_view key);
    void write_indented(const nlohmann::ordered_json& value, std::string_view indent);

    std::ostream& out_;
    bool any_member_ = false;
    bool any_element_ = false;
};

}  // namespace drydock
