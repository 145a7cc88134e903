// All of a directory tree that lstat, readlink, getxattr and read tell, to be compared later: for tests that
// promise to leave a tree as it was, or to give it back as it was. Left out are what no program can put back
// or what reading changes (ctime, atime, inode numbers, link counts), and the mtime of the root itself.
// Two names are one inode or not within the tree; a further name elsewhere does not show.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace drydock {

// "mode" -> "100644", "mtime" -> "1700000000.000000001", "content" -> ..., in words for people.
using TreeObject = std::map<std::string, std::string>;

// By path from the root; "." is the root.
using TreeSnapshot = std::map<std::string, TreeObject>;

// `excluded` are paths from the root, left out with all below them. Throws std::runtime_error where anything
// cannot be read.
[[nodiscard]] TreeSnapshot
take_snapshot(const std::string& root, const std::vector<std::string>& excluded = {});

// Takes the mtimes of `paths`, and of all below them, out of the snapshot.
void forget_mtimes(TreeSnapshot& snapshot, const std::vector<std::string>& paths);

// The first 20 differences, a line each; "" where there is none.
[[nodiscard]] std::string describe_difference(const TreeSnapshot& before, const TreeSnapshot& after);

}  // namespace drydock
