// nlohmann's SAX parser reads twice: once to see whether the text is JSON at all, once to decode, as
// json.Unmarshal does. Where it is stricter than Go (UTF-8, surrogates, the range of numbers) the text is
// rewritten first, and only then; where it is laxer (a byte order mark, a NUL as the end) this file
// refuses. The parser keeps its own stack on the heap: nesting cannot overflow ours.
#include "formats/go_json.hpp"

#include "formats/json_text.hpp"
#include "formats/record_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <vector>

namespace drydock {

void GoVisitor::on_text(int /*id*/, std::string& /*value*/) {}

void GoVisitor::on_integer(int /*id*/, std::int64_t /*value*/) {}

void GoVisitor::on_boolean(int /*id*/, bool /*value*/) {}

void GoVisitor::on_null(int /*id*/) {}

void GoVisitor::on_begin(int /*id*/) {}

void GoVisitor::on_key(int /*id*/, const std::string& /*key*/) {}

namespace {

using Json = nlohmann::json;

// Lower case, with the two characters outside ASCII that Go's folding maps to a letter: the long s and
// the Kelvin sign.
std::string fold(std::string_view key) {
    constexpr std::string_view kLongS = "\xc5\xbf";
    constexpr std::string_view kKelvin = "\xe2\x84\xaa";
    std::string out;
    out.reserve(key.size());
    for (std::size_t i = 0; i < key.size(); ++i) {
        const char c = key[i];
        if (c >= 'A' && c <= 'Z') {
            out.push_back(static_cast<char>(c - 'A' + 'a'));
        } else if (key.substr(i, kLongS.size()) == kLongS) {
            out.push_back('s');
            i += kLongS.size() - 1;
        } else if (key.substr(i, kKelvin.size()) == kKelvin) {
            out.push_back('k');
            i += kKelvin.size() - 1;
        } else {
            out.push_back(c);
        }
    }
    return out;
}

const GoField* find_field(const GoType& type, std::string_view key) {
    const auto exact = std::ranges::find(type.fields, key, &GoField::name);
    if (exact != type.fields.end()) {
        return &*exact;
    }
    // No field name is longer than this, even spelt with Kelvin signs.
    constexpr std::size_t kLongestName = 256;
    if (key.size() > kLongestName) {
        return nullptr;
    }
    const std::string folded = fold(key);
    const auto found =
        std::ranges::find_if(type.fields, [&](const GoField& field) { return fold(field.name) == folded; });
    return found == type.fields.end() ? nullptr : &*found;
}

const char* describe(GoKind kind) {
    switch (kind) {
    case GoKind::any:
        return "any value";
    case GoKind::text:
        return "a string";
    case GoKind::integer:
        return "a 64-bit integer";
    case GoKind::boolean:
        return "true or false";
    case GoKind::time:
        return "an RFC 3339 time";
    case GoKind::record:
        return "an object";
    case GoKind::list:
        return "an array";
    case GoKind::map:
        return "an object";
    }
    return "";
}

// The first pass: is it JSON, and not too deep.
class SyntaxHandler {
public:
    bool null() { return true; }

    bool boolean(bool /*value*/) { return true; }

    bool number_integer(Json::number_integer_t /*value*/) { return true; }

    bool number_unsigned(Json::number_unsigned_t /*value*/) { return true; }

    bool number_float(Json::number_float_t /*value*/, const Json::string_t& /*text*/) { return true; }

    bool string(Json::string_t& /*value*/) { return true; }

    bool binary(Json::binary_t& /*value*/) { return false; }

    bool start_object(std::size_t /*size*/) { return deeper(); }

    bool start_array(std::size_t /*size*/) { return deeper(); }

    bool key(Json::string_t& /*value*/) { return true; }

    bool end_object() {
        --depth_;
        return true;
    }

    bool end_array() {
        --depth_;
        return true;
    }

    bool parse_error(std::size_t position, const std::string& /*token*/, const Json::exception& /*error*/) {
        // The parser counts the byte that it stumbled over.
        offset_ = position > 0 ? position - 1 : 0;
        return false;
    }

    [[nodiscard]] bool too_deep() const noexcept { return too_deep_; }

    [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

private:
    bool deeper() {
        too_deep_ = ++depth_ > kMaxJsonDepth;
        return !too_deep_;
    }

    std::size_t depth_ = 0;
    std::size_t offset_ = 0;
    bool too_deep_ = false;
};

// The second pass, of text that is known to be JSON.
class DecodeHandler {
public:
    DecodeHandler(const GoField& root, GoVisitor& visitor) : root_(root), visitor_(visitor) {}

    bool null() {
        if (const GoField* field = target()) {
            visitor_.on_null(field->id);
        }
        return go_on();
    }

    bool boolean(bool value) {
        const GoField* field = wanted(GoKind::boolean, "a boolean");
        if (field != nullptr) {
            visitor_.on_boolean(field->id, value);
        }
        return go_on();
    }

    bool number_integer(Json::number_integer_t value) {
        const GoField* field = wanted(GoKind::integer, "a number");
        if (field != nullptr) {
            visitor_.on_integer(field->id, value);
        }
        return go_on();
    }

    bool number_unsigned(Json::number_unsigned_t value) {
        if (value > static_cast<Json::number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
            return number_float(0, {});
        }
        return number_integer(static_cast<Json::number_integer_t>(value));
    }

