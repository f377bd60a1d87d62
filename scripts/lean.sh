#!/usr/bin/env bash
# Makes the C libraries that a release is linked with lean: libcurl and libmicrohttpd from Debian's own archives, without the
# backends that this program never uses.
#
# Debian's shared libcurl brings LDAP, RTMP, SSH, Kerberos and a second TLS library into every process: 21 libraries, of which
# nothing is ever called (only http and https are allowed, `CURLOPT_PROTOCOLS_STR`) and which take 3 MiB and some milliseconds of
# each start. The archives in the -dev packages are the same code in pieces. What those pieces would call in the libraries left
# out is answered by a stub that ends the process and says its name, so that a mistake here cannot go unnoticed.
#
# Prints a folder for PKG_CONFIG_PATH. Prints nothing, and says why, where the archives are not as this expects: the release is
# then linked with the shared libraries and works the same.
#
# usage: PKG_CONFIG_PATH=$(scripts/lean.sh) swift build -c release …
set -euo pipefail

cd "$(dirname "$0")/.."
out=$PWD/build/lean
libraries=$(pkg-config --variable=libdir libcurl)
compiler=$(command -v clang || command -v cc)

give_up() {
  echo "lean.sh: $*; linking the shared libraries instead" >&2
  exit 0
}

# What nobody may reach, and the archives that mention it. A name may be missing: another Debian has other backends.
left_out=(libldap libldap-2.5 liblber liblber-2.5 librtmp libssh2 libgssapi_krb5 libpsl libgnutls)
for archive in curl microhttpd yaml; do
  [ -f "$libraries/lib$archive.a" ] || give_up "there is no lib$archive.a in $libraries"
done

stamp=$(cat "$0" "$libraries/libcurl.a" "$libraries/libmicrohttpd.a" | sha256sum)
if [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ]; then
  echo "$out"
  exit 0
fi
rm -rf "$out"
mkdir -p "$out"

# Names of functions and of data, without the symbols' versions.
exported() {
  local name file
  for name in "${left_out[@]}"; do
    for file in "$libraries/$name".so.*; do
      [ -f "$file" ] && nm --dynamic --defined-only "$file" | awk '{ sub(/@.*/, "", $3); print ($2 ~ /[BDRG]/ ? "data" : "function"), $3 }'
    done
  done | sort -u
}

exported >"$out/left-out"
for archive in curl microhttpd; do
  nm --undefined-only "$libraries/lib$archive.a" 2>/dev/null | awk '$1 == "U" { print $2 }'
done | sort -u >"$out/wanted"

{
  echo '#include <stdlib.h>'
  echo '#include <unistd.h>'
  echo '#define SAY(text) (void)!write(2, text, sizeof text - 1)'
  awk 'NR == FNR { wanted[$1]; next } $2 in wanted' "$out/wanted" "$out/left-out" | while read -r kind name; do
    case $kind:$name in
      data:*) echo "void *$name;" ;;
      # Called once by every process, whether or not the backend is used.
      function:libssh2_init | function:libssh2_exit | function:gnutls_global_init | function:gnutls_global_deinit)
        echo "int $name(void); int $name(void) { return 0; }" ;;
      *) echo "void $name(void); void $name(void) { SAY(\"$name: left out of this program \"); abort(); }" ;;
    esac
  done
} >"$out/stubs.c"
"$compiler" -std=c11 -Os -fno-builtin -ffunction-sections -Wall -Werror -c "$out/stubs.c" -o "$out/stubs.o"

for archive in curl microhttpd; do
  cp "$libraries/lib$archive.a" "$out/"
  ar r "$out/lib$archive.a" "$out/stubs.o" 2>/dev/null
done
# Of these a program uses little as well. They are found first, because every description below names this folder first.
cp "$libraries/libyaml.a" "$("$compiler" -print-file-name=libstdc++.a)" "$out/"

# What else the shared library needs is linked as it is: by the names of its files, since the archive's -dev package does not
# bring the others'.
needed() {
  local out_pattern
  out_pattern=$(printf '%s\n' "${left_out[@]}" | sed 's/.*/^&\\.so/')
  objdump -p "$libraries/$1" | awk '$1 == "NEEDED" && $2 !~ /^libc\.so/ { print $2 }' | grep -v "$out_pattern" | sed 's/^/-l:/' | tr '\n' ' ' || true
}
describe() {
  [ -f "$libraries/pkgconfig/$1.pc" ] || give_up "there is no $1.pc in $libraries/pkgconfig"
  printf 'Name: %s\nDescription: lean\nVersion: %s\nLibs: -L%s -L%s %s\nCflags: %s\n' "$1" "$(pkg-config --modversion "$1")" \
    "$out" "$libraries" "$2" "$(pkg-config --cflags "$1")" >"$out/$1.pc"
}
describe libcurl "-lcurl $(needed libcurl.so)"
describe libmicrohttpd "-lmicrohttpd $(needed libmicrohttpd.so)"
describe libcrypto -lcrypto
describe yaml-0.1 -lyaml
describe zlib -lz

# A program that uses what we use must link, or the archives want something that this does not know.
cat >"$out/probe.c" <<'C'
#include <curl/curl.h>
#include <microhttpd.h>
static enum MHD_Result answer(void *a, struct MHD_Connection *b, const char *c, const char *d, const char *e, const char *f, size_t *g, void **h) {
    return (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h, MHD_NO;
}
int main(void) {
    return curl_global_init(CURL_GLOBAL_ALL) || !curl_multi_init() || !curl_easy_init() ||
           MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET, 0, 0, 0, answer, 0, MHD_OPTION_END) == 0;
}
C
# shellcheck disable=SC2046  # flags are words
"$compiler" "$out/probe.c" -o "$out/probe" $(PKG_CONFIG_PATH=$out pkg-config --cflags --libs libcurl libmicrohttpd) -lpthread \
  2>"$out/probe.log" || give_up "a program does not link with them (build/lean/probe.log)"
"$out/probe" || give_up "a program linked with them does not start"
echo "$stamp" >"$out/stamp"
echo "$out"
