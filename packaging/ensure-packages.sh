#!/bin/sh
# ensure-packages.sh LIST...: installs what the lists name and the machine does not have. Asks the
# network only when something is missing.
set -eu

wanted=$(sed 's/#.*//' "$@")

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "ensure-packages: this is no Debian; the counterparts of these packages are needed:" $wanted >&2
    exit 0
fi

# A package may be known and not installed, or not known at all: both are missing.
installed=" $(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null |
    sed -n 's/ installed$//p' | tr '\n' ' ') "
missing=
for package in $wanted; do
    case $installed in
    *" $package "*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    sudo=
elif command -v sudo >/dev/null 2>&1; then
    sudo=sudo
else
    echo "ensure-packages: run this as root, or install:$missing" >&2
    exit 1
fi

echo "installing:$missing" >&2
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q update
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing
