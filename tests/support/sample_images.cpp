// The images that the recipes in samples/ damage. Each layer has one of everything that a recipe needs
// to break, under a name that says so. Every folder is a member of its own tar, so that no attribute
// in these layers is left to chance.
#include "tests/support/images.hpp"

namespace drydock {

namespace {

// Text of about `size` bytes that compresses but does not repeat.
std::string filler(const std::string& what, std::size_t size) {
    std::string text;
    for (std::size_t line = 1; text.size() < size; ++line) {
        text += what + " line " + std::to_string(line) + " of " + std::to_string(line * line % 977) + "\n";
    }
    return text;
}

TarItem owned(TarItem item, std::int64_t uid, std::int64_t gid) {
    item.uid = uid;
    item.gid = gid;
    return item;
}

TarItem with_xattr(TarItem item, const std::string& name, const std::string& value) {
    item.xattrs.emplace_back(name, value);
    return item;
}

LayerPtr base_layer() {
    return make_layer({
        tar_folder("bin/"),
        tar_file("bin/sh", filler("shell", 2000), 0755),
        tar_hard_link("bin/dash", "bin/sh", 0755),
        tar_file("bin/su", filler("su", 900), 04755),
        with_xattr(
            tar_file("bin/ping", filler("ping", 700), 0755), "security.capability", capability_value(13)
        ),
        tar_folder("dev/"),
        tar_node('3', "dev/null", 1, 3),
        tar_node('4', "dev/loop0", 7, 0),
        tar_folder("etc/"),
        tar_file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n"),
        tar_file("etc/os-release", "ID=demo\nVERSION_ID=1\n"),
        tar_file("etc/empty.conf", ""),
        tar_symlink("etc/mtab", "../proc/mounts"),
        tar_folder("home/"),
        owned(tar_folder("home/user/", 0700), 1000, 1000),
        with_xattr(
            owned(tar_file("home/user/.profile", "umask 022\n", 0600), 1000, 1000),
            "user.comment",
            "of the user"
        ),
        tar_folder("run/"),
        tar_node('6', "run/initctl", 0, 0),
        tar_folder("tmp/", 01777),
        tar_folder("usr/"),
        tar_folder("usr/share/"),
        tar_file("usr/share/licence", filler("licence", 1500)),
        tar_folder("var/"),
        tar_folder("var/lib/"),
        tar_folder("var/lib/cache/"),
        tar_file("var/lib/cache/index", filler("index", 1200)),
        tar_hard_link("var/lib/licence", "usr/share/licence"),
        tar_file("var/lib/status", filler("package", 3000)),
    });
}

LayerPtr web_server_layer() {
    return make_layer({
        tar_folder("etc/"),
        tar_folder("etc/web/"),
        tar_file("etc/web/web.conf", "listen 80\nroot /srv/www\n"),
        tar_file("etc/web/mime.types", filler("type", 800)),
        tar_whiteout("etc/os-release"),
        tar_folder("srv/"),
        tar_folder("srv/www/"),
        tar_file("srv/www/index.html", "<html>It works</html>\n"),
        tar_file("srv/www/old.html", "<html>old</html>\n"),
        tar_folder("usr/"),
        tar_folder("usr/sbin/"),
        tar_file("usr/sbin/web", filler("server", 4000), 0755),
        tar_symlink("usr/sbin/web-ctl", "web"),
        tar_folder("usr/share/"),
        tar_file("usr/share/empty-marker", ""),
    });
}

LayerPtr web_site_layer() {
    return make_layer({
        tar_folder("srv/"),
        tar_folder("srv/www/"),
        tar_opaque("srv/www"),
        tar_file("srv/www/index.html", filler("<p>site</p>", 1800)),
        tar_file("srv/www/style.css", filler("p { margin: 0 }", 1000)),
        tar_folder("var/"),
        tar_folder("var/log/"),
        tar_symlink("var/log/access.log", "/dev/stdout"),
    });
}

LayerPtr web_site_2_layer() {
    return make_layer({
        tar_folder("srv/"),
        tar_folder("srv/www/"),
        tar_whiteout("srv/www/old.html"),
        tar_file("srv/www/index.html", filler("<p>second site</p>", 2200)),
        tar_file("srv/www/news.html", filler("<p>news</p>", 600)),
    });
}

LayerPtr api_layer() {
    return make_layer({
        tar_folder("opt/"),
        tar_folder("opt/api/", 0750),
        tar_file("opt/api/server", filler("api", 5000), 0755),
        tar_file("opt/api/libapi.so.1", filler("lib", 2500)),
        tar_hard_link("opt/api/libapi.so", "opt/api/libapi.so.1"),
        owned(tar_file("opt/api/data.db", filler("row", 1700), 0640), 999, 998),
        tar_folder("var/"),
        tar_folder("var/lib/"),
        tar_folder("var/lib/cache/"),
        tar_opaque("var/lib/cache"),
        tar_file("var/lib/cache/api", "warm\n"),
        tar_whiteout("bin"),
    });
}

SampleImage image(const std::string& tag, std::vector<LayerPtr> layers, const std::string& command) {
    SampleImage result;
    result.tags = {tag};
    result.layers = std::move(layers);
    finish_image(result, command);
    return result;
}

}  // namespace

SampleImage odd_image() {
    TarItem file = tar_file("data/file", filler("data", 590));
    TarItem link = tar_hard_link("data/link", "data/file");
    link.claimed_size = static_cast<std::int64_t>(file.content.size());
    return image("demo/odd:1", {make_layer({tar_folder("data/"), file, link})}, "/bin/true");
}

ImageSet sample_images() {
    const LayerPtr base = base_layer();
    const LayerPtr server = web_server_layer();
    ImageSet set;
    set.images = {
        image("demo/base:1", {base}, "/bin/sh"),
        image("demo/web:1", {base, server, web_site_layer()}, "/usr/sbin/web"),
        image("demo/api:1", {base, api_layer()}, "/opt/api/server"),
        image("demo/web:2", {base, server, web_site_2_layer()}, "/usr/sbin/web"),
    };
    set.images[0].pulled = true;
    set.images[2].parent = "demo/base:1";
    set.containers = {
        {"c1",
         "demo/web:1",
         {tar_folder("var/"), tar_folder("var/log/"), tar_file("var/log/error.log", "started\n")}},
        {"c2", "demo/api:1", {}},
    };
    return set;
}

}  // namespace drydock
