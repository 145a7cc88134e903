// drydock-samples: makes stores, damages them by recipes, and compares reports with what the recipes
// expect. For developers and tests; it is never installed.
#include "tests/support/bytes.hpp"
#include "tests/support/damage_steps.hpp"
#include "tests/support/store_builder.hpp"
#include "tests/support/store_compare.hpp"
#include "tests/support/verify.hpp"

#include <iostream>
#include <stdexcept>

namespace {

using namespace drydock;

constexpr const char* kUsage =
    "drydock-samples VERB ...\n"
    "  make DIR [--torture]             builds a store\n"
    "  metadata-store DIR LAYERS        builds a store of empty layers\n"
    "  archive FILE [--torture]         writes an archive for docker load\n"
    "  containers [--torture]           prints the containers of a built store: NAME IMAGE\n"
    "  list FOLDER                      prints the recipes below FOLDER\n"
    "  damage DIR RECIPE [--places F]   plants a damage; 3: the recipe does not fit the store\n"
    "  expect DIR RECIPE [--level L] [--places F]   prints the findings to come, as JSON lines\n"
    "  verify DIR RECIPE REPORT [--places F]        compares a JSON report with the recipe\n"
    "  compare BUILT REAL               compares a built store with a daemon's\n";

constexpr int kDiffers = 1;
constexpr int kFailed = 2;
constexpr int kDoesNotFit = 3;

struct Arguments {
    std::vector<std::string> words;
    bool torture = false;
    std::string places;
    std::string level = "content";

    [[nodiscard]] const std::string& word(std::size_t index) const {
        if (index >= words.size()) {
            throw std::runtime_error("too few words; see drydock-samples help");
        }
        return words[index];
    }

    // Where the places of a damaged store are kept: beside it.
    [[nodiscard]] std::string places_file() const {
        std::string beside = word(1);
        while (beside.size() > 1 && beside.back() == '/') {
            beside.pop_back();
        }
        return places.empty() ? beside + ".places" : places;
    }

    [[nodiscard]] ImageSet images() const { return torture ? torture_images() : sample_images(); }
};

Arguments parse_arguments(int count, char** values) {
    Arguments result;
    for (int i = 1; i < count; ++i) {
        const std::string word = values[i];
        const bool with_value = word == "--places" || word == "--level";
        if (word == "--torture") {
            result.torture = true;
        } else if (with_value && i + 1 < count) {
            (word == "--places" ? result.places : result.level) = values[++i];
        } else if (word.starts_with("--")) {
            throw std::runtime_error("no such option, or without its value: " + word);
        } else {
            result.words.push_back(word);
        }
    }
    return result;
}

void list_containers(const Arguments& arguments) {
    for (const SampleContainer& container : arguments.images().containers) {
        std::cout << container.name << ' ' << container.image << '\n';
    }
}

int damage(const Arguments& arguments) {
    const Recipe recipe = read_recipe(arguments.word(2));
    Places places = Places::of_store(arguments.word(1));
    apply_damage(arguments.word(1), recipe, places);
    places.save(arguments.places_file());
    return 0;
}

int expect(const Arguments& arguments) {
    Places places = Places::load(arguments.places_file());
    for (const std::string& line :
         describe_expected(read_recipe(arguments.word(2)), arguments.level, places)) {
        std::cout << line << '\n';
    }
    return 0;
}

int verify(const Arguments& arguments) {
    Places places = Places::load(arguments.places_file());
    const std::string difference =
        verify_report(read_recipe(arguments.word(2)), read_bytes(arguments.word(3)), places);
    std::cout << difference;
    return difference.empty() ? 0 : kDiffers;
}

int compare(const Arguments& arguments) {
    const std::vector<std::string> differences = compare_stores(arguments.word(1), arguments.word(2));
    for (const std::string& line : differences) {
        std::cout << line << '\n';
    }
    return differences.empty() ? 0 : kDiffers;
}

void list(const std::string& folder) {
    for (const std::string& path : list_recipes(folder)) {
        const Recipe recipe = read_recipe(path);
        std::cout << recipe.name << ": " << recipe.title << '\n';
    }
}

int run(const Arguments& arguments) {
    const std::string verb = arguments.words.empty() ? "help" : arguments.words[0];
    if (verb == "make") {
        build_store(arguments.word(1), arguments.images());
    } else if (verb == "metadata-store") {
        build_metadata_only_store(arguments.word(1), std::stoul(arguments.word(2)));
    } else if (verb == "archive") {
        write_bytes(arguments.word(1), docker_archive(arguments.images()), 0644);
    } else if (verb == "containers") {
        list_containers(arguments);
    } else if (verb == "list") {
        list(arguments.word(1));
    } else if (verb == "damage") {
        return damage(arguments);
    } else if (verb == "expect") {
        return expect(arguments);
    } else if (verb == "verify") {
        return verify(arguments);
    } else if (verb == "compare") {
        return compare(arguments);
    } else {
        std::cout << kUsage;
        return verb == "help" ? 0 : kFailed;
    }
    return 0;
}

}  // namespace

int main(int count, char** values) {
    try {
        return run(parse_arguments(count, values));
    } catch (const drydock::NoSuchPlace& error) {
        std::cerr << "drydock-samples: the recipe does not fit this store: " << error.what() << '\n';
        return kDoesNotFit;
    } catch (const std::exception& error) {
        std::cerr << "drydock-samples: " << error.what() << '\n';
        return kFailed;
    }
}
