// One damage of a sample store and the one finding that must come of it.
#pragma once

#include "tests/unit/validators/store_model.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <string>

namespace drydock::test {

struct Case {
    std::string code;
    std::function<void(SampleModel&)> damage;
    std::function<std::string(const SampleModel&)> subject;
    std::string path;  // its end
    RepairClass repair;
};

using Path = std::string;

inline std::string id_c(const SampleModel& store) {
    return store.c.text();
}

inline std::string id_a(const SampleModel& store) {
    return store.a.text();
}

inline std::string id_web(const SampleModel& store) {
    return store.web.text();
}

inline std::string id_first(const SampleModel& store) {
    return store.first;
}

inline std::string id_store(const SampleModel& /*store*/) {
    return ". overlay2";
}

template <class T>
Seen<T> empty() {
    return in_sight<T>(Sight::empty);
}

template <class T>
Seen<T> malformed() {
    return in_sight<T>(Sight::malformed, "garbage");
}

inline void check_case(const Case& one) {
    SampleModel store;
    one.damage(store);
    const StoreReport report = store.check();
    INFO(one.code << " " << one.path);
    CHECK(codes(report) == Codes{one.code});
    if (report.findings.size() != 1) return;
    const Finding& finding = report.findings.front();
    CHECK(finding.subject.id == one.subject(store));
    CHECK(finding.path.ends_with(one.path));
    CHECK(to_text(finding.effective_repair()) == to_text(one.repair));
    CHECK(finding.verdict == Verdict::damaged);
    if (one.repair == RepairClass::rebuild && describe(finding.damage).subject == SubjectKind::layer) {
        CHECK(finding.witness.value_or("") != "-");
    }
}

}  // namespace drydock::test
