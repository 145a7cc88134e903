// The form of the files themselves: what an editor would not show and a review would not see.
#include "tests/lint/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

namespace drydock {

namespace {

constexpr std::ptrdiff_t kMostLines = 450;

void find_text(const SourceFile& file, std::string_view what, const char* name, Complaints& complaints) {
    const std::size_t at = file.text.find(what);
    if (at != std::string::npos) complaints.add(place(file, at) + " has " + name);
}

// Built of two halves, so that this file does not hold what it looks for.
std::string joined(const char* first, const char* second) {
    return std::string(first) + second;
}

}  // namespace

TEST_CASE("C++ and documents have no tab, no carriage return, no byte order mark and no blank at a line's end"
) {
    Complaints complaints;
    for (const SourceFile& file : source_tree()) {
        find_text(file, "\r", "a carriage return", complaints);
        find_text(file, "\xef\xbb\xbf", "a byte order mark", complaints);
        find_text(file, " \n", "a blank at a line's end", complaints);
        // Here-documents of scripts are indented with tabs, which the shell takes away.
        if (!file.path.ends_with(".sh")) find_text(file, "\t", "a tab", complaints);
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("Every file ends with exactly one line break") {
    Complaints complaints;
    for (const SourceFile& file : source_tree()) {
        const bool good = file.text.ends_with('\n') && !file.text.ends_with("\n\n");
        if (!good) complaints.add(file.path);
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("Source files stay short; only the damage table is one long list") {
    Complaints complaints;
    for (const SourceFile& file : source_tree()) {
        const std::ptrdiff_t lines = std::count(file.text.begin(), file.text.end(), '\n');
        if (file.is_cpp() && lines > kMostLines && file.path != "model/damage_table.cpp") {
            complaints.add(file.path + " has " + std::to_string(lines) + " lines");
        }
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("Headers begin with what they are for, and are included once") {
    Complaints complaints;
    for (const SourceFile& file : source_tree()) {
        if (file.path.ends_with(".hpp") && file.folder() != "bench") {
            if (file.text.find("#pragma once\n") == std::string::npos) complaints.add(file.path + ": pragma");
            if (!file.text.starts_with("// ")) complaints.add(file.path + ": no first comment");
        }
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("Nothing is left for later in comments") {
    const std::array marks = {joined("TO", "DO"), joined("FIX", "ME"), joined("XX", "X:")};
    Complaints complaints;
    for (const SourceFile& file : source_tree()) {
        for (const std::string& mark : marks) {
            find_text(file, mark, "a mark of unfinished work", complaints);
        }
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("No file names a place of the machine that it was written on") {
    std::vector<std::string> places = {
        joined("/wo", "rk/main"), joined("/wo", "rk/shared"), joined("/tmp", "/w/")
    };
    const std::string here = DRYDOCK_SOURCE_DIR;
    // A short path is a part of many others.
    if (std::count(here.begin(), here.end(), '/') > 1) places.push_back(here + '/');
    Complaints complaints;
    for (const SourceFile& file : source_tree()) {
        for (const std::string& place_name : places) {
            find_text(file, place_name, "a path of one machine", complaints);
        }
        if (file.is_document()) find_text(file, joined("sha", "red/"), "a path outside", complaints);
    }
    CHECK(complaints.text() == "");
}

}  // namespace drydock
