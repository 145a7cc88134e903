// What bytes of a store become in a report: nothing may be lost, nothing may reach the terminal as a
// command, and different names must stay different.
#include "report/safe_text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace drydock;

TEST_CASE("Valid UTF-8 stays as it is in JSON and on a terminal") {
    for (const std::string text : {"", "demo/web:1", "\u00e9\u20ac\U0001F433", "a b"}) {
        CHECK(json_text(text) == text);
        CHECK(terminal_text(text) == text);
    }
}

TEST_CASE("Bytes that are no UTF-8 appear as four characters each") {
    CHECK(json_text("a\xFFz") == "a\\xffz");
    CHECK(json_text("\xE2\x82") == "\\xe2\\x82");                    // cut
    CHECK(json_text("\xC0\xAF") == "\\xc0\\xaf");                    // overlong
    CHECK(json_text("\xE0\x80\xAF") == "\\xe0\\x80\\xaf");           // overlong
    CHECK(json_text("\xED\xA0\x80") == "\\xed\\xa0\\x80");           // surrogate
    CHECK(json_text("\xF4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
    CHECK(json_text("\x80") == "\\x80");
    CHECK(json_text("\xE2\x82\xAC\xE2") == "\u20ac\\xe2");  // good, then cut
}

TEST_CASE("A backslash is written twice, so that an escape cannot be forged") {
    CHECK(json_text("\\xff") == "\\\\xff");
    CHECK(json_text("\\xff") != json_text("\xFF"));
    CHECK(terminal_text("\\") == "\\\\");
}

TEST_CASE("Control characters stay for JSON, whose own escapes take them, and are shown on a terminal") {
    CHECK(json_text("a\nb") == "a\nb");
    CHECK(terminal_text("a\nb\x1b[2J\x7f") == "a\\x0ab\\x1b[2J\\x7f");
    CHECK(terminal_text(std::string(1, '\0')) == "\\x00");
    CHECK(json_text(std::string(1, '\0')) == std::string(1, '\0'));
}

// NOLINTBEGIN(misc-misleading-bidirectional): such characters are what is tested; all are escapes here.
TEST_CASE("What turns the direction, has no width or controls a terminal is shown by its number") {
    CHECK(terminal_text("a\u202eb") == "a\\u{202e}b");
    CHECK(terminal_text("\u2066") == "\\u{2066}");
    CHECK(terminal_text("\u200b") == "\\u{200b}");
    CHECK(terminal_text("\ufeff") == "\\u{feff}");
    CHECK(terminal_text("\xC2\x9B[2J") == "\\u{9b}[2J");
    CHECK(json_text("a\u202eb") == "a\u202eb");
}

// NOLINTEND(misc-misleading-bidirectional)
