// See recipe.hpp.
#include "tests/support/recipe.hpp"

#include "tests/support/bytes.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace drydock {

namespace {

namespace fs = std::filesystem;

constexpr std::array kKeys{
    "code",
    "kind",
    "id",
    "path",
    "class",
    "images",
    "tags",
    "containers",
    "peers",
    "severity",
    "verdict",
    "level"
};

// The byte that an escape in quotes stands for; `at` is on the character behind the backslash and is
// left on the last one of the escape.
char unescape(std::string_view text, std::size_t& at) {
    switch (text[at]) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case '0':
        return '\0';
    case 'x': {
        const std::string digits(text.substr(at + 1, 2));
        at += 2;
        return static_cast<char>(std::stoul(digits, nullptr, 16));
    }
    default:
        return text[at];
    }
}

int depth_change(char c) {
    if (c == '{') {
        return 1;
    }
    return c == '}' ? -1 : 0;
}

// Words parted by blanks. A part in quotes may hold blanks and escapes, a place in braces blanks.
std::vector<std::string> split_words(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    bool in_word = false;
    bool quoted = false;
    int braces = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (quoted && c == '\\' && at + 1 < line.size()) {
            ++at;
            word += unescape(line, at);
        } else if (c == '"') {
            quoted = !quoted;
            in_word = true;
        } else if (!quoted && braces == 0 && (c == ' ' || c == '\t')) {
            if (in_word) {
                words.push_back(std::move(word));
            }
            word.clear();
            in_word = false;
        } else {
            braces += quoted ? 0 : depth_change(c);
            word += c;
            in_word = true;
        }
    }
    if (quoted || braces != 0) {
        throw std::runtime_error("a quote or brace is not closed");
    }
    if (in_word) {
        words.push_back(std::move(word));
    }
    return words;
}

Expectation parse_expectation(const std::vector<std::string>& words) {
    Expectation result;
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        const std::string key = word.substr(0, equals);
        if (equals == std::string::npos || std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
            throw std::runtime_error("no such key: " + word);
        }
        if (!result.emplace(key, word.substr(equals + 1)).second) {
            throw std::runtime_error("key given twice: " + key);
        }
    }
    for (const char* key : {"code", "kind", "id", "path", "class"}) {
        if (!result.contains(key)) {
            throw std::runtime_error(std::string("an expectation without ") + key);
        }
    }
    return result;
}

void parse_line(Recipe& recipe, std::string_view line, std::size_t number, bool& nothing) {
    const std::size_t colon = line.find(':');
    const std::string_view kind = line.substr(0, colon);
    const std::vector<std::string> words =
        split_words(colon == std::string_view::npos ? "" : line.substr(colon + 1));
    if (kind == "damage" && !words.empty()) {
        recipe.steps.push_back({words[0], {words.begin() + 1, words.end()}, number});
    } else if (kind == "expect" && words.size() == 1 && words[0] == "nothing") {
        nothing = true;
    } else if (kind == "expect") {
        recipe.expected.push_back(parse_expectation(words));
    } else {
        throw std::runtime_error("neither \"damage:\" nor \"expect:\"");
    }
}

}  // namespace

Recipe parse_recipe(const std::string& name, std::string_view text) {
    Recipe recipe;
    recipe.name = name;
    std::istringstream lines{std::string(text)};
    std::size_t number = 0;
    bool nothing = false;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (line.starts_with('#')) {
            if (recipe.title.empty()) {
                recipe.title = line.substr(std::min(line.size(), line.find_first_not_of("# ")));
            }
        } else if (line.find_first_not_of(" \t") != std::string::npos) {
            try {
                parse_line(recipe, line, number, nothing);
            } catch (const std::exception& error) {
                throw std::runtime_error(name + ":" + std::to_string(number) + ": " + error.what());
            }
        }
    }
    if (recipe.title.empty() || recipe.steps.empty() || recipe.expected.empty() != nothing) {
        throw std::runtime_error(
            name + ": a recipe has a title, damage and expected findings (or \"nothing\")"
        );
    }
    return recipe;
}

Recipe read_recipe(const std::string& path) {
    const fs::path file(path);
    return parse_recipe(
        file.parent_path().filename().string() + "/" + file.stem().string(), read_bytes(path)
    );
}

std::vector<std::string> list_recipes(const std::string& folder) {
    std::vector<std::string> paths;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && entry.path().extension() == ".recipe") {
            paths.push_back(entry.path().string());
        }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::vector<Expectation> expected_at(const Recipe& recipe, const std::string& level) {
    std::vector<Expectation> result;
    for (const Expectation& expectation : recipe.expected) {
        const auto only = expectation.find("level");
        if (only == expectation.end() || only->second == level) {
            result.push_back(expectation);
        }
    }
    return result;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> items;
    std::string item;
    int braces = 0;
    for (const char c : text) {
        braces += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (c == ',' && braces == 0) {
            items.push_back(std::move(item));
            item.clear();
        } else {
            item += c;
        }
    }
    if (!item.empty()) {
        items.push_back(std::move(item));
    }
    return items;
}

}  // namespace drydock
