# Private PostgreSQL clusters (name: grid, audit, test), each with data, socket and log of its own. Sourced by ./grid.
PG_VERSION_MIN=15

pg_bin() {
  local dir
  for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -rn); do
    [[ -x $dir/initdb && $(basename "${dir%/bin}") -ge $PG_VERSION_MIN ]] && { printf %s "$dir"; return; }
  done
  return 1
}

pg_install() {
  pg_bin >/dev/null && return
  install_package postgresql
  pg_bin >/dev/null || die "PostgreSQL $PG_VERSION_MIN or newer is missing: the distribution's package 'postgresql' is older."
}

# As root the data lie where the postgres user can reach them; an ordinary user keeps them in the checkout. Tests make and drop hundreds of databases, of
# some 300 files each, and ext4 is slow to make files where many were removed (half a second for a database): theirs are in memory, if that has room.
pg_home() {
  if [[ $1 == test && $SHM_KIB -ge 4194304 ]]; then printf '/dev/shm/compliance-grid-%s/test' "$INSTALL_ID"
  elif [[ $EUID -eq 0 ]]; then printf '/var/lib/compliance-grid/%s/%s' "$INSTALL_ID" "$1"
  else printf '%s/postgres/%s' "$STATE" "$1"; fi
}
SHM_KIB=$(df --output=size -k /dev/shm 2>/dev/null | tail -n 1) || SHM_KIB=0

