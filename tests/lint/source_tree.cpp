#include "tests/lint/source_tree.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

namespace drydock {

namespace {

namespace fs = std::filesystem;

constexpr std::array kFolders = {
    ".ci",
    "bench",
    "cli",
    "cmake",
    "docs",
    "formats",
    "model",
    "packaging",
    "platform",
    "repair",
    "report",
    "samples",
    "scanner",
    "tests",
    "validators",
};

fs::path root() {
    return DRYDOCK_SOURCE_DIR;
}

SourceFile read(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << stream.rdbuf();
    return {path.lexically_relative(root()).string(), std::move(bytes).str()};
}

std::vector<SourceFile> read_tree() {
    std::vector<SourceFile> files;
    for (const auto& entry : fs::directory_iterator(root())) {
        if (entry.is_regular_file()) files.push_back(read(entry.path()));
    }
    for (const char* folder : kFolders) {
        for (const auto& entry : fs::recursive_directory_iterator(root() / folder)) {
            const bool corpus = entry.path().string().find("/fuzz/corpus/") != std::string::npos;
            if (entry.is_regular_file() && !corpus) files.push_back(read(entry.path()));
        }
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// The end of what begins at `at`: a comment, a string, a character, or one character of code.
std::size_t end_of_token(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    const auto after = [&](std::string_view mark, std::size_t from) {
        const std::size_t found = text.find(mark, from);
        return found == std::string_view::npos ? text.size() : found + mark.size();
    };
    if (rest.starts_with("//")) return std::min(text.find('\n', at), text.size());
    if (rest.starts_with("/*")) return after("*/", at + 2);
    if (rest.starts_with("R\"") && (at == 0 || !is_word(text[at - 1]))) {
        const std::size_t open = std::min(text.find('(', at), text.size());
        return after(")" + std::string(text.substr(at + 2, open - at - 2)) + "\"", open);
    }
    const char quote = rest.front();
    // After a digit it parts thousands.
    const bool separator = quote == '\'' && at > 0 && is_word(text[at - 1]);
    if ((quote != '"' && quote != '\'') || separator) return at + 1;
    std::size_t end = at + 1;
    while (end < text.size() && text[end] != quote && text[end] != '\n') {
        end += text[end] == '\\' ? 2U : 1U;
    }
    return std::min(end + 1, text.size());
}

}  // namespace

std::string SourceFile::folder() const {
    const std::size_t slash = path.find('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

bool SourceFile::is_cpp() const {
    return path.ends_with(".cpp") || path.ends_with(".hpp");
}

bool SourceFile::is_document() const {
    return path.ends_with(".md");
}

const std::vector<SourceFile>& source_tree() {
    static const std::vector<SourceFile> files = read_tree();
    return files;
}

std::vector<SourceFile> cpp_files_of(std::string_view folder) {
    std::vector<SourceFile> files;
    for (const SourceFile& file : source_tree()) {
        if (file.is_cpp() && file.folder() == folder) files.push_back(file);
    }
    return files;
}

std::string code_of(std::string_view text) {
    std::string code;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = end_of_token(text, at);
        if (end == at + 1) {
            code += text[at];
        } else {
            code += ' ';
            code.append(
                static_cast<std::size_t>(std::count(
                    text.begin() + static_cast<std::ptrdiff_t>(at),
                    text.begin() + static_cast<std::ptrdiff_t>(end),
                    '\n'
                )),
                '\n'
            );
        }
        at = end;
    }
    return code;
}

std::string place(const SourceFile& file, std::size_t offset) {
    const auto end = file.text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, file.text.size()));
    return file.path + ":" + std::to_string(1 + std::count(file.text.begin(), end, '\n'));
}

bool exists_in_tree(const std::string& name) {
    return fs::exists(root() / name);
}

}  // namespace drydock
