# shellcheck shell=bash
# To be sourced: packages of the machine's own distribution.

apt_install() {
  has apt-get || return 1
  # What an interrupted installation left undone would stop this one.
  as_root dpkg --configure -a >"$LOG" 2>&1
  [ -n "${APT_UPDATED:-}" ] || quietly "reading the package lists" as_root apt-get update || return 1
  APT_UPDATED=yes
  quietly "installing $*" as_root apt-get install -y --no-install-recommends --fix-broken \
    -o DPkg::Lock::Timeout=300 "$@"
}

# Whether an interrupted installation left one of these packages, perhaps without what it needs.
is_half_installed() {
  has dpkg-query &&
    # shellcheck disable=SC2016 # dpkg's variable
    dpkg-query --show --showformat '${db:Status-Status}\n' "$@" 2>/dev/null |
    grep -q -e half -e unpacked -e triggers
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif has sudo; then
    sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
  else
    echo "neither root nor sudo" >&2
    return 1
  fi
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# Says what it does, runs it, and shows the output only of what fails.
quietly() {
  local what=$1
  shift
  echo "setup: $what ..."
  # A daemon that is started on the way must not hold the lock.
  "$@" >"$LOG" 2>&1 9>&- && return
  tail -n 5 "$LOG" | sed 's/^/    /' >&2
  return 1
}
