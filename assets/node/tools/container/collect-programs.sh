#!/bin/sh
# Collects programs and the libraries they load below /programs, to be copied into an image that has a C library and nothing else:
# collect-programs.sh pg_dump pg_restore
set -eu
target=${TARGET:-/programs}

# Into the folder itself: where /lib is a link to /usr/lib, a copy of /lib would replace it.
place() {
  install -D -m "$1" "$2" "$target$(realpath "$(dirname "$2")")/$(basename "$2")"
}

for program; do
  # Debian puts the programs of PostgreSQL behind a wrapper written in Perl.
  file=$(ls -d /usr/lib/postgresql/*/bin/"$program" 2>/dev/null | tail -n 1 || true)
  file=${file:-$(command -v "$program")}
  install -D -m 0755 "$file" "$target/usr/bin/$program"
  for library in $(ldd "$file" | grep -o '/[^ ]*'); do
    case ${library##*/} in
      ld-linux*|libc.so*|libm.so*|libgcc_s.so*|libstdc++.so*) ;; # The base image has its own.
      *) place 0644 "$library" ;;
    esac
  done
done
