#!/usr/bin/env bash
# Says in one message, with exit code 2, where whoever runs this may not write what building and testing write: the
# checkout and the cache outside it.
set -euo pipefail

[ "$(id -u)" != 0 ] || exit 0
root=$(cd "$(dirname "$0")/.." && pwd)
stop() {
    printf '%s\n' "$@" >&2
    exit 2
}

[ -w "$root" ] || stop "$(id -un) may not write in $root, where builds and logs go." \
    "Use a checkout of your own, or run this as its owner, $(stat -c %U "$root")."
made=()
for folder in .build build; do
    [ ! -e "$root/$folder" ] || made+=("$root/$folder")
done
if [ ${#made[@]} -gt 0 ]; then
    foreign=$(find "${made[@]}" -maxdepth 3 ! -type l ! -writable -print -quit 2>/dev/null)
    [ -z "$foreign" ] || stop "$(id -un) may not write $foreign, which $(stat -c %U "$foreign") made." \
        "Run this as $(stat -c %U "$foreign") again, or as that user take the build products away first: make clean"
fi

cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}
there=$cache
while [ ! -e "$there" ]; do
    there=$(dirname "$there")
done
if [ ! -d "$there" ] || [ ! -w "$there" ]; then
    stop "$(id -un) may not write in $cache, where caches go." \
        "Set XDG_CACHE_HOME (and HOME, for Swift's own) to a folder of yours."
fi
