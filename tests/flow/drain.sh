#!/usr/bin/env bash
# SIGTERM under load: started work is finished, the rest waits; a restart goes on where it stopped.
. "$(dirname "$0")/../lib.sh"
site ingest.settle=20ms ingest.scan_settle=100ms
n=3000
"$bin/wiregen" --out "$work/feed" --count $n --copies 20 --seed 12 || fail wiregen
ingest
worker w1
worker w2
wait_for 20 "ingest is up" test -S "$spool/ingest.sock"
move_in "$work/feed"

# A worker alone: what it had goes to the other.
wait_for 60 "the first articles are done" settled 100
stop w1
expect "exit status of the drained worker" "$stopped" 0
before=$(count "$spool/done")
wait_for 60 "the other worker goes on" settled $((before + 50))

# All of it, in the middle.
stop ingest
expect "exit status of the drained ingest" "$stopped" 0
stop w2
expect "exit status of the second worker" "$stopped" 0
had=$(count "$spool/done")
say "$had of $n were done when all had stopped"
expect "files accounted for while stopped" "$(($(count "$spool/done") + $(count_active) + $(count "$work/drop")))" "$n"
expect "failed files" "$(count "$spool/failed")" 0

worker w1
worker w2
ingest
wait_for 120 "the rest is done" settled $n
stop w1
stop w2
stop ingest
expect "exit status after the restart" "$stopped" 0
expect "files left" "$(($(count_active) + $(count "$work/drop")))" 0
outputs --articles $n --closed
audit
passed
