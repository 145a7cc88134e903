#include "formats/journal.hpp"

#include "model/ids.hpp"
#include "platform/sha256.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace drydock {

namespace {

using nlohmann::json;

constexpr std::size_t kLengthDigits = 8;
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kFrameBytes = kLengthDigits + 1 + kHashDigits + 1;  // before the payload

constexpr std::array<std::pair<JournalState, std::string_view>, 4> kStates{{
    {JournalState::committed, "committed"},
    {JournalState::reverting, "reverting"},
    {JournalState::done, "done"},
    {JournalState::forgetting, "forgetting"},
}};

bool is_plain(char c) {
    return c >= 0x20 && c < 0x7f && c != '%';
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string encode_path(std::string_view path) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const char c : path) {
        if (is_plain(c)) {
            text += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        text += '%';
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 0xfU];
    }
    return text;
}

// "" stands for ROOT.
bool is_safe_path(std::string_view path) {
    if (path.empty()) return true;
    if (path.find('\0') != std::string_view::npos) return false;
    while (true) {
        const std::size_t slash = path.find('/');
        const std::string_view part = path.substr(0, slash);
        if (part.empty() || part == "." || part == "..") return false;
        if (slash == std::string_view::npos) return true;
        path.remove_prefix(slash + 1);
    }
}

std::optional<std::string> decode_path(std::string_view text) {
    std::string path;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            path += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) return std::nullopt;
        path += static_cast<char>(static_cast<unsigned char>(high << 4 | low));
        i += 2;
    }
    return is_safe_path(path) ? std::optional(path) : std::nullopt;
}

// Takes members out of a record; one that is absent or of another form makes it not ok.
class Reader {
public:
    [[nodiscard]] bool ok() const noexcept { return ok_; }

    void require(bool condition) { ok_ = ok_ && condition; }

    std::string text(const json& object, const char* name) {
        const json* value = member(object, name);
        require(value != nullptr && value->is_string());
        return ok_ ? value->get<std::string>() : std::string();
    }

    std::string path(const json& object, const char* name) { return checked(text(object, name)); }

    template <class Number>
    Number number(const json& object, const char* name) {
        const json* value = member(object, name);
        require(value != nullptr && value->is_number_integer());
        return ok_ ? value->get<Number>() : Number{};
    }

    bool flag(const json& object, const char* name) {
        const json* value = member(object, name);
        require(value != nullptr && value->is_boolean());
        return ok_ && value->get<bool>();
    }

    std::vector<std::string> paths(const json& object, const char* name) {
        std::vector<std::string> result;
        for (const json& item : list(object, name)) {
            require(item.is_string());
            if (ok_) result.push_back(checked(item.get<std::string>()));
        }
        return result;
    }

    // An empty list where there is none.
    const json& list(const json& object, const char* name) {
        static const json none = json::array();
        const json* value = member(object, name);
        const bool is_list = value != nullptr && value->is_array();
        require(is_list);
        return is_list ? *value : none;
    }

private:
    static const json* member(const json& object, const char* name) {
        if (!object.is_object()) return nullptr;
        const auto found = object.find(name);
        return found == object.end() ? nullptr : &*found;
    }

    std::string checked(const std::string& text) {
        std::optional<std::string> path = decode_path(text);
        require(path.has_value());
        return path.value_or(std::string());
    }

    bool ok_ = true;
};

json encode_paths(const std::vector<std::string>& paths) {
    json list = json::array();
    for (const std::string& path : paths) {
        list.push_back(encode_path(path));
    }
    return list;
}

json encode_times(const std::vector<JournalTime>& times) {
    json list = json::array();
    for (const JournalTime& time : times) {
        list.push_back({{"path", encode_path(time.path)}, {"s", time.seconds}, {"ns", time.nanoseconds}});
    }
    return list;
}

