#!/usr/bin/env bash
# When a file counts as complete: renamed in; closed and settled; marker; never while it is being written or bears the name of
# a part.
. "$(dirname "$0")/../lib.sh"
site ingest.settle=300ms ingest.scan_settle=1500ms ingest.rescan=500ms
"$bin/wiregen" --out "$work/feed" --count 8 --copies 0 --seed 13 || fail wiregen
set -- "$work"/feed/*.txt
ingest
worker w1
wait_for 20 "ingest is up" test -S "$spool/ingest.sock"

for name in .hidden.txt a.tmp b.part c.filepart 'd.txt~'; do
	cp "$1" "$work/drop/$name"
done
mv "$1" "$work/drop/renamed.txt"
cp "$2" "$work/drop/copied.txt"

# A slow writer holds it open longer than settle; every piece must be in the record.
{
	exec 7>"$work/drop/slow.txt"
	head -c 1000 "$3" >&7
	sleep 1
	tail -c +1001 "$3" | head -c 1000 >&7
	sleep 1
	tail -c +2001 "$3" >&7
	exec 7>&-
} &
writer=$!
wait_for 20 "the two whole files are done" settled 2
wait $writer
wait_for 20 "the slow file is done" settled 3
sleep 1
expect "parts left alone" "$(cd "$work/drop" && ls -A | grep -v '^\.copytaster$' | sort | tr '\n' ' ')" ".hidden.txt a.tmp b.part c.filepart d.txt~ "
expect "failed files" "$(count "$spool/failed")" 0
cmp "$3" "$(ls "$spool"/done/*-slow.txt)" || fail "the slow file is not whole in done/"
stop w1
stop ingest
outputs --articles 3 --closed
python3 - "$work" "$3" <<'PY' || fail "the record of the slow file is not its text"
import glob, json, sys
whole = open(sys.argv[2], encoding="utf-8").read()
records = [json.loads(l) for p in glob.glob(sys.argv[1] + "/out/articles-*.ndjson") for l in open(p, encoding="utf-8")]
sys.exit(0 if [r["text"] for r in records if r["fileName"] == "slow.txt"] == [whole] else 1)
PY

# With markers a file waits for its own.
rm -rf "$work/drop" "$work/out"
site ingest.settle=50ms ingest.marker=yes
ingest
worker w1
wait_for 20 "ingest is up" test -S "$spool/ingest.sock"
mv "$4" "$work/drop/waits.txt"
mv "$5" "$work/drop/ready.txt"
: >"$work/drop/ready.txt.done"
wait_for 20 "the marked file is done" settled 1
sleep 0.5
[ -e "$work/drop/waits.txt" ] || fail "a file without its marker was taken"
[ ! -e "$work/drop/ready.txt.done" ] || fail "the marker was left behind"
: >"$work/drop/waits.txt.done"
wait_for 20 "the second one is done" settled 2
stop w1
stop ingest
outputs --articles 2 --closed
passed
