#!/usr/bin/env bash
# Ingest and workers are killed (-9) at random while articles flow, and restarted: nothing is lost, nothing fails, the file
# sink holds no article twice, and every id has one final receipt.
#
#     kill_storm.sh BIN [ARTICLES] [KILLS] [SEED]
. "$(dirname "$0")/../lib.sh"
n=${2:-20000}
kills=${3:-10}
RANDOM=${4:-1}
site ingest.settle=20ms ingest.scan_settle=200ms ingest.rescan=1s ingest.ready=500ms ingest.lease=10s
"$bin/wiregen" --out "$work/feed" --count "$n" --copies 30 --seed "${4:-1}" --truth "$work/truth.tsv" || fail wiregen
mkdir -p "$work/drop"
supervise ingest "$bin/copytaster-ingest" --config "$work/copytaster.conf"
for w in w1 w2; do
	supervise $w "$bin/copytaster-worker" --config "$work/copytaster.conf" --worker.name=$w
done
wait_for 20 "ingest is up" test -S "$spool/ingest.sock"

# The feed arrives while the storm goes on.
move_in "$work/feed" &
feeder=$!

began=$SECONDS
killed=
for k in $(seq "$kills"); do
	wait_for 300 "$((k * n / (kills + 2))) receipts" has_receipts $((k * n / (kills + 2)))
	sleep 0.0$((RANDOM % 90 + 10))
	names=(ingest w1 w2)
	name=${names[RANDOM % 3]}
	kill -KILL "$(pid_of $name)" 2>/dev/null && killed="$killed $name@$(receipts)"
done
wait $feeder || fail "the feed could not be moved in"
wait_for 600 "all $n have a receipt" has_receipts "$n"
wait_for 60 "all $n are in done/" settled "$n"
say "$n articles, killed at receipt:$killed; $((SECONDS - began)) s"
stop_all w1 w2 ingest
[ "$(grep -c ' 137$' "$work/ends")" -ge $((kills - 2)) ] || fail "too few kills hit: $(tr '\n' ';' <"$work/ends")"
[ "$(grep -vc ' \(137\|0\)$' "$work/ends")" -eq 0 ] || fail "a process ended by itself: $(grep -v ' \(137\|0\)$' "$work/ends" | tr '\n' ';')"

expect "files left in the drop folder" "$(count "$work/drop")" 0
expect "files left in active/" "$(count_active)" 0
expect "files in failed/" "$(count "$spool/failed")" 0
expect "files in done/" "$(count "$spool/done")" "$n"
outputs --articles "$n"
audit
passed
