// The pages in docs/damage are made from the damage table; a page that was edited, forgotten or left
// behind fails here. With DRYDOCK_ACCEPT=1 in the environment the pages are written anew instead.
#include "report/explain.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

using namespace drydock;

namespace {

std::filesystem::path pages() {
    return std::filesystem::path(DRYDOCK_SOURCE_DIR) / "docs" / "damage";
}

std::string read(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream bytes;
    bytes << stream.rdbuf();
    return bytes.str();
}

std::set<std::string> pages_on_disk() {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(pages())) {
        if (entry.path().extension() == ".md") names.insert(entry.path().filename().string());
    }
    return names;
}

std::set<std::string> pages_expected() {
    std::set<std::string> names;
    for (const DamageKind& kind : all_damage())
        names.insert(std::string(kind.code) + ".md");
    return names;
}

bool accept_changes() {
    const char* value = std::getenv("DRYDOCK_ACCEPT");
    return value != nullptr && std::string_view(value) == "1";
}

void write_pages() {
    std::filesystem::create_directories(pages());
    const auto expected = pages_expected();
    for (const std::string& name : pages_on_disk()) {
        if (!expected.contains(name)) std::filesystem::remove(pages() / name);
    }
    for (const DamageKind& kind : all_damage()) {
        std::ofstream stream(pages() / (std::string(kind.code) + ".md"), std::ios::binary);
        stream << explain_markdown(kind);
        REQUIRE(stream.flush());
    }
}

}  // namespace

TEST_CASE("docs/damage holds exactly the page of every kind of damage") {
    if (accept_changes()) write_pages();
    INFO("DRYDOCK_ACCEPT=1 in the environment of this test writes the pages anew");
    CHECK(pages_on_disk() == pages_expected());
    for (const DamageKind& kind : all_damage()) {
        INFO(kind.code);
        CHECK(read(pages() / (std::string(kind.code) + ".md")) == explain_markdown(kind));
    }
}