std::vector<JournalTime> read_times(Reader& reader, const json& object) {
    std::vector<JournalTime> times;
    for (const json& item : reader.list(object, "times")) {
        times.push_back({
            .path = reader.path(item, "path"),
            .seconds = reader.number<std::int64_t>(item, "s"),
            .nanoseconds = reader.number<std::int64_t>(item, "ns"),
        });
        reader.require(times.back().nanoseconds >= 0 && times.back().nanoseconds < 1'000'000'000);
    }
    return times;
}

JournalBegin read_begin(Reader& reader, const json& object) {
    JournalBegin begin;
    begin.id = reader.text(object, "id");
    begin.command = reader.text(object, "command");
    begin.undoes = reader.text(object, "undoes");
    begin.homes = reader.paths(object, "homes");
    begin.times = read_times(reader, object);
    reader.require(is_transaction_id(begin.id) && !begin.homes.empty());
    reader.require(begin.undoes.empty() || is_transaction_id(begin.undoes));
    return begin;
}

std::vector<std::uint32_t> read_indices(Reader& reader, const json& list) {
    std::vector<std::uint32_t> indices;
    for (const json& item : list) {
        reader.require(item.is_number_unsigned());
        if (!reader.ok()) break;
        indices.push_back(item.get<std::uint32_t>());
    }
    return indices;
}

JournalPrepared read_prepared(Reader& reader, const json& object, const JournalBegin& begin) {
    JournalPrepared prepared;
    for (const json& item : reader.list(object, "moves")) {
        prepared.moves.push_back({
            .path = reader.path(item, "path"),
            .home = reader.number<std::uint32_t>(item, "home"),
            .stored = reader.path(item, "stored"),
            .old_inode = reader.number<std::uint64_t>(item, "old"),
            .new_inode = reader.number<std::uint64_t>(item, "new"),
            .tree = reader.flag(item, "tree"),
            .left = reader.text(item, "left"),
        });
        const JournalMove& move = prepared.moves.back();
        reader.require(move.home < begin.homes.size() && !move.path.empty() && !move.stored.empty());
        reader.require(move.old_inode != 0 || move.new_inode != 0);
    }
    for (const json& item : reader.list(object, "changes")) {
        prepared.changes.push_back({
            .path = reader.path(item, "path"),
            .move = reader.number<std::uint32_t>(item, "move"),
            .left = reader.text(item, "left"),
        });
        reader.require(prepared.changes.back().move < prepared.moves.size());
    }
    prepared.times = read_times(reader, object);
    for (const json& item : reader.list(object, "steps")) {
        prepared.steps.push_back({
            .action = reader.text(item, "action"),
            .code = reader.text(item, "code"),
            .path = reader.path(item, "path"),
        });
    }
    prepared.keeps = reader.paths(object, "keeps");
    prepared.takes_back = read_indices(reader, reader.list(object, "takes_back"));
    return prepared;
}

std::optional<JournalState> find_state(std::string_view text) {
    for (const auto& [state, word] : kStates) {
        if (word == text) return state;
    }
    return std::nullopt;
}

// States only ever follow each other so: committed, (reverting | done), forgetting.
bool may_follow(const Journal& journal, JournalState next) {
    switch (next) {
    case JournalState::committed:
        return journal.prepared && !journal.state;
    case JournalState::reverting:
    case JournalState::done:
        return journal.state == JournalState::committed;
    case JournalState::forgetting:
        return journal.state && journal.state != JournalState::committed;
    }
    return false;
}

bool add_taken_back(Reader& reader, const json& list, Journal& journal) {
    if (!journal.prepared) return false;
    const std::size_t most = journal.prepared->moves.size() + journal.prepared->changes.size();
    for (const std::uint32_t index : read_indices(reader, list)) {
        reader.require(index < most);
        journal.taken_back.push_back(index);
    }
    return reader.ok();
}

// Whether the payload is a record that may come next.
bool add_record(const json& payload, Journal& journal) {
    Reader reader;
    if (!payload.is_object() || payload.size() != 1) return false;
    const std::string& kind = payload.begin().key();
    const json& body = payload.begin().value();
    if (kind == "begin" && !journal.begin) {
        journal.begin = read_begin(reader, body);
        return reader.ok();
    }
    if (kind == "prepared" && journal.begin && !journal.prepared) {
        journal.prepared = read_prepared(reader, body, *journal.begin);
        return reader.ok();
    }
    if (kind == "state" && body.is_string()) {
        const std::optional<JournalState> state = find_state(body.get<std::string>());
        if (!state || !may_follow(journal, *state)) return false;
        journal.state = state;
        return true;
    }
    return kind == "taken_back" && body.is_array() && add_taken_back(reader, body, journal);
}

std::string frame(const json& payload) {
    const std::string text = payload.dump();
    std::string length(kLengthDigits, '0');
    std::array<char, kLengthDigits> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), text.size(), 16).ptr;
    std::copy_backward(digits.begin(), end, length.end());
    return length + ' ' + Digest(sha256(text)).hex() + ' ' + text + '\n';
}

