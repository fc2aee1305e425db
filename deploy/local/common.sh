# Shared by ./grid: where things are, how it talks. Sourced, never run.
STATE=${GRID_STATE:-$ROOT/.grid}
# One installation per state folder: names what lies outside of it.
INSTALL_ID=$(printf %s "$STATE" | sha256sum | cut -c1-8)

say()  { printf '%s\n' "$*" >&2; }
step() { printf '\033[1m▸ %s\033[0m\n' "$*" >&2; }
die()  { printf '\033[31m✗ %s\033[0m\n' "$*" >&2; exit 1; }

# wait_until SECONDS DESCRIPTION COMMAND...: polls a condition, never merely sleeps.
wait_until() {
  local deadline=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    (( SECONDS < deadline )) || { say "✗ $what: not there after the time allowed"; return 1; }
    sleep 0.2
  done
}

# need COMMAND DEBIAN-PACKAGE: installs as root, else says how.
need() {
  command -v "$1" >/dev/null && return
  install_package "$2"
  command -v "$1" >/dev/null || die "$1 is missing: package '$2' did not bring it."
}

install_package() {
  [[ $EUID -eq 0 ]] || die "Package '$1' is missing. Install it: sudo apt-get install $1"
  command -v apt-get >/dev/null || die "Package '$1' is missing, and this system has no apt-get: install it by your system's means."
  step "Installing $1"
  local log="$STATE/logs/apt.log"
  mkdir -p "${log%/*}"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1"; } >"$log" 2>&1 || die "Package '$1' could not be installed: see $log"
}

need_dotnet() {
  command -v dotnet >/dev/null || die "The .NET 10 SDK is missing. Install package dotnet-sdk-10.0 from Microsoft's feed for your distribution."
  dotnet --list-sdks | grep -q '^10\.' || die "The .NET 10 SDK is missing; found: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')."
}

# secret NAME: the value of a generated secret, made on first use.
secret() {
  local file="$STATE/secrets/$1"
  [[ -s $file ]] || { mkdir -p "${file%/*}"; chmod 700 "${file%/*}"; (umask 077; openssl rand -hex 24 >"$file"); }
  cat "$file"
}
