// The report for people: what it says first, whom it names, what it leaves out, and what it must never
// print.
#include "report/text.hpp"
#include "tests/unit/report/reports.hpp"

#include <catch2/catch.hpp>

#include <sstream>
#include <string>

using namespace drydock;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

std::string written(const RunReport& report, const TextStyle& style = {}) {
    std::ostringstream out;
    write_text(report, out, style);
    return out.str();
}

RunReport sound_report() {
    RunReport report;
    report.command = "check";
    StoreReport store;
    store.path = ".";
    store.driver = "overlay2";
    store.images = 12;
    store.layers = 40;
    store.bytes_verified = 1'300'000'000;
    report.stores.push_back(store);
    return report;
}

}  // namespace

TEST_CASE("A sound store is one line") {
    CHECK(
        written(sound_report()) ==
        "overlay2 store: sound: 12 images, 40 layers, 1.3 GB of layer bytes verified\n"
    );
}

TEST_CASE("A sound store of which no layer was read is not called verified") {
    RunReport report = sound_report();
    report.level = Level::metadata;
    CHECK_THAT(written(report), Contains("metadata only: no byte of a layer was read"));
    CHECK_THAT(written(report), !Contains("verified"));
}

TEST_CASE("A cancelled check never calls a store sound") {
    RunReport report = sound_report();
    report.complete = false;
    CHECK_THAT(written(report), StartsWith("cancelled"));
    CHECK_THAT(written(report), !Contains("sound"));
}

TEST_CASE("Notices come first") {
    RunReport report;
    report.notices = {"nothing was checked: /x\n/y is an empty folder"};
    CHECK(written(report) == "nothing was checked: /x\\x0a/y is an empty folder\n");
}

TEST_CASE("The whole text of a damaged store is as agreed") {
    RunReport report = damaged_report();
    report.stores[0].findings.resize(4);
    report.stores[0].victims.resize(4);
    CHECK(
        written(report, {.width = 90}) ==
        "overlay2 store: DAMAGED - 1 cause hurts 1 image and 1 container\n"
        "  2 images, 2 tags, 3 layers, 1 container, 5 driver directories\n"
        "\n" +
            std::string(describe(Damage::content_file_empty).title) +
            " (content-file-empty, error)\n"
            "  layer of demo/web:1 (sha256:aaaaaaaaaaaa): 4 files lost their bytes\n"
            "    hurts     demo/web:1; container web\n"
            "    files     /etc/hosts, /usr/bin/x, /usr/bin/y, ... and 1 more; --verbose lists all\n"
            "    repair    the right bytes are not in this store: pull again (--evict-damaged sets the\n"
            "              layer aside for that)\n"
            "\n"
            "What next\n"
            "  To get the right bytes back, pull 2 images again:\n"
            "      docker pull demo/web:1    # also demo/web:latest\n"
            "      $(reboot) (sha256:222222222222)\n"
            "    Docker does not fetch a layer that it already lists (\"Already exists\"), damaged or\n"
            "    not. `drydock repair --evict-damaged` sets such layers aside first, with all that\n"
            "    stands on them. Make sure that the registry still has the image.\n"
            "  No registry is known for 1 damaged image: build again, or load from an archive:\n"
            "      sha256:333333333333\n"
            "  Cause, symptoms and remedy of a code:\n"
            "      drydock explain content-file-empty\n"
    );
}

TEST_CASE("Many files of one layer are one cause, other findings one each") {
    CHECK_THAT(written(damaged_report()), Contains("DAMAGED - 3 causes hurt 1 image and 1 container"));
}

TEST_CASE("Verbose lists every file with its evidence") {
    const std::string text = written(damaged_report(), {.verbose = true});
    CHECK_THAT(text, Contains("overlay2/dir/diff/usr/bin/z"));
    CHECK_THAT(text, Contains("expected  9 bytes"));
    CHECK_THAT(text, !Contains("--verbose lists all"));
}

