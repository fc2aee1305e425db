# The grid's processes on one machine: publish, configure, start, wait until ready, stop. Sourced by ./grid.
# Published binaries belong to the checkout, state to $STATE. GRID_AHEAD=1 compiles them ahead (ReadyToRun), as a deployment does: it takes minutes,
# and then no host's compiler competes with its work while it is young (webhook to status: p99 445 ms, without 948 ms).
BIN="$ROOT/.grid/bin${GRID_AHEAD:+-ahead}"
PORT_BASE=${GRID_PORT_BASE:-5080}
API_URL="http://127.0.0.1:$PORT_BASE"
ISSUER="http://localhost:$PORT_BASE" # by name: browsers have no passkeys for an address
GATEWAY_URL="http://127.0.0.1:$((PORT_BASE + 10))"
SANDBOX_URL="http://127.0.0.1:$((PORT_BASE + 15))"
api_url() { printf 'http://127.0.0.1:%d' $((PORT_BASE + $1 - 1)); } # the first is the issuer of all
gateway_url() { printf 'http://127.0.0.1:%d' $((PORT_BASE + 9 + $1)); } # vendors are told the first
gateway_wire() { printf 'https://127.0.0.1:%d' $((PORT_BASE + 150 + $1)); } # where silos call it
silo_url() { printf 'http://%s:%d' "$(address_of "silo-$1")" $((PORT_BASE + 20 + $1)); }
# A silo lives in a network namespace when somebody has made one for it, and named its file and its address there in config/SILO.netns (FILE ADDRESS).
netns_of() { ! [[ -f $STATE/config/$1.netns ]] || cut -d' ' -f1 "$STATE/config/$1.netns"; }
address_of() { if [[ -f $STATE/config/$1.netns ]]; then cut -d' ' -f2 "$STATE/config/$1.netns"; else echo 127.0.0.1; fi; }
silo_urls() { local service; for service in $(services); do [[ $service != silo-* ]] || echo "$(url_of "$service")"; done; }

# service -> project; a silo's name ends in its number, an Api's and a gateway's beside the first too.
project_of() {
  case $1 in
    silo-*)  echo src/Silo ;;
    api|api-*) echo src/Api ;;
    gateway|gateway-*) echo src/Gateway.Integrations ;;
    kafka)   echo tests/KafkaBroker ;;
    sandbox) echo tests/VendorSandbox ;;
    demo)    echo tests/Demo ;;
    bench)   echo tests/Benchmarks ;;
    *)       die "There is no service '$1'." ;;
  esac
}
url_of() {
  case $1 in
    silo-*)  silo_url "${1#silo-}" ;;
    api)     echo "$API_URL" ;;
    api-*)   api_url "${1#api-}" ;;
    gateway) echo "$GATEWAY_URL" ;;
    gateway-*) gateway_url "${1#gateway-}" ;;
    kafka)   kafka_bootstrap ;;
    sandbox) echo "$SANDBOX_URL" ;;
  esac
}

# publish PROJECT...: only what changed since it was last published. BUILT=1: of what the whole build has just made.
publish() {
  local project out ahead=()
  [[ -z ${GRID_AHEAD:-} || $(uname -m) != x86_64 ]] || ahead=(-r linux-x64 --self-contained false -p:PublishReadyToRun=true)
  for project in "$@"; do
    out="$BIN/${project##*/}"
    if [[ -f $out/.published ]] && [[ -z $(find "$ROOT/src" "$ROOT/$project" "$ROOT"/Directory.* \
        -newer "$out/.published" -type f -not -path '*/obj/*' -not -path '*/bin/*' -print -quit 2>/dev/null) ]]; then continue; fi
    step "Building $project"
    mkdir -p "$STATE/logs"
    dotnet publish "$ROOT/$project" -c Release "${ahead[@]}" ${BUILT:+--no-build} -o "$out" --nologo -v q >"$STATE/logs/publish.log" 2>&1 \
      || { tail -n 20 "$STATE/logs/publish.log" >&2; die "Publishing $project failed: see $STATE/logs/publish.log"; }
    touch "$out/.published"
  done
}

