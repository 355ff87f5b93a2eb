#!/usr/bin/env bash
# Installs what the machine lacks: everything, or the parts that are named.
#
#   rust     the compiler, with its wasm32 target, clippy and rustfmt
#   tools    wasm-pack and wasm-bindgen
#   node     the node modules
#   browser  Chromium with its driver
#
# A second run only looks. One that was interrupted is taken up again by the next, because nothing
# counts as installed before it is complete; and of two at once, the later waits for the other.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. scripts/env.sh
. scripts/apt.sh
. scripts/debian-wasm-std.sh

LOG="$TOOL_CACHE/setup.log"
MISSING=0

main() {
  [ $# -gt 0 ] || set -- rust tools node browser
  if ! mkdir -p "$TOOL_CACHE" || ! [ -w "$TOOL_CACHE" ]; then
    missing "a folder for tools ($TOOL_CACHE)" "make it writable, or set XDG_CACHE_HOME to another"
    return 1
  fi
  # Some of what is run here ends in good order when it is interrupted, and the rest would go on.
  trap 'exit 130' INT TERM
  wait_for_others
  local part
  for part; do
    case $part in
    rust | tools | node | browser) "ensure_$part" ;;
    *) missing "a part called '$part'" "name rust, tools, node or browser" ;;
    esac
  done
  [ "$MISSING" -eq 0 ]
}

missing() {
  MISSING=1
  echo "setup: MISSING $1. To do: $2" >&2
}

wait_for_others() {
  has flock || return 0
  exec 9>"$TOOL_CACHE/lock"
  flock --nonblock 9 && return
  echo "setup: waiting for another one to end ..."
  flock 9
}

ensure_rust() {
  if ! has_rust; then
    missing "Rust" "install it from https://rustup.rs"
    return
  fi
  ensure_linker
  ensure_wasm_target
  ensure_component clippy cargo-clippy
  ensure_component rustfmt rustfmt
}

has_rust() {
  has rustup && rustc --version >/dev/null 2>&1
}

ensure_linker() {
  has_linker || apt_install build-essential libc6-dev ||
    missing "a C linker (cc)" "as root: apt-get install build-essential"
}

# There may be a compiler without the libraries that it links with.
has_linker() {
  has cc && echo 'int main(void) { return 0; }' | cc -x c - -o "$TOOL_CACHE/linked" 2>/dev/null
}

ensure_wasm_target() {
  has_wasm_std rustc || add_wasm_target || use_debian_toolchain ||
    missing "Rust's wasm32 target" \
      "rustup target add wasm32-unknown-unknown; where no network allows that, run this as root on Debian 12"
}

add_wasm_target() {
  quietly "adding the wasm32 target" rustup target add wasm32-unknown-unknown && has_wasm_std rustc
}

use_debian_toolchain() {
  install_debian_wasm_std && export RUSTUP_TOOLCHAIN=debian-web
}

has_wasm_std() {
  compgen -G "$("$1" --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib/libstd-*.rlib" >/dev/null
}

# Of a custom toolchain, such as Debian's, rustup cannot add to, but that has these already.
ensure_component() {
  "$2" --version >/dev/null 2>&1 || quietly "adding $1" rustup component add "$1" ||
    missing "Rust's $1" "rustup component add $1"
}

ensure_tools() {
  # Where there is none, the part that installs it has said so.
  has_rust || return
  ensure_cargo_tool wasm-pack "$WASM_PACK_VERSION" wasm-pack
  ensure_cargo_tool wasm-bindgen-cli "$WASM_BINDGEN_VERSION" wasm-bindgen wasm-bindgen-test-runner
  rm -rf "$TOOL_CACHE/build"
}

ensure_cargo_tool() {
  local name=$1 version=$2 root="$TOOL_CACHE/$1-$2"
  shift 2
  are_there "$root/bin" "$@" && return
  # What an interrupted installation leaves must not look like a tool.
  local partial="$root.partial"
  rm -rf "$root" "$partial"
  # One target directory for all tools, because they have dependencies in common.
  local install=(cargo install "$name" --version "=$version")
  install+=(--root "$partial" --target-dir "$TOOL_CACHE/build")
  # A tool's own lock file may name a version that the registry at hand has not got.
  quietly "building $name $version (a few minutes)" lightly_optimised "${install[@]}" --locked ||
    quietly "building $name $version with other versions of what it depends on" \
      lightly_optimised "${install[@]}"
  are_there "$partial/bin" "$@" && mv "$partial" "$root" ||
    missing "$name $version" "cargo install $name --version =$version --root '$root'"
}

are_there() {
  local folder=$1 program
  shift
  for program; do
    [ -x "$folder/$program" ] || return
  done
}

# Halves the time that the tools take to build; at work they are as quick.
lightly_optimised() {
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 "$@"
}

ensure_browser() {
  has_browser || apt_install chromium chromium-driver
  has_browser ||
    missing "Chromium with its driver ($CHROME, $CHROMEDRIVER)" \
      "as root: apt-get install chromium chromium-driver, or set CHROME and CHROMEDRIVER to those you have"
}

has_browser() {
  [ -x "$CHROME" ] && [ -x "$CHROMEDRIVER" ] && ! is_half_installed chromium chromium-driver
}

ensure_node() {
  if ! has_node; then
    missing "Node 20 or newer, with npm" "install it from https://nodejs.org"
    return
  fi
  # Copied when all is there: npm begins by deleting the folder that it is in.
  local installed=node_modules/.installed-lock.json
  cmp -s package-lock.json "$installed" && return
  if quietly "installing the node modules" npm ci --no-audit --no-fund; then
    cp package-lock.json "$installed"
  else
    missing "the node modules" "npm ci"
  fi
}

has_node() {
  has npm && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'
}

main "$@"