// The payload of the record at the beginning of `text`; nullopt where it is not whole.
std::optional<std::string_view> unframe(std::string_view text) {
    if (text.size() < kFrameBytes || text[kLengthDigits] != ' ' || text[kFrameBytes - 1] != ' ') {
        return std::nullopt;
    }
    std::size_t length = 0;
    const char* const end = text.data() + kLengthDigits;
    const auto read = std::from_chars(text.data(), end, length, 16);
    if (read.ec != std::errc() || read.ptr != end || length >= text.size() - kFrameBytes) return std::nullopt;
    const std::string_view payload = text.substr(kFrameBytes, length);
    const bool whole = text[kFrameBytes + length] == '\n' &&
                       Digest(sha256(payload)).hex() == text.substr(kLengthDigits + 1, kHashDigits);
    return whole ? std::optional(payload) : std::nullopt;
}

// Whether a whole record begins anywhere behind the first byte: then what fails there is no torn end.
bool any_record_follows(std::string_view text) {
    for (text.remove_prefix(1); text.size() > kFrameBytes; text.remove_prefix(1)) {
        if (unframe(text)) return true;
    }
    return false;
}

}  // namespace

std::string write_journal_record(const JournalBegin& begin) {
    return frame(
        {{"begin",
          {{"id", begin.id},
           {"command", begin.command},
           {"undoes", begin.undoes},
           {"homes", encode_paths(begin.homes)},
           {"times", encode_times(begin.times)}}}}
    );
}

std::string write_journal_record(const JournalPrepared& prepared) {
    json moves = json::array();
    for (const JournalMove& move : prepared.moves) {
        moves.push_back(
            {{"path", encode_path(move.path)},
             {"home", move.home},
             {"stored", encode_path(move.stored)},
             {"old", move.old_inode},
             {"new", move.new_inode},
             {"tree", move.tree},
             {"left", move.left}}
        );
    }
    json changes = json::array();
    for (const JournalChange& change : prepared.changes) {
        changes.push_back({{"path", encode_path(change.path)}, {"move", change.move}, {"left", change.left}});
    }
    json steps = json::array();
    for (const RecordedStep& step : prepared.steps) {
        steps.push_back({{"action", step.action}, {"code", step.code}, {"path", encode_path(step.path)}});
    }
    return frame(
        {{"prepared",
          {{"moves", std::move(moves)},
           {"changes", std::move(changes)},
           {"times", encode_times(prepared.times)},
           {"steps", std::move(steps)},
           {"keeps", encode_paths(prepared.keeps)},
           {"takes_back", prepared.takes_back}}}}
    );
}

std::string write_journal_record(JournalState state) {
    const auto found = std::ranges::find(kStates, state, &std::pair<JournalState, std::string_view>::first);
    return frame({{"state", found->second}});
}

std::string write_taken_back(const std::vector<std::uint32_t>& indices) {
    return frame({{"taken_back", indices}});
}

Parsed<Journal> parse_journal(std::string_view text) {
    Journal journal;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::optional<std::string_view> payload = unframe(text.substr(at));
        if (!payload) {
            if (any_record_follows(text.substr(at))) {
                return tl::unexpected(ParseError{"a record of the journal is damaged", at});
            }
            return journal;  // a torn end
        }
        const json value = json::parse(*payload, nullptr, false);
        if (value.is_discarded() || !add_record(value, journal)) {
            return tl::unexpected(ParseError{"a record of the journal is not one of ours", at});
        }
        at += kFrameBytes + payload->size() + 1;
        journal.whole_bytes = at;
    }
    return journal;
}

bool is_transaction_id(std::string_view text) {
    constexpr std::string_view kForm = "00000000T000000Z-xxxx";
    if (text.size() != kForm.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool digit = c >= '0' && c <= '9';
        const bool fits = kForm[i] == '0'   ? digit
                          : kForm[i] == 'x' ? digit || (c >= 'a' && c <= 'f')
                                            : c == kForm[i];
        if (!fits) return false;
    }
    return true;
}

}  // namespace drydock
