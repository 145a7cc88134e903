// JSON decoded into known fields as Go's encoding/json decodes it into a struct (decode.go, scanner.go):
// keys match without regard to case, later values overwrite earlier ones, unknown keys are skipped, a
// value of the wrong type spoils the whole but does not end the reading, invalid UTF-8 and lone
// surrogates become U+FFFD, and nesting ends at 10,000. Nothing is kept but what a visitor keeps, so
// that a hostile document costs no more memory than a few times its length. Internal to formats/.
#pragma once

#include "formats/parse_error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace drydock {

enum class GoKind : std::uint8_t { any, text, integer, boolean, time, record, list, map };

struct GoType;

// A field of a struct, or the element of a list or map. The id is the visitor's own.
struct GoField {
    std::string_view name;
    int id;
    const GoType* type;
};

struct GoType {
    GoKind kind;
    std::span<const GoField> fields{};  // record
    const GoField* element = nullptr;   // list, map
};

inline constexpr GoType kGoAny{GoKind::any};
inline constexpr GoType kGoText{GoKind::text};
inline constexpr GoType kGoInteger{GoKind::integer};
inline constexpr GoType kGoBoolean{GoKind::boolean};
inline constexpr GoType kGoTime{GoKind::time};
inline constexpr GoType kGoObject{GoKind::record};  // an object whose fields do not matter

// Receives the values of known fields that have their type, in the order of the text.
class GoVisitor {
public:
    GoVisitor() = default;
    virtual ~GoVisitor() = default;
    GoVisitor(const GoVisitor&) = delete;
    GoVisitor& operator=(const GoVisitor&) = delete;

    virtual void on_text(int id, std::string& value);  // may be moved from
    virtual void on_integer(int id, std::int64_t value);
    virtual void on_boolean(int id, bool value);
    virtual void on_null(int id);
    virtual void on_begin(int id);                        // a record, list or map begins
    virtual void on_key(int id, const std::string& key);  // in the map with this id

    // Why the reading must end (a limit), or "".
    [[nodiscard]] const std::string& stopped() const noexcept { return stopped_; }

protected:
    void stop(std::string why) { stopped_ = std::move(why); }

private:
    std::string stopped_;
};

enum class GoExtent : std::uint8_t {
    whole_text,   // json.Unmarshal: nothing but white space after the value
    first_value,  // json.Decoder: what follows the first value does not matter
};

// Fails for what is no JSON (before the visitor sees anything) and where the visitor stopped. The value
// is the first mismatch of types in words, or "" where Go decodes the text.
[[nodiscard]] Parsed<std::string>
decode_go_json(std::string_view text, GoExtent extent, const GoField& root, GoVisitor& visitor);

inline constexpr std::size_t kMaxJsonDepth = 10'000;  // as Go's scanner

}  // namespace drydock