# Keys: one file each, readable by the owner only. What a process may not hold is not named in its configuration.
make_keys() {
  local keys="$STATE/keys" name
  mkdir -p "$keys"; chmod 700 "$keys"
  for name in silo-master gateway-master api-master second-factors paging api-spool gateway-spool; do
    [[ -s $keys/$name.key ]] || (umask 077; openssl rand -base64 32 >"$keys/$name.key")
  done
  for name in service ledger; do
    [[ -s $keys/$name.pem ]] || (umask 077; openssl ecparam -name prime256v1 -genkey -noout 2>/dev/null | openssl pkcs8 -topk8 -nocrypt -out "$keys/$name.pem")
    [[ -s $keys/$name.pub.pem ]] || openssl ec -in "$keys/$name.pem" -pubout -out "$keys/$name.pub.pem" 2>/dev/null
  done
}

# The private authority of this grid's wires, and for each role a certificate that is named for it: good for 90 days, made anew in its last 30.
make_certificates() {
  local keys="$STATE/keys" role
  mkdir -p "$STATE/logs"
  local curve=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
  [[ -s $keys/wire-authority.pem ]] || (umask 077; openssl req -x509 "${curve[@]}" -days 3650 -subj "/CN=Compliance Grid $INSTALL_ID" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -keyout "$keys/wire-authority.key" -out "$keys/wire-authority.pem" 2>/dev/null)
  for role in silo api gateway; do
    ! openssl x509 -checkend $((30 * 86400)) -noout -in "$keys/wire-$role.pem" >/dev/null 2>&1 || continue
    (umask 077
     openssl req "${curve[@]}" -subj "/CN=$role.grid.internal" -keyout "$keys/wire-$role.key.new" -out "$keys/wire-$role.csr"
     openssl x509 -req -in "$keys/wire-$role.csr" -CA "$keys/wire-authority.pem" -CAkey "$keys/wire-authority.key" -days 90 -out "$keys/wire-$role.pem.new" -extfile <(
       printf '%s\n' "subjectAltName=DNS:$role.grid.internal,DNS:localhost,IP:127.0.0.1" extendedKeyUsage=serverAuth,clientAuth keyUsage=critical,digitalSignature basicConstraints=critical,CA:FALSE)
    ) 2>"$STATE/logs/certificates.log" || die "A certificate for $role could not be made: see $STATE/logs/certificates.log"
    mv "$keys/wire-$role.key.new" "$keys/wire-$role.key"; mv "$keys/wire-$role.pem.new" "$keys/wire-$role.pem"; rm "$keys/wire-$role.csr"
  done
}

# The section Wire of a process of this role.
wire() { printf '"Wire": { "CertificateFile": "%s/keys/wire-%s.pem", "CertificateKeyFile": "%s/keys/wire-%s.key", "AuthorityFile": "%s/keys/wire-authority.pem" }' "$STATE" "$1" "$STATE" "$1" "$STATE"; }

db() { pg_connection grid grid "grid_$1" "$(secret "role-$1")" "${2:-}"; }
audit_db() { pg_connection "$(audit_cluster)" grid_audit "grid_$1" "$(secret "role-$1")"; }

# Spans go to a file per process when GRID_TRACES gives the share of traces to keep (1: all); with OTLP they need no file.
tracing() {
  if [[ -n ${GRID_TRACES:-} ]]; then printf '"File": "%s/traces/%s.jsonl", "SampleRatio": %s' "$STATE" "$1" "$GRID_TRACES"; else printf '"SampleRatio": 0.1'; fi
}

# How long an Api waits for a grain, when GRID_PATIENCE gives the seconds: tests that are not of that wait longer, on a machine that others load.
patience() { [[ -z ${GRID_PATIENCE:-} ]] || printf ', "ResponseSeconds": %s' "$GRID_PATIENCE"; }

write_config() { # NAME, JSON on stdin. One that says the same keeps its time, by which it is seen whose service must start anew.
  local file="$STATE/config/$1.json"
  mkdir -p "$STATE/config"; chmod 700 "$STATE/config"
  (umask 077; cat >"$file.new")
  if cmp -s "$file.new" "$file"; then rm "$file.new"; else mv "$file.new" "$file"; fi
}

configure_migrations() {
  write_config migrate <<JSON
{ "ConnectionStrings": { "GridOwner": "$(db owner)", "AuditOwner": "$(audit_db audit_owner)" } }
JSON
}