TEST_CASE("Notes are one line unless verbose asks for them") {
    RunReport report = sound_report();
    Finding note{};
    note.damage = Damage::size_wrong;
    note.subject = {SubjectKind::layer, digest_of('a')};
    report.stores[0].findings.push_back(note);
    report.stores[0].victims.emplace_back();
    CHECK_THAT(written(report), Contains("1 note, odd and harmless (size-wrong 1); --verbose shows it"));
    CHECK_THAT(written(report), !Contains("What next"));
    CHECK_THAT(written(report, {.verbose = true}), Contains("(size-wrong, note)"));
}

TEST_CASE("Quiet leaves the verdicts") {
    CHECK(
        written(damaged_report(), {.quiet = true}) ==
        "overlay2 store: DAMAGED - 3 causes hurt 1 image and 1 container\n"
    );
}

TEST_CASE("A hostile name reaches neither the terminal nor a command line") {
    const std::string text = written(damaged_report());
    CHECK_THAT(text, Contains("evil\\x1b[2J:\\xff"));
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK_THAT(text, !Contains("docker pull $(reboot)"));
}

TEST_CASE("Colour is there only when asked for") {
    CHECK_THAT(written(damaged_report(), {.color = true}), Contains("\x1b[1;31m"));
}

TEST_CASE("Text is wrapped at the width and a word that is longer stays whole") {
    std::ostringstream out;
    TextWriter text(out, {.width = 30});
    text.paragraph(2, 4, "one two three four five six seven");
    text.row(2, "at", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b");
    text.row(2, "a-long-label", "c");
    CHECK(
        out.str() == "  one two three four five six\n    seven\n"
                     "  at        aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n            b\n"
                     "  a-long-label c\n"
    );
}

TEST_CASE("An undetermined store tells what to look at first") {
    RunReport report = sound_report();
    report.stores[0].verdict = Verdict::undetermined;
    Finding finding{};
    finding.damage = Damage::unreadable;
    finding.subject = {SubjectKind::layer, digest_of('a')};
    finding.verdict = Verdict::undetermined;
    finding.evidence.detail = "input/output error";
    report.stores[0].findings.push_back(finding);
    report.stores[0].victims.emplace_back();
    CHECK_THAT(written(report), StartsWith("overlay2 store: UNDETERMINED"));
    CHECK_THAT(written(report), Contains("The medium gives I/O errors"));
}

TEST_CASE("A store that could not be checked is not called anything else") {
    RunReport report = sound_report();
    report.stores[0].checked = false;
    report.stores[0].verdict = Verdict::undetermined;
    CHECK_THAT(written(report), Contains("NOT CHECKED"));
    CHECK_THAT(written(report), !Contains("sound"));
}

TEST_CASE("In two parts every finding is told once and the verdict comes at the end") {
    const RunReport all = damaged_report();
    RunReport metadata = all;
    metadata.notices = {"a notice"};
    RunReport late = metadata;
    metadata.stores[0].findings.erase(
        metadata.stores[0].findings.begin(), metadata.stores[0].findings.begin() + 4
    );
    metadata.stores[0].victims.erase(
        metadata.stores[0].victims.begin(), metadata.stores[0].victims.begin() + 4
    );
    std::ostringstream out;
    write_text_early(metadata, out, {});
    const std::string early = out.str();
    write_text_late(late, metadata, out, {});
    const std::string second = out.str().substr(early.size());
    CHECK_THAT(early, StartsWith("a notice\n"));
    CHECK_THAT(
        early, Contains("(diff-empty, error)") && !Contains("content-file-empty") && !Contains("DAMAGED")
    );
    CHECK_THAT(second, Contains("(content-file-empty, error)") && !Contains("(diff-empty, error)"));
    CHECK_THAT(second, Contains("DAMAGED - 3 causes") && Contains("What next") && !Contains("a notice"));
}

TEST_CASE("A finding that the content refined is told again") {
    RunReport metadata = damaged_report();
    RunReport late = metadata;
    late.stores[0].findings[4].evidence.detail = "proven";
    std::ostringstream out;
    write_text_late(late, metadata, out, {});
    CHECK_THAT(
        out.str(),
        Contains("proven") && Contains("(diff-empty, error)") && !Contains("content-file-empty, error")
    );
}
