// The files of the project as text, for the rules about them. Only the folders and files that belong to
// it are walked: what else lies in a working copy is nobody's business.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace drydock {

struct SourceFile {
    std::string path;  // from the root of the project: "platform/dir.cpp"
    std::string text;

    [[nodiscard]] std::string folder() const;  // "platform"; "" for a file of the root
    [[nodiscard]] bool is_cpp() const;         // .cpp or .hpp
    [[nodiscard]] bool is_document() const;    // .md
};

// All text files, sorted by path; without the corpora of the fuzz targets, which are bytes.
[[nodiscard]] const std::vector<SourceFile>& source_tree();

// The .cpp and .hpp files of one folder.
[[nodiscard]] std::vector<SourceFile> cpp_files_of(std::string_view folder);

// C++ without comments and without what stands in quotes; the lines stay.
[[nodiscard]] std::string code_of(std::string_view text);

// "path:line" of a place in a text, for messages.
[[nodiscard]] std::string place(const SourceFile& file, std::size_t offset);

// True where `name` exists from the root of the project.
[[nodiscard]] bool exists_in_tree(const std::string& name);

// Lines of complaints, one each; a rule holds where nothing was added.
class Complaints {
public:
    void add(const std::string& line) { text_ += line + '\n'; }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

}  // namespace drydock
