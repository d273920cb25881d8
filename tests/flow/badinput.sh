#!/usr/bin/env bash
# Bad input, one clear message each: the file is kept in failed/ or left in place, the daemons live on, nothing is lost.
# Needs an account without rights: root becomes "nobody".
if [ "$(id -u)" -eq 0 ]; then
	copy=$(mktemp -d /tmp/ctbin.XXXXXX)
	cp "$1"/copytaster* "$1"/wiregen "$copy" && cp -r "$(dirname "$0")/.." "$copy/tests" && chmod -R a+rX "$copy"
	setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp bash "$copy/tests/flow/badinput.sh" "$copy"
	status=$?
	rm -rf "$copy"
	exit $status
fi
. "$(dirname "$0")/../lib.sh"

# ---- files, one outcome each ----
limits=(ingest.settle=20ms ingest.scan_settle=300ms ingest.max_article_bytes=64K ingest.rescan=500ms)
site "${limits[@]}"
"$bin/wiregen" --out "$work/feed" --count 6 --copies 0 --seed 41 || fail wiregen
set -- "$work"/feed/*.txt
cd "$work/drop" || fail "no drop folder"
newline=$'two\nlines.txt'
bytes=$'latin-\xe9-\xff.txt'
long=$(printf 'n%.0s' $(seq 251)).txt
cp "$1" "$newline"
cp "$2" "$bytes"
cp "$3" "$long"
cp "$4" 'percent %s%n%d "quotes" $(id).txt'
: >empty.txt
printf ' \n\t\n\n' >blank.txt
head -c 20000 /dev/urandom >binary.txt
head -c 70000 /dev/zero | tr '\0' 'a' >large.txt
{ head -c 500 "$5"; printf '\xff\xfe\x80\x81 caf\xe9 '; tail -c +501 "$5"; } >invalid-utf8.txt
ln -s /etc/passwd link.txt
ln -s /nowhere dangling.txt
mkfifo fifo.txt
mkdir folder.txt
echo "inside" >folder.txt/inside.txt
cp "$6" unreadable.txt
chmod 0 unreadable.txt

ingest
worker w1
accounted() { [ "$(receipts)" -ge "$1" ]; }
wait_for 30 "nine files have their end" accounted 9
sleep 1.5
alive ingest || fail "ingest died"
alive w1 || fail "the worker died"

for name in empty blank binary large; do
	[ -e "$(ls "$spool"/failed/*-$name.txt 2>/dev/null | head -n 1)" ] || fail "$name.txt is not in failed/: $(ls "$spool/failed" "$spool/done")"
	reason=$(ls "$spool"/failed/*.reason.json | while read -r f; do grep -l "$name.txt" "$f"; done)
	[ -n "$reason" ] || fail "no reason for $name.txt"
	say "$name.txt: $(cut -c1-240 <"$reason" | tr '\n' ' ')"
	case $name in
	empty | blank) expect_text "$name.txt" "$reason" 'EMPTY' ;;
	binary) expect_text "$name.txt" "$reason" 'BINARY' ;;
	large) expect_text "$name.txt" "$reason" 'TOO_LARGE' ;;
	esac
done
[ "$(ls "$spool"/failed/*-invalid-utf8.txt "$spool"/done/*-invalid-utf8.txt 2>/dev/null | wc -l)" = 1 ] || fail "invalid-utf8.txt has not one end"
for name in link.txt dangling.txt fifo.txt folder.txt folder.txt/inside.txt; do
	[ -e "$name" ] || [ -L "$name" ] || fail "$name was taken away"
done
for name in link.txt dangling.txt fifo.txt folder.txt; do
	expect "messages about $name" "$(grep -c -- "$name" "$work/ingest.log")" 1
done
# Unreadable: left in place or in failed/, with one message either way.
[ -e unreadable.txt ] || [ -e "$(ls "$spool"/failed/*-unreadable.txt)" ] || fail "unreadable.txt is lost"
expect_text "unreadable.txt" "$work/ingest.log" 'unreadable\.txt'
say "unreadable.txt: $(grep -m 1 'unreadable\.txt' "$work/ingest.log" | cut -c1-240)"

# Names are bytes: the four odd ones are published, and the records are valid JSON all the same.
stop w1
expect "the worker's exit status" "$stopped" 0
stop ingest
expect "ingest's exit status" "$stopped" 0
[ "$(cat "$work"/ingest.log "$work"/w1.log | LC_ALL=C grep -c -P '[\x00-\x08\x0b-\x1f\x7f-\xff]')" = 0 ] || fail "raw bytes of a file name in the log"
python3 - "$spool" "$work/out" <<'PY' || fail "records or receipts of the odd names"
import glob, json, sys
receipts = [json.loads(l) for p in glob.glob(sys.argv[1] + "/receipts*") for l in open(p, encoding="utf-8")]
records = [json.loads(l) for p in glob.glob(sys.argv[2] + "/articles-*") for l in open(p, encoding="utf-8")]
names = [r["fileName"] for r in records]
print("published:", names)
need = ["two", "latin-", "nnnnnnnn", "percent %s%n%d"]
bad = [n for n in need if sum(name.startswith(n) for name in names) != 1]
failed = {r["fileName"]: r.get("reason", "") for r in receipts if r["outcome"] == "FAILED"}
bad += [name for name, reason in failed.items() if len(reason) < 20]
print("failed:", failed)
sys.exit(1 if bad else 0)
PY
chmod 600 unreadable.txt 2>/dev/null
cd "$work" || fail "no work folder"

# ---- an output folder that cannot be written ----
rm -rf "$work/drop" "$work/out"
site "${limits[@]}"
cp "$1" "$work/drop/story.txt"
chmod 0555 "$work/out"
timeout 60 "$bin/copytaster" run --config "$work/copytaster.conf" --workers 1 --once >"$work/run.log" 2>&1
status=$?
[ $status -ne 0 ] && [ $status -ne 124 ] || fail "run with an output folder that cannot be written ends with $status"
expect_text "an output folder that cannot be written" "$work/run.log" "$work/out.*(denied|written|writable)"
say "out: $(grep -m 1 "$work/out" "$work/run.log" | cut -c1-240)"
expect "articles kept" "$(($(count "$work/drop") + $(count_active)))" 1
chmod 0755 "$work/out"
"$bin/copytaster" run --config "$work/copytaster.conf" --workers 1 --once >"$work/run.log" 2>&1 || fail "run after the folder was mended exits with $?"
outputs --articles 1 --closed

# ---- --once with a file that fails: exit 2, name and reason on stderr ----
: >"$work/drop/nothing.txt"
"$bin/copytaster" run --config "$work/copytaster.conf" --workers 1 --once >"$work/run.log" 2>"$work/run2.log"
expect "exit status of run --once with a failed file" $? 2
expect_text "run --once with a failed file" "$work/run2.log" 'nothing\.txt'

# ---- config ----
wrong() {
	local name=$1 program
	for program in copytaster-ingest copytaster-worker; do
		"$bin/$program" --config "$work/wrong.conf" --check >"$work/check.log" 2>&1
		expect "$program --check with $name" $? 78
		expect_text "$program --check with $name" "$work/check.log" "$2"
	done
	"$bin/copytaster" check --config "$work/wrong.conf" >"$work/check.log" 2>&1 && fail "copytaster check takes $name"
	expect_text "copytaster check with $name" "$work/check.log" "$2"
	say "$name: $(head -n 1 "$work/check.log" | cut -c1-240)"
}
printf '[ingest]\nsetle = 100ms\n' >"$work/wrong.conf"
wrong "an unknown key" 'wrong\.conf:2.*setle.*settle'
printf '[ingets]\nsettle = 100ms\n' >"$work/wrong.conf"
wrong "an unknown section" 'wrong\.conf:2?.*ingets'
printf '[ingest]\n\nmax_active = 0\n' >"$work/wrong.conf"
wrong "a value out of range" 'wrong\.conf:3.*max_active.*1.*65536'
printf '[worker]\ncredit_bytes = many\n' >"$work/wrong.conf"
wrong "a value that is no size" 'wrong\.conf:2.*credit_bytes.*many'
passed
