#!/usr/bin/env bash
# A second ingest on the same folder or the same socket is refused with one clear message; the first one works on.
. "$(dirname "$0")/../lib.sh"
site ingest.settle=20ms
"$bin/wiregen" --out "$work/feed" --count 20 --copies 0 --seed 11 || fail wiregen
ingest
worker w1
wait_for 20 "the socket is there" test -S "$spool/ingest.sock"

timeout 20 "$bin/copytaster-ingest" --config "$work/copytaster.conf" >"$work/second.log" 2>&1
status=$?
[ $status -ne 0 ] && [ $status -ne 124 ] || fail "a second ingest on the same folder ended with $status"
expect_text "a second ingest" "$work/second.log" 'already|another|in use|locked|owner|owns'

# Another folder, another instance, the same socket.
mkdir -p "$work/drop2"
timeout 20 "$bin/copytaster-ingest" --config "$work/copytaster.conf" --paths.drop="$work/drop2" --ingest.instance=other \
	--paths.endpoint="ipc://$spool/ingest.sock" >"$work/third.log" 2>&1
status=$?
[ $status -ne 0 ] && [ $status -ne 124 ] || fail "a second ingest on the same socket ended with $status"
expect_text "an ingest on a socket that is taken" "$work/third.log" 'already|another|in use|locked|owner|owns'

# The first one still has its socket.
drop "$work"/feed/*.txt
wait_for 30 "all articles are done" settled 20
stop w1
expect "the worker's exit status" "$stopped" 0
stop ingest
expect "the first ingest's exit status" "$stopped" 0
outputs --articles 20 --closed
passed
