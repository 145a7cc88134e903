# Counts test cases in the verbose output of ctest, of Catch2 inside it, and of scripts that end with
# "N passed, N failed". Prints such a line itself.
#
# A ctest test counts as many cases as its own output tells, else as one; one that failed without
# telling a failed case (a crash, a time-out) adds a failed one.

function note(id, good, bad) {
    told[id] = 1
    passed += good
    failed += bad
    bad_in[id] += bad
}

function id_of(line) {
    return match(line, /^[0-9]+: /) ? substr(line, 1, RLENGTH - 2) : "script"
}

function strip(line) {
    sub(/^[0-9]+: /, "", line)
    return line
}

# The number before `word` in a line of Catch2's totals.
function number_before(line, word) {
    return match(line, "[0-9]+ " word) ? substr(line, RSTART, RLENGTH) + 0 : 0
}

{ text = strip($0) }

text ~ /^All tests passed \(/ {
    note(id_of($0), number_before(text, "test case"), 0)
}

text ~ /^test cases: / {
    sub(/^test cases: *[0-9]+ *\|/, "", text)
    gsub(/ +/, " ", text)
    note(id_of($0), number_before(text, "passed"), number_before(text, "failed"))
}

text ~ /^[0-9]+ passed, [0-9]+ failed$/ {
    split(text, words, " ")
    note(id_of($0), words[1], words[3])
}

/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
    match($0, /#[0-9]+/)
    id = substr($0, RSTART + 1, RLENGTH - 1)
    good = $0 ~ /   Passed  /
    if (good && !told[id]) {
        ++passed
    } else if (!good && !bad_in[id]) {
        ++failed
    }
}

END { printf "%d passed, %d failed\n", passed, failed }
