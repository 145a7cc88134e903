// descriptor.json of layerdb (distribution/blobs.go:Descriptor) and the records of
// distribution/v2metadata-by-diffid (moby distribution/metadata/v2_metadata_service.go:V2Metadata).
// Both are decoded as a whole text; a null that Go decodes to nothing is taken here too.
#include "formats/documents.hpp"
#include "formats/go_json.hpp"

#include <array>

namespace drydock {

namespace {

enum Id : int { kIgnored, kSourceRepository };

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

}  // namespace drydock
