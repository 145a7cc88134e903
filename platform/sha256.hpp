// SHA-256 by OpenSSL, with the algorithm fetched once and the context reused.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

struct evp_md_ctx_st;

namespace drydock {

using Sha256Value = std::array<std::uint8_t, 32>;

class Sha256 {
public:
    Sha256();

    void reset();
    void update(const void* data, std::size_t size);
    // The digest of all updates since reset(); the object must be reset before it is used again.
    [[nodiscard]] Sha256Value finish();

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };

    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

[[nodiscard]] Sha256Value sha256(std::string_view data);

}  // namespace drydock
