// The lint rules look at code through code_of(): if that went wrong they would hold for nothing.
#include "tests/lint/source_tree.hpp"

#include <catch2/catch.hpp>

namespace drydock {

TEST_CASE("Comments and quoted text are no code, and lines stay") {
    CHECK(code_of("a // b\nc") == "a  \nc");
    CHECK(code_of("a /* b\nc */ d") == "a  \n d");
    CHECK(code_of("f(\"x\\\"y\") + '\\'' + 1'000") == "f( ) +   + 1'000");
    CHECK(code_of("R\"(a\"\nb)\" + R\"--(c)\")--\" d") == " \n +   d");
}

TEST_CASE("The tree holds the sources and the documents") {
    CHECK(cpp_files_of("platform").size() > 10);
    CHECK(cpp_files_of("tests").size() > 50);
    CHECK(exists_in_tree("README.md"));
    CHECK_FALSE(exists_in_tree("no-such-file"));
    CHECK(place({"x.cpp", "a\nb\nc"}, 2) == "x.cpp:2");
}

}  // namespace drydock
