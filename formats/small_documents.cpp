// descriptor.json of layerdb (distribution/blobs.go:Descriptor) and the records of
// distribution/v2metadata-by-diffid (moby distribution/metadata/v2_metadata_service.go:V2Metadata), and the
// values of BuildKit's cache records.
// All are decoded as a whole text; a null that Go decodes to nothing is taken here too.
#include "formats/documents.hpp"
#include "formats/go_json.hpp"

#include <array>

namespace drydock {

namespace {

enum Id : int { kIgnored, kSourceRepository, kValue };

constexpr GoField kUrlElement{"an item of urls", kIgnored, &kGoText};
constexpr GoType kUrlsType{GoKind::list, {}, &kUrlElement};
constexpr GoField kAnnotationElement{"an annotation", kIgnored, &kGoText};
constexpr GoType kAnnotationsType{GoKind::map, {}, &kAnnotationElement};
constexpr std::array<GoField, 6> kDescriptorFields{{
    {"mediaType", kIgnored, &kGoText},
    {"size", kIgnored, &kGoInteger},
    {"digest", kIgnored, &kGoText},
    {"urls", kIgnored, &kUrlsType},
    {"annotations", kIgnored, &kAnnotationsType},
    {"platform", kIgnored, &kGoObject},
}};
constexpr GoType kDescriptorType{GoKind::record, kDescriptorFields};
constexpr GoField kDescriptorRoot{"the document", kIgnored, &kDescriptorType};

constexpr std::array<GoField, 3> kMetadataFields{{
    {"Digest", kIgnored, &kGoText},
    {"SourceRepository", kSourceRepository, &kGoText},
    {"HMAC", kIgnored, &kGoText},
}};
constexpr GoType kMetadataType{GoKind::record, kMetadataFields};
constexpr GoField kMetadataElement{"an item", kIgnored, &kMetadataType};
constexpr GoType kMetadataListType{GoKind::list, {}, &kMetadataElement};
constexpr GoField kMetadataRoot{"the document", kIgnored, &kMetadataListType};

constexpr std::array<GoField, 2> kValueFields{{{"value", kIgnored, &kGoAny}, {"index", kIgnored, &kGoText}}};
constexpr GoType kValueType{GoKind::record, kValueFields};
constexpr GoField kValueRoot{"the document", kIgnored, &kValueType};
constexpr std::array<GoField, 1> kTextFields{{{"value", kValue, &kGoText}}};
constexpr GoType kTextType{GoKind::record, kTextFields};
constexpr GoField kTextRoot{"the document", kIgnored, &kTextType};
constexpr std::array<GoField, 1> kFlagFields{{{"value", kValue, &kGoBoolean}}};
constexpr GoType kFlagType{GoKind::record, kFlagFields};
constexpr GoField kFlagRoot{"the document", kIgnored, &kFlagType};

class ValueVisitor final : public GoVisitor {
public:
    void on_text(int id, std::string& value) override {
        if (id == kValue) value_.text = std::move(value);
    }

    void on_boolean(int id, bool value) override {
        if (id == kValue) value_.flag = value;
    }

    CacheValue take() { return std::move(value_); }

private:
    CacheValue value_;
};

class MetadataVisitor final : public GoVisitor {
public:
    void on_text(int id, std::string& value) override {
        if (id == kSourceRepository && !value.empty()) {
            repositories_.push_back(std::move(value));
        }
    }

    std::vector<std::string> take() { return std::move(repositories_); }

private:
    std::vector<std::string> repositories_;
};

// What is wrong with the text, if anything is.
Parsed<bool> decode_whole(std::string_view text, const GoField& root, GoVisitor& visitor) {
    auto mismatch = decode_go_json(text, GoExtent::whole_text, root, visitor);
    if (!mismatch) {
        return tl::unexpected<ParseError>(std::move(mismatch).error());
    }
    if (!mismatch->empty()) {
        return tl::unexpected<ParseError>(ParseError{std::move(*mismatch), 0});
    }
    return true;
}

}  // namespace

Parsed<bool> parse_descriptor(std::string_view text) {
    GoVisitor visitor;
    return decode_whole(text, kDescriptorRoot, visitor);
}

Parsed<std::vector<std::string>> parse_v2metadata(std::string_view text) {
    MetadataVisitor visitor;
    return decode_whole(text, kMetadataRoot, visitor).map([&](bool /*good*/) { return visitor.take(); });
}

Parsed<CacheValue> parse_cache_value(std::string_view text) {
    GoVisitor nothing;
    return decode_whole(text, kValueRoot, nothing).map([&](bool /*good*/) {
        // BuildKit keeps "value" as it is and decodes it to what it looks for; another type is nothing.
        ValueVisitor visitor;
        static_cast<void>(decode_go_json(text, GoExtent::whole_text, kTextRoot, visitor));
        static_cast<void>(decode_go_json(text, GoExtent::whole_text, kFlagRoot, visitor));
        return visitor.take();
    });
}

}  // namespace drydock
