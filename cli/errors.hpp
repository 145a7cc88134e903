// The two ways a command ends without a report. Both carry one line for stderr, without the program's
// name; main prints it and turns the type into the exit status.
#pragma once

#include <stdexcept>

namespace drydock {

inline constexpr int kExitOperational = 8;
inline constexpr int kExitUsage = 16;
inline constexpr int kExitCancelled = 32;

// What was typed cannot be meant.
class UsageError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// What was typed is fine, but the world does not allow it: no such root, no space for the output.
class OperationalError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace drydock
