// Ids of the store as distinct types: a chain id cannot be passed where a diff id is wanted. They
// are made by parsing or hashing only.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace drydock {

// A SHA-256 digest. Text form: "sha256:" and 64 lower-case hexadecimal digits, 71 bytes.
class Digest {
public:
    Digest() = default;

    explicit Digest(const std::array<std::uint8_t, 32>& bytes) : bytes_(bytes) {}

    // Exactly 64 characters [0-9a-f].
    [[nodiscard]] static std::optional<Digest> from_hex(std::string_view hex);
    // Exactly "sha256:" and 64 characters [0-9a-f].
    [[nodiscard]] static std::optional<Digest> from_text(std::string_view text);

    [[nodiscard]] std::string hex() const;

    [[nodiscard]] std::string text() const { return "sha256:" + hex(); }

    [[nodiscard]] const std::array<std::uint8_t, 32>& bytes() const noexcept { return bytes_; }

    auto operator<=>(const Digest&) const = default;

private:
    std::array<std::uint8_t, 32> bytes_{};
};

template <class Tag>
class DigestId : public Digest {
public:
    DigestId() = default;

    explicit DigestId(const Digest& digest) : Digest(digest) {}

    [[nodiscard]] static std::optional<DigestId> from_hex(std::string_view hex) {
        return wrap(Digest::from_hex(hex));
    }

    [[nodiscard]] static std::optional<DigestId> from_text(std::string_view text) {
        return wrap(Digest::from_text(text));
    }

    auto operator<=>(const DigestId&) const = default;

private:
    static std::optional<DigestId> wrap(const std::optional<Digest>& digest) {
        return digest ? std::optional<DigestId>(DigestId(*digest)) : std::nullopt;
    }
};

using DiffId = DigestId<struct DiffTag>;    // hash of a layer's uncompressed tar
using ChainId = DigestId<struct ChainTag>;  // hash over a layer and all below it
using ImageId = DigestId<struct ImageTag>;  // hash of an image's config

// ChainID of OCI image-spec identity: the diff id itself for a base layer, else
// sha256("<parent text> <diff text>").
[[nodiscard]] ChainId chain_id(const std::optional<ChainId>& parent, const DiffId& diff);

}  // namespace drydock

template <>
struct std::hash<drydock::Digest> {
    std::size_t operator()(const drydock::Digest& id) const noexcept {
        std::size_t value = 0;
        for (std::size_t i = 0; i < sizeof value; ++i) {
            value = (value << 8U) | id.bytes()[i];
        }
        return value;
    }
};

template <class Tag>
struct std::hash<drydock::DigestId<Tag>> : std::hash<drydock::Digest> {};
