#!/usr/bin/env bash
# Builds one product as it is shipped: optimised, with Swift's standard library in it and lean C libraries (lean.sh).
#
# usage: release.sh PRODUCT
set -euo pipefail

cd "$(dirname "$0")/.."
lean=$(scripts/lean.sh)
[ -z "$lean" ] || export PKG_CONFIG_PATH=$lean${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
# What runs lies side by side: the kernel maps sixteen pages at a time, and strewn functions bring the rest along (order.py).
swift build --configuration release --static-swift-stdlib --product "$1" \
  -Xlinker "--symbol-ordering-file=$PWD/scripts/functions.order" -Xlinker --no-warn-symbol-ordering
# One module whose pkg-config names the system's folder before build/lean undoes all of that, and the program works the same.
if [ -n "$lean" ] && objdump -p ".build/release/$1" | grep -q 'NEEDED.*libcurl'; then
  echo "release.sh: $1 is linked with the shared libcurl; describe each library that is found by pkg-config in lean.sh" >&2
  exit 1
fi
