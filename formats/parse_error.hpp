// The outcome of parsing: a value, or what is wrong with the text and where. Never an exception.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <string>

namespace drydock {

struct ParseError {
    std::string what;        // one line, no final dot: "unexpected end of JSON input"
    std::size_t offset = 0;  // in bytes
};

template <class T>
using Parsed = tl::expected<T, ParseError>;

}  // namespace drydock
