// Places: what a recipe calls "{record demo/web:1 0}", as the name that it has in one store. They are
// read from the undamaged store and kept, because the damage may remove what they are read from.
//
//   {record IMAGE N}   the record folder of layer N (0 is the base)      {chain IMAGE N}  "sha256:..."
//   {dir IMAGE N}      its driver directory                              {chainhex IMAGE N}
//   {cache IMAGE N}    that directory's name                             {diff IMAGE N}   "sha256:..."
//   {link IMAGE N}     its 26 characters
//   {image IMAGE}      "sha256:..."                                      {config IMAGE}   the config's path
//   {metadata IMAGE}   its metadata folder
//   {container NAME}   the container's id     {containerdir NAME}  {mount NAME}  their folders
//   {rw NAME} {init NAME}  its directories    {rwid NAME}  {rwlink NAME}  {initlink NAME}
//   {blob IMAGE N} {v2metadata IMAGE N}       distribution records (of a pulled image only)
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace drydock {

// The store does not have such a place: the recipe does not fit it.
class NoSuchPlace : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Places {
public:
    // Resolves by looking at the store.
    [[nodiscard]] static Places of_store(std::string root);
    // Knows what save() wrote, and nothing else.
    [[nodiscard]] static Places load(const std::string& file);
    void save(const std::string& file) const;

    // The text with every place in it replaced; braces that are no place stay.
    [[nodiscard]] std::string resolve(std::string_view text);

private:
    explicit Places(std::string root) : root_(std::move(root)) {}

    std::string place(const std::string& text);
    [[nodiscard]] std::string look_up(const std::string& text) const;
    [[nodiscard]] std::string
    image_place(const std::string& kind, const std::string& id, std::size_t layer) const;
    [[nodiscard]] std::string container_place(const std::string& kind, const std::string& name) const;
    [[nodiscard]] std::string image_id(const std::string& reference) const;

    std::string root_;                          // "" for loaded ones
    std::map<std::string, std::string> known_;  // "record demo/web:1 0" -> path
};

}  // namespace drydock
