// Names of a store are bytes. These functions make them text that can be shown: one way for JSON, one for
// a terminal. Both keep valid UTF-8 and are reversible, because a backslash is written twice. Everything
// that a report prints and that came from disk or from the command line passes through here, once.
#pragma once

#include <string>
#include <string_view>

namespace drydock {

// Valid UTF-8 stays, any other byte becomes \xNN, a backslash becomes two. The result is valid UTF-8;
// JSON's own escaping comes after it.
[[nodiscard]] std::string json_text(std::string_view bytes);

// As json_text; besides, control characters become \xNN or \u{..}, and so does what has no width or turns
// the writing direction, so that a name can neither steer the terminal nor look like another name.
[[nodiscard]] std::string terminal_text(std::string_view bytes);

}  // namespace drydock
