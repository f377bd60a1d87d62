#!/usr/bin/env bash
# Checks this machine and installs the Debian packages that building and testing need.
# Exit code 2 with one message when something is missing that it cannot install.
set -euo pipefail

stop() {
    printf 'setup: %s\n' "$1" >&2
    exit 2
}

packages=(libcurl4-openssl-dev libyaml-dev libmicrohttpd-dev libssl-dev zlib1g-dev pkg-config
    git make jq shellcheck yamllint python3 python3-venv python3-h2 openssl ca-certificates iproute2)

[ "$(uname -s)" = Linux ] || stop "this project builds on Linux; here is $(uname -s). Use a Debian 12 machine or container."
command -v swift >/dev/null || stop "Swift is missing. Install the Swift 6.3 toolchain (https://www.swift.org/install/linux/) and put 'swift' on PATH."
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
[ "$(printf '%s\n6.3\n' "${version:-0}" | sort -V | head -n 1)" = 6.3 ] \
    || stop "Swift ${version:-of unknown version} is too old: 6.3 or newer is needed (https://www.swift.org/install/linux/)."
"$(dirname "$0")/writable.sh"

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

command -v apt-get >/dev/null || stop "these packages are missing and there is no apt-get to install them: ${missing[*]}"
[ "$(id -u)" = 0 ] || stop "these packages are missing; install them as root: apt-get install ${missing[*]}"
printf 'setup: installing %s\n' "${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 \
    || { tail -n 15 "$log" >&2; stop "apt-get could not install ${missing[*]} (its last lines are above)"; }
