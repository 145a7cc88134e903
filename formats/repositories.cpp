// repositories.json: moby reference/store.go and the reference grammar of distribution/reference
// (regexp.go, normalize.go). A reference that this calls malformed is one that dockerd does not index;
// the grammar is the widest of all its versions.
#include "formats/documents.hpp"
#include "formats/go_json.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace drydock {

namespace {

// A well-formed entry has some 100 bytes, so this is beyond any document of the size that is read; it
// bounds the memory that entries of a few bytes would cost.
constexpr std::size_t kMaxReferences = 1'000'000;
constexpr std::size_t kMaxNameBytes = 255;
constexpr std::size_t kMaxTagBytes = 128;

enum Id : int { kIgnored, kRepositories, kRepository, kImage };

constexpr GoField kImageElement{"an image id", kImage, &kGoText};
constexpr GoType kRepositoryType{GoKind::map, {}, &kImageElement};
constexpr GoField kRepositoryElement{"a repository", kRepository, &kRepositoryType};
constexpr GoType kRepositoriesType{GoKind::map, {}, &kRepositoryElement};
constexpr std::array<GoField, 1> kStoreFields{{{"Repositories", kRepositories, &kRepositoriesType}}};
constexpr GoType kStoreType{GoKind::record, kStoreFields};
constexpr GoField kStoreRoot{"the document", kIgnored, &kStoreType};

using Repository = std::map<std::string, std::string>;

class StoreVisitor final : public GoVisitor {
public:
    void on_null(int id) override {
        if (id == kRepositories) {
            present_ = false;
            references_ = 0;
            repositories_.clear();
        }
    }

    void on_begin(int id) override { present_ = present_ || id == kRepositories; }

    // A repository that comes twice is decoded into a new map each time, so the last one stands alone; a
    // second "Repositories" goes into the map that is there.
    void on_key(int id, const std::string& key) override {
        if (id == kRepositories) {
            repository_ = &repositories_[key];
            references_ -= repository_->size();
            repository_->clear();
            check_count();
        } else if (id == kRepository) {
            const auto [at, added] = repository_->insert_or_assign(key, std::string());
            image_ = &at->second;
            if (added) {
                ++references_;
                check_count();
            }
        }
    }

    void on_text(int id, std::string& value) override {
        if (id == kImage) {
            *image_ = std::move(value);
        }
    }

    [[nodiscard]] bool present() const noexcept { return present_; }

    [[nodiscard]] const std::map<std::string, Repository>& repositories() const noexcept {
        return repositories_;
    }

private:
    void check_count() {
        if (references_ + repositories_.size() > kMaxReferences) {
            stop("more than " + std::to_string(kMaxReferences) + " references");
        }
    }

    std::map<std::string, Repository> repositories_;
    Repository* repository_ = nullptr;
    std::string* image_ = nullptr;
    std::size_t references_ = 0;
    bool present_ = false;
};

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_letter_or_digit(char c) {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// [a-z0-9]+ joined by one '.', one or two '_', or any number of '-'.
bool is_path_component(std::string_view text) {
    if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back())) {
        return false;
    }
    for (std::size_t i = 0; i < text.size();) {
        if (is_lower_or_digit(text[i])) {
            ++i;
            continue;
        }
        const char separator = text[i];
        const std::size_t end = std::min(text.find_first_not_of(separator, i), text.size());
        const std::size_t most = separator == '-'   ? text.size()
                                 : separator == '_' ? 2
                                 : separator == '.' ? 1
                                                    : 0;
        if (end - i > most || !is_lower_or_digit(text[end])) {
            return false;
        }
        i = end;
    }
    return true;
}

bool is_host(std::string_view text) {
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
        const auto address = text.substr(1, text.size() - 2);
        return address.find_first_not_of("0123456789abcdefABCDEF:") == std::string_view::npos;
    }
    while (true) {
        const auto dot = std::min(text.find('.'), text.size());
        const auto label = text.substr(0, dot);
        if (label.empty() || !is_letter_or_digit(label.front()) || !is_letter_or_digit(label.back()) ||
            !std::all_of(label.begin(), label.end(), [](char c) {
                return is_letter_or_digit(c) || c == '-';
            })) {
            return false;
        }
        if (dot == text.size()) {
            return true;
        }
        text.remove_prefix(dot + 1);
    }
}

bool is_domain(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || text.back() == ']') {
        return is_host(text);
    }
    const auto port = text.substr(colon + 1);
    return !port.empty() && std::all_of(port.begin(), port.end(), is_digit) && is_host(text.substr(0, colon));
}

bool is_repository_name(std::string_view name) {
    if (name.empty() || name.size() > kMaxNameBytes) {
        return false;
    }
    const auto slash = name.find('/');
    if (slash != std::string_view::npos) {
        // Upper case makes a domain in newer versions, and an error in older ones.
        const auto first = name.substr(0, slash);
        const bool domain = first == "localhost" || std::any_of(first.begin(), first.end(), [](char c) {
                                return c == '.' || c == ':' || (c >= 'A' && c <= 'Z');
                            });
        if (domain) {
            if (!is_domain(first)) {
                return false;
            }
            name.remove_prefix(slash + 1);
        }
    }
    while (true) {
        const auto end = std::min(name.find('/'), name.size());
        if (!is_path_component(name.substr(0, end))) {
            return false;
        }
        if (end == name.size()) {
            return true;
        }
        name.remove_prefix(end + 1);
    }
}

bool is_tag(std::string_view text) {
    const auto is_word = [](char c) { return is_letter_or_digit(c) || c == '_'; };
    return !text.empty() && text.size() <= kMaxTagBytes && is_word(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return is_word(c) || c == '.' || c == '-'; });
}

bool is_well_formed(std::string_view repository, std::string_view reference, bool is_digest) {
    if (!is_repository_name(repository) || !reference.starts_with(repository)) {
        return false;
    }
    const auto rest = reference.substr(repository.size());
    if (is_digest) {
        return rest.starts_with('@') && Digest::from_text(rest.substr(1));
    }
    return rest.starts_with(':') && is_tag(rest.substr(1));
}

TagRecord make_tag(const std::string& repository, const std::string& reference, const std::string& image) {
    TagRecord tag;
    tag.repository = repository;
    tag.reference = reference;
    tag.image_text = image;
    tag.image = ImageId::from_text(image);
    const auto at = reference.rfind('@');
    tag.is_digest =
        at != std::string::npos && Digest::from_text(std::string_view(reference).substr(at + 1)).has_value();
    tag.well_formed = tag.image.has_value() && is_well_formed(repository, reference, tag.is_digest);
    return tag;
}

}  // namespace

Parsed<Repositories> parse_repositories(std::string_view text) {
    StoreVisitor visitor;
    auto mismatch = decode_go_json(text, GoExtent::first_value, kStoreRoot, visitor);
    if (!mismatch) {
        return tl::unexpected<ParseError>(std::move(mismatch).error());
    }
    if (!mismatch->empty()) {
        return tl::unexpected<ParseError>(ParseError{std::move(*mismatch), 0});
    }
    if (!visitor.present()) {
        return tl::unexpected<ParseError>(ParseError{"no \"Repositories\" object", 0});
    }
    Repositories out;
    for (const auto& [repository, references] : visitor.repositories()) {
        for (const auto& [reference, image] : references) {
            out.tags.push_back(make_tag(repository, reference, image));
        }
    }
    return out;
}

}  // namespace drydock
