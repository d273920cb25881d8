#!/usr/bin/env bash
# `copytaster run`: starts again what dies, kills what hangs, drains on a signal, and gives up where nothing can work.
. "$(dirname "$0")/../lib.sh"
site ingest.settle=20ms ingest.scan_settle=100ms ingest.lease=2s ingest.ready=200ms
run() { "$bin/copytaster" run --config "$work/copytaster.conf" "$@"; }

# worker_pid NAME: as ingest sees it; nothing while it is not there.
worker_pid() {
	"$bin/copytaster" status --config "$work/copytaster.conf" --json 2>/dev/null | python3 -c '
import json, sys
workers = json.loads(sys.stdin.read() or "{}").get("ingest", {}).get("workers", [])
print(*[w["pid"] for w in workers if w["name"] == sys.argv[1]])' "$1"
}
other_pid() {
	local pid
	pid=$(worker_pid "$1")
	[ -n "$pid" ] && [ "$pid" != "$2" ]
}
printed() { [ "$(cut -d '"' -f 8 "$work/claims.ndjson" | sort -u | wc -l)" -ge "$1" ]; }

"$bin/copytaster" run --config "$work/copytaster.conf" >"$work/claims.ndjson" 2>"$work/run.log" </dev/null &
main=$!
pids+=($main)
wait_for 30 "worker-1 is there" other_pid worker-1 0
wait_for 30 "worker-2 is there" other_pid worker-2 0

first=$(worker_pid worker-1)
kill -KILL "$first"
wait_for 30 "worker-1 is there again" other_pid worker-1 "$first"
second=$(worker_pid worker-2)
kill -STOP "$second"
drop "$top"/deploy/sample/0*.txt
wait_for 60 "the stopped worker-2 was replaced" other_pid worker-2 "$second"
wait_for 60 "all is done in spite of it" settled 9
# One of nine is a resend: it has nothing of its own to print.
wait_for 10 "the claims of eight were printed as they came" printed 8
ingest=$(for pid in $(cat "/proc/$main/task/$main/children"); do
	! tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q copytaster-ingest || echo "$pid"
done)
kill -KILL "$ingest"
drop "$top"/deploy/sample/1*.txt
wait_for 60 "the new ingest goes on" settled 12
# Twice at once is once, as from timeout(1).
kill -INT $main
sleep 0.05
kill -INT $main 2>/dev/null
status=0
wait $main || status=$?
expect "exit status after SIGINT" "$status" 0
expect_text "the totals" "$work/run.log" 'run: [0-9]+ accepted, [0-9]+ published, [0-9]+ cop(y|ies), 0 failed'
expect "alarms about the drain" "$(grep -c 'CT4003\|run: killing' "$work/run.log")" 0
expect_text "the stopped child" "$work/run.log" 'silent for longer than a lease.*child=worker-2'
expect_text "the killed child" "$work/run.log" 'child died.*child=worker-1.*signal 9'
expect_text "the killed ingest" "$work/run.log" 'child died.*child=ingest.*signal 9'
expect "claims printed" "$(sort "$work/claims.ndjson" | md5sum)" "$(cat "$work"/out/claims-*.ndjson | sort | md5sum)"
expect "open segments" "$(find "$work/out" -name '*.open' | wc -l)" 0
outputs --articles 12 --closed
audit

# Nobody is left behind when it is killed itself.
"$bin/copytaster" run --config "$work/copytaster.conf" >/dev/null 2>"$work/run2.log" </dev/null &
main=$!
pids+=($main)
wait_for 30 "it runs again" other_pid worker-1 0
orphan=$(worker_pid worker-1)
kill -KILL $main
wait $main 2>/dev/null
wait_for 30 "its worker ended with it" gone "$orphan"
idle() { "$bin/copytaster" status --config "$work/copytaster.conf" >"$work/status.log" 2>&1; [ $? = 3 ]; }
wait_for 30 "its ingest ended with it" idle

# A signal at any time after the start, to this program alone or to its whole session, is no reason for alarm.
for delay in 0.02 0.05 0.1 0.3; do
	for whom in "" -; do
		rm -f "$work/early.log" # or what the run before said is taken for a sign of life
		setsid "$bin/copytaster" run --config "$work/copytaster.conf" >/dev/null 2>"$work/early.log" </dev/null &
		main=$!
		pids+=($main)
		wait_for 10 "it has begun" test -s "$work/early.log"
		sleep "$delay"
		kill -INT -- "$whom$main"
		status=0
		wait $main || status=$?
		expect "exit status after SIGINT to $whom after $delay s" "$status" 0
		expect "alarms after $delay s" "$(grep -c ' CT400' "$work/early.log")" 0
	done
done
# Nor is a worker that was told to end by somebody else, when the drain follows.
"$bin/copytaster" run --config "$work/copytaster.conf" >/dev/null 2>"$work/early.log" </dev/null &
main=$!
pids+=($main)
wait_for 30 "worker-1 is there" other_pid worker-1 0
kill -TERM "$(worker_pid worker-1)"
sleep 0.02
kill -TERM $main
status=0
wait $main || status=$?
expect "exit status after SIGTERM" "$status" 0
expect "alarms about a worker that was told to end" "$(grep -c ' CT400' "$work/early.log")" 0

# What cannot work ends with one message instead of trying for ever.
mkdir "$work/nowhere"
echo "no folder" >"$work/nowhere/state"
status=0
run --once --paths.state="$work/nowhere/state/x" >"$work/bad.log" 2>&1 || status=$?
expect "exit status without a ledger" "$status" 1
expect_text "why" "$work/bad.log" 'copytaster run: .*nowhere/state'
status=0
run --once --workers 0 >"$work/bad.log" 2>&1 || status=$?
expect "exit status of --workers 0" "$status" 64
status=0
run --once --ingest.max_active=none >"$work/bad.log" 2>&1 || status=$?
expect "exit status of a bad option" "$status" 78
passed
