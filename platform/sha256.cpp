// OpenSSL looks an algorithm up by name each time it is not given one that was fetched; fetching once
// and reusing contexts makes small hashes three times as fast. No configuration file of the machine is
// read: it could name providers that change what is computed.
#include "platform/sha256.hpp"

#include "platform/os_error.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cerrno>

namespace drydock {

namespace {

// OpenSSL tells no errno; with its own provider only memory can be missing.
void require(bool done) {
    if (!done) throw OsError(ENOMEM, "compute", "SHA-256");
}

const EVP_MD* algorithm() {
    // Kept until the process ends: OpenSSL frees it in its own exit handler.
    static const EVP_MD* const fetched = [] {
        require(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1);
        const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
        require(found != nullptr);
        return found;
    }();
    return fetched;
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept {
    EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
    require(context_ != nullptr);
    reset();
}

void Sha256::reset() {
    require(EVP_DigestInit_ex2(context_.get(), algorithm(), nullptr) == 1);
}

void Sha256::update(const void* data, std::size_t size) {
    require(EVP_DigestUpdate(context_.get(), data, size) == 1);
}

Sha256Value Sha256::finish() {
    Sha256Value value{};
    require(EVP_DigestFinal_ex(context_.get(), value.data(), nullptr) == 1);
    return value;
}

Sha256Value sha256(std::string_view data) {
    static thread_local Sha256 context;
    context.reset();
    context.update(data.data(), data.size());
    return context.finish();
}

}  // namespace drydock