    bool number_float(Json::number_float_t /*value*/, const Json::string_t& /*text*/) {
        const GoField* field = target();
        if (field != nullptr && field->type->kind != GoKind::any) {
            mismatch(*field, "a number beyond its range or with a fraction");
        }
        return go_on();
    }

    bool string(Json::string_t& value) {
        const GoField* field = target();
        if (field != nullptr && field->type->kind == GoKind::time) {
            if (!is_rfc3339_time(value)) {
                mismatch(*field, "another string");
            }
            return true;
        }
        field = wanted(GoKind::text, "a string");
        if (field != nullptr) {
            visitor_.on_text(field->id, value);
        }
        return go_on();
    }

    bool binary(Json::binary_t& /*value*/) { return false; }

    bool start_object(std::size_t /*size*/) {
        const GoField* field = target();
        const bool enter =
            field != nullptr && (field->type->kind == GoKind::record || field->type->kind == GoKind::map);
        return begin(field, enter, "an object");
    }

    bool start_array(std::size_t /*size*/) {
        const GoField* field = target();
        return begin(field, field != nullptr && field->type->kind == GoKind::list, "an array");
    }

    bool key(Json::string_t& value) {
        if (skipped_ > 0) {
            return true;
        }
        Frame& frame = frames_.back();
        if (frame.field->type->kind == GoKind::map) {
            frame.current = frame.field->type->element;
            visitor_.on_key(frame.field->id, value);
        } else {
            frame.current = find_field(*frame.field->type, value);
        }
        return go_on();
    }

    bool end_object() { return end(); }

    bool end_array() { return end(); }

    bool
    parse_error(std::size_t /*position*/, const std::string& /*token*/, const Json::exception& /*error*/) {
        return false;
    }

    [[nodiscard]] const std::string& mismatch_found() const noexcept { return mismatch_; }

private:
    struct Frame {
        const GoField* field;    // the record, list or map that we are in
        const GoField* current;  // what the next value is for; nullptr: nobody wants it
    };

    [[nodiscard]] bool go_on() const { return visitor_.stopped().empty(); }

    [[nodiscard]] const GoField* target() const {
        if (skipped_ > 0) {
            return nullptr;
        }
        return frames_.empty() ? &root_ : frames_.back().current;
    }

    const GoField* wanted(GoKind kind, const char* actual) {
        const GoField* field = target();
        if (field == nullptr || field->type->kind == GoKind::any) {
            return nullptr;
        }
        if (field->type->kind != kind) {
            mismatch(*field, actual);
            return nullptr;
        }
        return field;
    }

    bool begin(const GoField* field, bool enter, const char* actual) {
        if (enter) {
            frames_.push_back({field, field->type->element});
            visitor_.on_begin(field->id);
            return go_on();
        }
        if (field != nullptr && field->type->kind != GoKind::any) {
            mismatch(*field, actual);
        }
        ++skipped_;
        return true;
    }

    bool end() {
        if (skipped_ > 0) {
            --skipped_;
        } else {
            frames_.pop_back();
        }
        return true;
    }

    void mismatch(const GoField& field, const char* actual) {
        if (mismatch_.empty()) {
            mismatch_ = std::string(field.name) + " is " + actual + ", not " + describe(field.type->kind);
        }
    }

    const GoField& root_;
    GoVisitor& visitor_;
    std::vector<Frame> frames_;
    std::size_t skipped_ = 0;  // open brackets that nobody wants
    std::string mismatch_;
};

ParseError syntax_error(std::string_view text, const SyntaxHandler& handler) {
    if (handler.too_deep()) {
        return {"nested deeper than 10,000", 0};
    }
    const std::size_t offset = std::min(handler.offset(), text.size());
    if (offset == text.size()) {
        return {"unexpected end of JSON input", offset};
    }
    return {"not valid JSON", offset};
}

template <class Handler>
bool run(std::string_view text, GoExtent extent, Handler& handler) {
    return Json::sax_parse(
        text.data(),
        text.data() + text.size(),
        &handler,
        nlohmann::detail::input_format_t::json,
        extent == GoExtent::whole_text
    );
}

Parsed<bool> check_syntax(std::string_view text, GoExtent extent) {
    SyntaxHandler handler;
    if (!run(text, extent, handler)) {
        return tl::unexpected<ParseError>(syntax_error(text, handler));
    }
    return true;
}

}  // namespace

Parsed<std::string>
decode_go_json(std::string_view text, GoExtent extent, const GoField& root, GoVisitor& visitor) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text.starts_with(kByteOrderMark)) {
        return tl::unexpected<ParseError>(ParseError{"not valid JSON", 0});
    }
    if (extent == GoExtent::whole_text) {
        if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
            return tl::unexpected<ParseError>(ParseError{"not valid JSON", nul});
        }
    }
    std::string rewritten;
    if (const auto plain = check_syntax(text, extent); !plain) {
        rewritten = rewrite_for_strict_parser(text);
        if (rewritten == text) {
            return tl::unexpected<ParseError>(plain.error());
        }
        if (const auto again = check_syntax(rewritten, extent); !again) {
            return tl::unexpected<ParseError>(again.error());
        }
        text = rewritten;
    }
    DecodeHandler handler(root, visitor);
    if (!run(text, extent, handler)) {
        return tl::unexpected<ParseError>(ParseError{visitor.stopped(), 0});
    }
    return handler.mismatch_found();
}

}  // namespace drydock
