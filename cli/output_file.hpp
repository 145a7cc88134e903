// Where the result of a command goes: stdout, or a file that appears whole or not at all. The file may
// not lie below the data root, because nothing below it may change.
#pragma once

#include "platform/unique_fd.hpp"

#include <memory>
#include <optional>
#include <ostream>
#include <streambuf>
#include <string>

namespace drydock {

class OutputFile {
public:
    // nullopt: stdout. `root` must exist. Throws UsageError where FILE lies below it or is a folder,
    // OperationalError where FILE cannot be written.
    OutputFile(const std::optional<std::string>& file, const std::string& root);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    [[nodiscard]] std::ostream& stream() noexcept { return *stream_; }

    [[nodiscard]] bool is_stdout() const noexcept { return buffer_ == nullptr; }

    // The result is complete: flush, sync, rename. Throws OperationalError.
    void commit();

private:
    [[noreturn]] void fail(int error) const;

    std::string name_;       // as typed, for messages
    std::string path_;       // resolved
    std::string temporary_;  // "" once renamed, and for devices and pipes, which are written directly
    UniqueFd fd_;
    std::unique_ptr<std::streambuf> buffer_;
    std::unique_ptr<std::ostream> own_stream_;
    std::ostream* stream_;
};

// Whether `path` is `root`, or lies below it or below a folder that one of its links or mounts leads to.
[[nodiscard]] bool lies_below(const std::string& path, const std::string& root);

}  // namespace drydock