# What carries the streams: postgres, or kafka, whose brokers are those of KAFKA_BOOTSTRAP or, without, a stand-in: librdkafka's mock cluster, which keeps
# nothing when it ends. It takes orders (down, up) from the pipe $STATE/run/kafka.in.
kafka_bootstrap() { printf %s "${KAFKA_BOOTSTRAP:-$(head -n 1 "$STATE/run/kafka.out" 2>/dev/null)}"; }
streams() { # postgres|kafka
  case $1 in
    postgres) printf '"Transport": "postgres"' ;;
    kafka) printf '"Transport": "kafka", "Kafka": { "BootstrapServers": "%s" }' "$(kafka_bootstrap)" ;;
    *) die "Streams are carried by postgres or kafka, not by '$1'." ;;
  esac
}

configure() { # number of silos, of Apis, of gateways; postgres|kafka
  local i api gateway
  make_keys
  make_certificates
  configure_migrations
  for ((i = 1; i <= $1; i++)); do write_config "silo-$i" <<JSON
{
  "Urls": "$(silo_url "$i")",
  "ConnectionStrings": {
    "Grid": "$(db silo)",
    "Sweeper": "$(db sweeper)",
    "Orleans": "$(db silo 'Search Path=orleans')",
    "Quartz": "$(db silo 'Search Path=quartz')",
    "Audit": "$(audit_db audit_writer)"
  },
  "Orleans": { "ClusterId": "grid", "ServiceId": "compliance-grid", "SiloName": "silo-$i", "Address": "$(address_of "silo-$i")", "SiloPort": $((PORT_BASE + 100 + i)), "GatewayPort": $((PORT_BASE + 200 + i)) },
  $(wire silo),
  "MasterKey": { "File": "$STATE/keys/silo-master.key" },
  "Integrations": { "ServiceTokenKeyFile": "$STATE/keys/service.pem" },
  "Streams": { $(streams "$4") },
  "HttpClients": { "integrations": { "BaseAddress": "$(gateway_wire 1)", "RequestsPerSecond": 500 } },
  "Ledger": { "PublicKeyFiles": ["$STATE/keys/ledger.pub.pem"] },
  "Checkpoints": { "Targets": { "archive": { "Kind": "Archive", "Directory": "$(realpath -m "$STATE/archive")" } } },
  "Tracing": { $(tracing silo-$i) }
}
JSON
  done
  for ((i = 1; i <= $2; i++)); do
    api=api; (( i == 1 )) || api="api-$i"
    write_config "$api" <<JSON
{
  "Urls": "$(api_url "$i")",
  "ConnectionStrings": { "Grid": "$(db api)", "Orleans": "$(db api 'Search Path=orleans')", "Audit": "$(audit_db auditor)", "Notary": "$(audit_db audit_notary)" },
  "Orleans": { "ClusterId": "grid", "ServiceId": "compliance-grid"$(patience) },
  "Authentication": { "Issuer": "$ISSUER", "Audience": "compliance-grid" },
  $(wire api),
  "MasterKey": { "File": "$STATE/keys/api-master.key" },
  "Paging": { "KeyFile": "$STATE/keys/paging.key" },
  "SecondFactors": { "KeyFile": "$STATE/keys/second-factors.key" },
  "HttpClients": { "inbox": { "BaseAddress": "$SANDBOX_URL" } },
  "Ledger": { "KeyFile": "$STATE/keys/ledger.pem", "PublicKeyFiles": ["$STATE/keys/ledger.pub.pem"] },
  "AuditSpool": { "Directory": "$STATE/spool/$api", "KeyFile": "$STATE/keys/api-spool.key" },
  "Tracing": { $(tracing "$api") }
}
JSON
  done
  for ((i = 1; i <= $3; i++)); do
    gateway=gateway; (( i == 1 )) || gateway="gateway-$i"
    write_config "$gateway" <<JSON
{
  "Kestrel": { "Endpoints": { "Public": { "Url": "$(gateway_url "$i")" }, "Wire": { "Url": "$(gateway_wire "$i")" } } },
  $(wire gateway),
  "ConnectionStrings": { "Grid": "$(db gateway)" },
  "MasterKey": { "File": "$STATE/keys/gateway-master.key" },
  "AuditSpool": { "Directory": "$STATE/spool/$gateway", "KeyFile": "$STATE/keys/gateway-spool.key" },
  "ServiceTokens": { "PublicKeyFile": "$STATE/keys/service.pub.pem" },
  "HttpClients": { "checkr": { "RequestsPerSecond": 10000, "QueueLimit": 100000 } },
  "Tracing": { $(tracing "$gateway") }
}
JSON
  done
  write_config sandbox <<JSON
{
  "Urls": "$SANDBOX_URL",
  "Checkr": { "ApiKey": "$(secret checkr-api-key)", "AccountId": "acct_demo", "WebhookBaseUrl": "$GATEWAY_URL" }
}
JSON
}

