#!/usr/bin/env bash
# Brings in what building and testing Holdfast needs and this machine lacks; does nothing where everything
# is there. With --check it changes nothing: it says what is missing and ends with 1.
set -euo pipefail

check=no
case "${1:-}" in
  "") ;;
  --check) check=yes ;;
  *)
    echo "usage: scripts/setup.sh [--check]" >&2
    exit 2
    ;;
esac

packages=() # Debian's names for what is missing
missing() { ! command -v "$1" >/dev/null 2>&1; }
need() { if missing "$1"; then packages+=("$2"); fi; }

need gcc build-essential
need g++ build-essential
need make make
need curl curl
# OpenSSL is built from source, by scripts that want more modules than Debian's smallest Perl has.
perl -MIPC::Cmd -MFindBin -MFile::Compare -e 1 2>/dev/null || packages+=(perl)
[ -e /etc/ssl/certs/ca-certificates.crt ] || [ "$(uname)" != Linux ] || packages+=(ca-certificates)

# Node runs the tests that speak HTTP from outside.
node_major() { node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }
if [ "$(node_major)" -lt 18 ]; then packages+=(nodejs); fi
need npm npm
# The Autobahn test suite is in Python.
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)

# SpiderMonkey comes as a prebuilt library where there is one for this platform (MOZJS_ARCHIVE names one
# that is on this machine already). Built from source it needs libclang 16 or newer.
libclang_found() {
  local folder version
  for folder in /usr/lib/llvm-*/lib; do
    version=${folder#/usr/lib/llvm-} version=${version%%/*}
    if [ "$version" -ge 16 ] 2>/dev/null && compgen -G "$folder/libclang*.so*" >/dev/null; then return 0; fi
  done
  [ -n "${LIBCLANG_PATH:-}" ]
}
# Asks for the headers of the very file that the build would download.
prebuilt_found() {
  local version target
  version=$(sed -n 's/^mozjs_sys = "=\(.*\)"$/\1/p' "$(dirname "$0")/../Cargo.toml")
  target=$(rustc -vV 2>/dev/null | sed -n 's/^host: //p')
  [ -n "$target" ] && curl -sfIL -m 10 -o /dev/null \
    "https://github.com/servo/mozjs/releases/download/mozjs-sys-v$version/libmozjs-$target.tar.gz"
}
# Whether an earlier build has the library already.
built_found() {
  compgen -G "${CARGO_TARGET_DIR:-$(dirname "$0")/../target}/*/build/mozjs_sys-*/out/build/libjsapi.a" >/dev/null
}
newest_clang() {
  apt-cache search --names-only '^libclang-[0-9]+-dev$' | sed -n 's/^libclang-\([0-9]*\)-dev .*/\1/p' |
    awk '$1 >= 16' | sort -n | tail -n 1
}

wants_clang=no
if [ -z "${MOZJS_ARCHIVE:-}" ] && ! built_found && ! prebuilt_found; then
  need m4 m4
  need python3 python3
  need pkg-config pkg-config
  libclang_found || wants_clang=yes
fi

if [ "$check" = yes ]; then
  lacking=(${packages[@]+"${packages[@]}"})
  [ "$wants_clang" = no ] || lacking+=("libclang (16 or newer)")
  ! missing cargo || lacking+=(Rust)
  ! missing cargo-nextest || lacking+=(cargo-nextest)
  if [ ${#lacking[@]} -gt 0 ]; then
    printf -v list '%s, ' "${lacking[@]}"
    echo "error: missing: ${list%, }" >&2
    echo "  make setup installs what is missing" >&2
    exit 1
  fi
  exit 0
fi

if [ ${#packages[@]} -gt 0 ] || [ "$wants_clang" = yes ]; then
  if missing apt-get; then
    [ "$wants_clang" = no ] || packages+=("libclang (16 or newer)")
    echo "error: missing: ${packages[*]}" >&2
    echo "  this script knows Debian and Ubuntu only: install these with your system's package manager" >&2
    exit 1
  fi
  sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    if missing sudo; then
      echo "error: installing packages needs root, and there is no sudo: run scripts/setup.sh as root" >&2
      exit 1
    fi
    sudo=(sudo)
  fi
  "${sudo[@]}" apt-get update -qq
  if [ "$wants_clang" = yes ]; then
    clang=$(newest_clang)
    if [ -z "$clang" ]; then
      echo "error: this distribution has no libclang 16 or newer, which building SpiderMonkey needs" >&2
      echo "  install one from https://apt.llvm.org, or set MOZJS_ARCHIVE to a prebuilt library" >&2
      exit 1
    fi
    packages+=("clang-$clang" "libclang-$clang-dev")
  fi
  echo "installing ${packages[*]}"
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
  if [ "$(node_major)" -lt 18 ]; then
    echo "error: this distribution's Node is older than 18: install a newer one from https://nodejs.org" >&2
    exit 1
  fi
fi

if missing cargo; then
  echo "installing Rust with rustup"
  curl -sSf --proto '=https' --tlsv1.2 https://sh.rustup.rs | sh -s -- -y --profile default --no-modify-path
  # The Makefile looks there too.
  export PATH=$HOME/.cargo/bin:$PATH
fi

wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$(dirname "$0")/../Cargo.toml")
found=$(rustc --version | cut -d' ' -f2)
if [ "$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n 1)" != "$wanted" ]; then
  echo "error: Rust $found is older than $wanted: run rustup update stable" >&2
  exit 1
fi

if missing cargo-nextest; then
  echo "installing cargo-nextest"
  # A target folder of its own: the project's must not hold another program's build.
  env -u CARGO_TARGET_DIR cargo install --locked cargo-nextest
fi