# Stops the tests' cluster, and gives its memory back.
pg_end_test() {
  pg_stop test
  [[ $(pg_home test) == /dev/shm/* ]] || return 0
  [[ ! -f $(pg_home test)/postgres.log ]] || mv "$(pg_home test)/postgres.log" "$STATE/logs/postgres-test.log"
  rm -rf "$(dirname "$(pg_home test)")"
}

# The audit database's cluster: one of its own, so that neither a fault of the grid's nor its superuser reaches the log. A grid that was
# set up when there was one cluster keeps its log where it is.
audit_cluster() {
  if [[ -s $STATE/secrets/postgres-grid && -d $(pg_home grid) && ! -d $(pg_home audit) ]]; then printf grid; else printf audit; fi
}

# The grid's clusters. The audit database's is made first: without it the grid's would be taken for one that holds both.
grid_clusters() { local audit; audit=$(audit_cluster); [[ $audit == grid ]] || echo audit; echo grid; }

# A socket's path may not exceed 107 bytes.
pg_socket() {
  local home; home=$(pg_home "$1")
  if (( ${#home} < 80 )); then printf %s "$home"; else printf '%s/compliance-grid-%s-%s' "${XDG_RUNTIME_DIR:-/tmp}" "$INSTALL_ID" "$1"; fi
}

pg_as() { if [[ $EUID -eq 0 ]]; then runuser -u postgres -- "$@"; else "$@"; fi; }

pg_running() { pg_as "$(pg_bin)/pg_ctl" -D "$(pg_home "$1")/data" status >/dev/null 2>&1; }

# A cluster whose password went with an earlier state folder cannot be used, nor its sealed data be opened: the keys were there too.
# A test's is removed, any other is set aside.
pg_set_aside_orphan() {
  local home aside; home=$(pg_home "$1"); aside="$home.orphaned-$(date +%Y%m%dT%H%M%S)"
  [[ -d $home && ! -s $STATE/secrets/postgres-$1 ]] || return 0
  pg_stop "$1" immediate
  if [[ $1 == test ]]; then rm -rf "$home"; else say "The cluster in $home belongs to a removed state folder: set aside as $aside"; mv "$home" "$aside"; fi
}

pg_init() {
  local home data; home=$(pg_home "$1"); data=$home/data
  pg_set_aside_orphan "$1"
  [[ -s $data/PG_VERSION ]] && return
  step "Creating the private PostgreSQL cluster '$1' in $home"
  mkdir -p "$home" "$(pg_socket "$1")"; chmod 700 "$(pg_socket "$1")"
  (umask 077; secret "postgres-$1" >"$home/password")
  [[ $EUID -ne 0 ]] || chown -R postgres: "$home" "$(pg_socket "$1")"
  pg_as "$(pg_bin)/initdb" -D "$data" -U postgres --auth=scram-sha-256 --pwfile="$home/password" --encoding=UTF8 --locale=C.UTF-8 >"$STATE/logs/initdb-$1.log" 2>&1 \
    || die "initdb failed: see $STATE/logs/initdb-$1.log"
  rm -f "$home/password"
  pg_as tee -a "$data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''                # a socket only: nothing on the network
unix_socket_directories = '$(pg_socket "$1")'
port = 5432
max_connections = 1000               # every process has pools of 100: see docs/operations.md
shared_buffers = 512MB
max_wal_size = $([[ $1 == test ]] && echo 1GB || echo 4GB)
wal_compression = on
random_page_cost = 1.1
autovacuum_naptime = 10s             # a table that fills for the first time is counted soon
password_encryption = scram-sha-256
timezone = 'UTC'
log_timezone = 'UTC'
CONF
}

pg_start() {
  mkdir -p "$STATE/logs"
  need openssl openssl
  pg_install
  pg_init "$1"
  pg_running "$1" && return
  step "Starting PostgreSQL '$1'"
  pg_as "$(pg_bin)/pg_ctl" -D "$(pg_home "$1")/data" -l "$(pg_home "$1")/postgres.log" -w -t 60 start >/dev/null 2>&1 \
    || die "PostgreSQL did not start: see $(pg_home "$1")/postgres.log"
}

# pg_stop CLUSTER [fast|immediate]
pg_stop() { ! pg_running "$1" || pg_as "$(pg_bin)/pg_ctl" -D "$(pg_home "$1")/data" -m "${2:-fast}" -w -t 60 stop >/dev/null; }

# SIGKILL to every process of the cluster, as if its machine had died.
pg_kill() {
  local postmaster; postmaster=$(head -n 1 "$(pg_home "$1")/data/postmaster.pid")
  # shellcheck disable=SC2046 # many pids are many words
  kill -KILL "$postmaster" $(cat "/proc/$postmaster/task/$postmaster/children")
  wait_until 10 "PostgreSQL '$1' dead" pg_dead "$1"
}
pg_dead() { ! pg_running "$1"; }

pg_psql() { local cluster=$1; shift; PGPASSWORD=$(secret "postgres-$cluster") "$(pg_bin)/psql" -h "$(pg_socket "$cluster")" -U postgres -X -q -v ON_ERROR_STOP=1 "$@"; }

# pg_connection CLUSTER DATABASE ROLE PASSWORD [EXTRA]: an Npgsql connection string. Here PostgreSQL shares its machine with all that calls it: it may take
# long to answer, and is not away for that.
pg_connection() { printf 'Host=%s;Port=5432;Database=%s;Username=%s;Password=%s;Timeout=60%s' "$(pg_socket "$1")" "$2" "$3" "$4" "${5:+;$5}"; }

pg_roles=(owner audit_owner silo sweeper api gateway audit_writer auditor audit_notary)

# The grid's clusters, running, with roles and databases.
pg_up() {
  local cluster
  for cluster in $(grid_clusters); do pg_start "$cluster"; done
  pg_bootstrap grid grid
  pg_bootstrap "$(audit_cluster)" audit
}

# pg_bootstrap CLUSTER grid|audit: roles and database of deploy/postgres/bootstrap.sql, with one generated password per role.
pg_bootstrap() {
  local role args=()
  for role in "${pg_roles[@]}"; do args+=(-v "${role}_password=$(secret "role-$role")"); done
  pg_psql "$1" -d postgres -v "$2=" "${args[@]}" -f "$ROOT/deploy/postgres/bootstrap.sql" >/dev/null || die "Roles and databases could not be created."
}
