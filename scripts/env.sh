# shellcheck shell=bash
# To be sourced: what scripts/setup.sh installed, for the commands that use it.

TOOL_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/deepstream-wasm"
WASM_PACK_VERSION=0.15.1
# The command line tool and the crate speak to each other, so their versions must be the same.
WASM_BINDGEN_VERSION=$(
  sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p}' \
    "$(dirname "${BASH_SOURCE[0]}")/../Cargo.lock"
)
export TOOL_CACHE WASM_PACK_VERSION WASM_BINDGEN_VERSION

export PATH="$TOOL_CACHE/wasm-pack-$WASM_PACK_VERSION/bin:$PATH"
export PATH="$TOOL_CACHE/wasm-bindgen-cli-$WASM_BINDGEN_VERSION/bin:$PATH"

export CHROME="${CHROME:-/usr/bin/chromium}"
export CHROMEDRIVER="${CHROMEDRIVER:-/usr/bin/chromedriver}"

# Linked by setup where rustup's own toolchain could not get the wasm32 target.
if [ -z "${RUSTUP_TOOLCHAIN:-}" ] &&
  [ -x "${RUSTUP_HOME:-$HOME/.rustup}/toolchains/debian-web/bin/rustc" ]; then
  export RUSTUP_TOOLCHAIN=debian-web
fi

# The compiler whose warnings and sizes are held against the code. Another one finds something else
# to warn of and makes another wasm: what it says is shown, and is no failure of a checkout that was
# fine. To go on to a later one: mend what it warns of, set the budget in scripts/size-report.mjs
# anew, and raise this.
JUDGING_RUST=1.95

# Debian's build of the standard library is larger, because it can't be optimised with the crate.
is_judging_rust() {
  [ "${RUSTUP_TOOLCHAIN:-}" != debian-web ] && [[ $(rustc --version) == "rustc $JUDGING_RUST."* ]] &&
    return
  echo "$(rustc --version): only rustup's $JUDGING_RUST judges, so this is shown and fails nothing" >&2
  return 1
}

# What clippy takes for an error beyond the lints that Cargo.toml denies.
denied_lints() {
  if is_judging_rust; then echo "-D warnings"; fi
}