migrate() {
  publish src/Silo
  step "Applying migrations"
  GRID_CONFIG="$STATE/config/migrate.json" run_host silo-1 migrate
}

# run_host SERVICE ARGS...: its binary in the foreground.
run_host() {
  local project; project=$(project_of "$1"); shift
  dotnet "$BIN/${project##*/}/ComplianceGrid.${project##*/}.dll" "$@"
}

pid_of() { cat "$STATE/run/$1.pid" 2>/dev/null; }
alive() { local pid; pid=$(pid_of "$1") && [[ -d /proc/$pid ]] && tr '\0' ' ' </proc/"$pid"/cmdline 2>/dev/null | grep -q ComplianceGrid; }
ready() { # it says so, and nobody else who has taken its port
  if [[ $1 == kafka ]]; then [[ -s $STATE/run/kafka.out ]]; return; fi
  local url; url=$(url_of "$1")
  listens "$(pid_of "$1")" "${url##*:}" && curl -fsS --max-time 10 "$url/health/ready"
}
listens() { # PID PORT
  local inode
  for inode in $(awk -v port="$(printf ':%04X' "$2")" '$4 == "0A" && $2 ~ port "$" { print $10 }' "/proc/$1/net/tcp" "/proc/$1/net/tcp6"); do
    [[ -z $(find "/proc/$1/fd" -lname "socket:\[$inode\]" -print -quit 2>/dev/null) ]] || return 0
  done
  return 1
}
ended() { [[ -s $STATE/run/$1.pid ]] && ! alive "$1"; }
ready_or_ended() { ended "$1" || ready "$1"; }

start() { # SERVICE...: those that are not running; with the environment of config/SERVICE.env, if somebody has put one there
  local service project
  mkdir -p "$STATE/run" "$STATE/logs" "$STATE/traces"
  for service in "$@"; do
    project=$(project_of "$service"); project=${project##*/}
    if alive "$service"; then
      [[ $BIN/$project/.published -nt $STATE/run/$service.pid || $STATE/config/$service.json -nt $STATE/run/$service.pid ]] || continue
      stop "$service" # it runs an older build, or by an older configuration
    fi
    [[ $service != kafka ]] || { start_kafka; continue; }
    step "Starting $service on $(url_of "$service")"
    rm -f "$STATE/run/$service.pid"
    GRID_CONFIG="$STATE/config/$service.json" ASPNETCORE_ENVIRONMENT=Development DOTNET_ENVIRONMENT=Development \
      setsid --fork bash -c 'echo $$ >"$1"; [[ ! -f $4 ]] || { set -a; source "$4"; }; exec ${5:+nsenter --net="$5"} dotnet "$2" >>"$3" 2>&1 </dev/null' _ \
      "$STATE/run/$service.pid" "$BIN/$project/ComplianceGrid.$project.dll" "$STATE/logs/$service.log" "$STATE/config/$service.env" "$(netns_of "$service")"
  done
  for service in "$@"; do
    { wait_until 600 "$service ready" ready_or_ended "$service" && ! ended "$service"; } || { tail -n 5 "$STATE/logs/$service.log" >&2; die "$service did not become ready: ./grid logs $service"; }
  done
}

start_kafka() {
  local run="$STATE/run"
  step "Starting kafka"
  [[ -p $run/kafka.in ]] || mkfifo "$run/kafka.in"
  : >"$run/kafka.out"
  setsid --fork bash -c 'echo $$ >"$1/kafka.pid"; exec dotnet "$2" grid-events:8 <>"$1/kafka.in" >>"$1/kafka.out" 2>>"$3"' _ \
    "$run" "$BIN/KafkaBroker/ComplianceGrid.KafkaBroker.dll" "$STATE/logs/kafka.log"
}

services() { local f; for f in "$STATE"/run/*.pid; do [[ -e $f ]] && basename "$f" .pid; done; }

stop() { # SERVICE...: asks, waits 30 s, then kills
  local service pid
  for service in "$@"; do alive "$service" && { step "Stopping $service"; kill -TERM "$(pid_of "$service")"; }; done
  for service in "$@"; do
    wait_until 30 "$service stopped" not_alive "$service" || { pid=$(pid_of "$service"); kill -KILL "$pid"; }
    rm -f "$STATE/run/$service.pid"
  done
}
not_alive() { ! alive "$1"; }
