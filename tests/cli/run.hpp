// Runs the built drydock as a user would. The tests of this folder see nothing but its arguments, its two
// streams and its exit status.
#pragma once

#include <string>
#include <vector>

namespace drydock {

struct ProgramResult {
    int status = -1;  // -1: it was killed
    std::string out;
    std::string err;
};

// The executable that the environment variable DRYDOCK_BINARY names. Throws where there is none: a test
// that cannot run must not pass.
[[nodiscard]] ProgramResult run_drydock(const std::vector<std::string>& arguments);

// `text` as one word of a shell.
[[nodiscard]] std::string shell_quoted(const std::string& text);

}  // namespace drydock
