# shellcheck shell=bash
# To be sourced: the wasm32 standard library where rustup can fetch nothing. Debian packages a
# compiler with the sources of its library, but no wasm32 build of it: this makes one, and leaves
# it where a toolchain keeps it, so that everything later works without a flag.

install_debian_wasm_std() {
  local lld
  apt_install rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web || return 1
  # The linker has to be of the same LLVM as the compiler.
  lld=$(apt-cache depends rust-web-llvm | sed -n 's/.*Depends: llvm-/lld-/p')
  apt_install "$lld" || return 1
  has_wasm_std /usr/bin/rustc || quietly "building std for wasm32" build_debian_wasm_std || return 1
  quietly "linking the toolchain" rustup toolchain link debian-web /usr
}

build_debian_wasm_std() {
  local crate="$TOOL_CACHE/build/nothing" target
  mkdir -p "$crate/src" && touch "$crate/src/lib.rs" || return 1
  printf '[package]\nname = "nothing"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' >"$crate/Cargo.toml"
  # /usr/bin first, or cargo would take another toolchain's compiler; the second variable allows the
  # unstable flag on a stable compiler; the third keeps this machine out of what panics say.
  PATH=/usr/bin:$PATH RUSTC_BOOTSTRAP=1 \
    CARGO_ENCODED_RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo" \
    CARGO_TARGET_DIR="$crate/target" \
    cargo build --release --manifest-path "$crate/Cargo.toml" --target wasm32-unknown-unknown \
    -Z build-std=std,panic_abort,test || return 1
  rm -f "$crate"/target/wasm32-unknown-unknown/release/deps/libnothing-*
  target=$(/usr/bin/rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown
  # Moved when all is there, so that half a library is never taken for one.
  as_root rm -rf "$target/lib" "$target/lib.partial" &&
    as_root mkdir -p "$target/lib.partial" &&
    as_root cp "$crate"/target/wasm32-unknown-unknown/release/deps/*.r{lib,meta} "$target/lib.partial" &&
    as_root mv "$target/lib.partial" "$target/lib" &&
    rm -r "$crate"
}
