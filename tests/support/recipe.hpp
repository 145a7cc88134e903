// A recipe of samples/: one planted damage, and exactly the findings that a check must report for it.
// Written in places ("{record demo/web:1 0}") instead of paths, it fits every store that holds the
// sample images, whoever made it. samples/README.md describes the language.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drydock {

struct RecipeStep {
    std::string verb;
    std::vector<std::string> words;  // places not yet resolved
    std::size_t line = 0;
};

// Keys as in the recipe: code, kind, id, path, class, images, tags, containers, peers, severity,
// verdict, level.
using Expectation = std::map<std::string, std::string>;

struct Recipe {
    std::string name;   // "layer/diff-empty"
    std::string title;  // its first line
    std::vector<RecipeStep> steps;
    std::vector<Expectation> expected;
};

// Throws std::runtime_error with the line at fault.
[[nodiscard]] Recipe parse_recipe(const std::string& name, std::string_view text);

// Name from the last two components of the path, without ".recipe".
[[nodiscard]] Recipe read_recipe(const std::string& path);

// Every *.recipe below `folder`, sorted.
[[nodiscard]] std::vector<std::string> list_recipes(const std::string& folder);

// The findings that a check at `level` must report; those of another level left out.
[[nodiscard]] std::vector<Expectation> expected_at(const Recipe& recipe, const std::string& level);

// A list "a,b,c"; commas within braces do not part. "" is no item.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

}  // namespace drydock
