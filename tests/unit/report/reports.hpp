// A hand-made report for the renderers: two damages, a note, hostile names.
#pragma once

#include "model/run_report.hpp"

#include <string>

namespace drydock {

inline std::string digest_of(char digit) {
    return "sha256:" + std::string(64, digit);
}

inline RunReport damaged_report() {
    RunReport run;
    run.command = "check";
    run.root = "/mnt/docker";
    StoreReport store;
    store.path = ".";
    store.driver = "overlay2";
    store.verdict = Verdict::damaged;
    store.images = 2;
    store.tags = 2;
    store.layers = 3;
    store.containers = 1;
    store.driver_directories = 5;
    store.bytes_verified = 4096;
    store.container_names[std::string(64, 'c')] = "web";
    store.names_of_layers[digest_of('a')] = "demo/web:1";
    const Victims victims{{digest_of('1')}, {"demo/web:1"}, {std::string(64, 'c')}};

    for (const char* name : {"etc/hosts", "usr/bin/x", "usr/bin/y", "usr/bin/z"}) {
        Finding finding{};
        finding.damage = Damage::content_file_empty;
        finding.subject = {SubjectKind::layer, digest_of('a')};
        finding.path = "overlay2/dir/diff/" + std::string(name);
        finding.evidence.expected = "9 bytes";
        finding.evidence.actual = "0 bytes";
        store.findings.push_back(finding);
        store.victims.emplace_back(victims);
    }
    Finding diff{};
    diff.damage = Damage::diff_empty;
    diff.subject = {SubjectKind::layer, digest_of('b')};
    diff.path = "image/overlay2/layerdb/sha256/" + std::string(64, 'b') + "/diff";
    diff.evidence.expected = digest_of('d');
    diff.witness = "image config " + digest_of('1');
    store.findings.push_back(diff);
    store.victims.emplace_back();
    Finding tag{};
    tag.damage = Damage::tag_dangling;
    tag.subject = {SubjectKind::tag, "evil\x1b[2J:\xFF"};
    tag.path = "image/overlay2/repositories.json";
    tag.evidence.peers = {"a\\b"};
    store.findings.push_back(tag);
    store.victims.emplace_back(Victims{{}, {"evil\x1b[2J:\xFF"}, {}});

    store.repull.push_back({digest_of('1'), {"demo/web:1", "demo/web:latest"}});
    store.repull.push_back({digest_of('2'), {"$(reboot)"}});
    store.lost.push_back({digest_of('3'), {}});
    run.stores.push_back(store);
    return run;
}

}  // namespace drydock
