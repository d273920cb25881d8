#!/usr/bin/env bash
# One file that crashes every worker that decodes it, among good ones: exactly that one ends in failed/, and its reason says so.
#
#     poison.sh BIN [GOOD]
. "$(dirname "$0")/../lib.sh"
n=${2:-1000}
ulimit -c 0
site ingest.settle=20ms ingest.ready=300ms ingest.lease=5s
"$bin/wiregen" --out "$work/feed" --count "$n" --copies 30 --seed 21 || fail wiregen
printf 'A headline\n\nPORT MERIDA, March 1 (Testwire) - The phrase swallow-the-anchor stands in this text, a clerk said.\n' >"$work/feed/art-0000$((n / 4))x-poison.txt"
export COPYTASTER_TEST_POISON=swallow-the-anchor
supervise ingest "$bin/copytaster-ingest" --config "$work/copytaster.conf"
for w in w1 w2; do
	supervise $w "$bin/copytaster-worker" --config "$work/copytaster.conf" --worker.name=$w
done
wait_for 20 "ingest is up" test -S "$spool/ingest.sock"
move_in "$work/feed"
wait_for 200 "the good ones are done" settled "$n"
failed() { [ "$(count "$spool/failed")" -ge 1 ]; }
wait_for 60 "the bad one is in failed/" failed
deaths=$(grep -c '^w. 134$' "$work/ends")
stop_all w1 w2 ingest

say "$deaths workers died of it"
[ "$deaths" -ge 2 ] || fail "only $deaths workers died: it was not tried again"
expect "files in failed/" "$(count "$spool/failed")" 1
expect "files in done/" "$(count "$spool/done")" "$n"
expect "files left" "$(($(count_active) + $(count "$work/drop")))" 0
ls "$spool"/failed/*-poison.txt >/dev/null || fail "another file than the bad one is in failed/"
python3 - "$spool"/failed/*.reason.json <<'PY' || fail "the reason is not as it should be"
import json, sys
r = json.load(open(sys.argv[1], encoding="utf-8"))
print("reason:", json.dumps(r)[:300])
sys.exit(0 if r.get("reason") else 1)
PY
outputs --articles "$n" --failed 1
audit
passed
