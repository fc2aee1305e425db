#!/usr/bin/env bash
# What compose.yaml needs: keys, certificates of 90 days, passwords, folders, in .state beside it. Again: makes what is missing.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HERE="$ROOT/deploy/compose"
GRID_STATE="$HERE/.state"
for part in common postgres services; do source "$ROOT/deploy/local/$part.sh"; done

make_keys
make_certificates
mkdir -p "$STATE/archive" "$STATE/spool/api" "$STATE/spool/gateway"

# Compose reads .env by itself; the roles' passwords are known to it and to the bootstrap alone.
(umask 077
 {
   printf 'GRID_USER=%s:%s\n' "$(id -u)" "$(id -g)"
   for cluster in grid audit; do printf 'POSTGRES_%s_PASSWORD=%s\n' "${cluster^^}" "$(secret "postgres-$cluster")"; done
   for role in "${pg_roles[@]}"; do printf 'GRID_%s_PASSWORD=%s\n' "${role^^}" "$(secret "role-$role")"; done
 } >"$HERE/.env"
 {
   printf 'set -e\nbootstrap() { PGPASSWORD=$2 psql -h "postgres-$1" -U postgres -d postgres -X -q -v ON_ERROR_STOP=1 -v "$1="'
   for role in "${pg_roles[@]}"; do printf " -v '%s_password=%s'" "$role" "$(secret "role-$role")"; done
   printf ' -f /bootstrap.sql; }\nbootstrap grid "$GRID_SUPERUSER"\nbootstrap audit "$AUDIT_SUPERUSER"\n'
 } >"$STATE/bootstrap.sh")
say "✓ Ready: docker compose up (in deploy/compose). Its own authority, to trust it: $STATE/keys/wire-authority.pem"
