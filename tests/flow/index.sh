#!/usr/bin/env bash
# The copy index breaks, or is of another format: workers refuse it with a message that says what to do, `index check` finds it,
# `index rebuild` makes it anew from what is published, and a second wave of copies gets the same verdicts, claims and repeats as
# without the accident. The same with the ledger lost: nothing goes out twice.
. "$(dirname "$0")/../lib.sh"
waves=$here/flow/index_waves.py
break=$bin/index_break

# once SITE [OPTION]…: works off its drop folder with one worker, so that the order is always the same.
once() {
	local site=$1
	shift
	"$bin/copytaster" run --drop "$work/$site/drop" --out "$work/$site/out" --workers 1 --once "$@" >"$work/$site.json" 2>"$work/$site.log"
}

# index SITE WORD [OPTION]…: its output in SITE.WORD.log.
index() {
	local site=$1 word=$2
	shift 2
	"$bin/copytaster" index "$word" --drop "$work/$site/drop" --out "$work/$site/out" --human "$@" >"$work/$site.$word.log" 2>&1
}

state() { echo "$work/$1/drop/.copytaster/state"; }
spool_of() { echo "$work/$1/drop/.copytaster"; }
copy_of_first() { cp -a "$work/first" "$work/$1"; }
wave_two() { cp "$work/second"/*.txt "$work/$1/drop/" && once "$1"; expect "exit status of the second wave in $1" $? 0; }
compare() { python3 "$waves" compare "$work/$1/out" "$work/$2/out" "$newest" || fail "$2 is not as $1"; }
audit_of() { "$bin/copytaster" audit --drop "$work/$1/drop" --out "$work/$1/out" >"$work/$1.audit.log" 2>&1 || fail "audit of $1 exits with $?"; }

"$bin/wiregen" --out "$work/feed" --count 64 --copies 25 --bytes 1500 --seed 21 --truth "$work/truth.tsv" || fail wiregen
python3 "$waves" make "$work/feed" "$work/truth.tsv" "$work/second" 20 || fail "no second wave"
mkdir -p "$work/first/drop" "$work/first/out"
cp "$work/feed"/*.txt "$work/first/drop/"
once first
expect "exit status of the first wave" $? 0
newest=$(sed -n 's/^{"articleId":"\([^"]*\)".*/\1/p' "$work"/first/out/articles-*.ndjson | sort | tail -n 1)
index first check
expect "check of a whole index" $? 0
index first stat || fail stat
expect_text "stat" "$work/first.stat.log" 'bytes an article'

# Without an accident.
for site in good aged rotten meta format old entries lost; do
	copy_of_first $site
done
wave_two good

# Rebuilt although nothing was wrong, while nobody works: the same again. The dry run changes nothing.
copy_of_first same
before=$(md5sum <"$(state same)/data.mdb")
index same rebuild --dry-run
expect "dry run" $? 0
expect "the database after a dry run" "$(md5sum <"$(state same)/data.mdb")" "$before"
index same rebuild
expect "rebuild of a whole index" $? 0
index same check
expect "check after it" $? 0
wave_two same
compare good same
audit_of same

# The out folder came back from a backup with times of its own, in two segments, of which the second looks ancient. A third holds articles
# from before the window.
python3 - "$work/aged/out" <<'PY' || fail "no segments could be aged"
import glob, json, os, sys
(articles,) = glob.glob(sys.argv[1] + "/articles-*.ndjson")
claims = articles.replace("/articles-", "/claims-")
read = lambda path: open(path, "rb").read().splitlines(keepends=True)
records, own = read(articles), read(claims)
id_of = lambda line: json.loads(line)["articleId"]
first = set(map(id_of, records[:30]))
def write(path, lines):
    with open(path, "wb") as f:
        f.writelines(lines)
    os.utime(path, (1e9, 1e9))
for path, lines in ((articles, records), (claims, own)):
    name = os.path.basename(path).split("-")[0]
    older = os.path.join(os.path.dirname(path), name + "-" + "00" + os.path.basename(path)[len(name) + 3:])
    write(older, [l for l in lines if id_of(l) in first])
    write(path, [l for l in lines if id_of(l) not in first])
ancient = [r.replace(id_of(r).encode(), b"00" + id_of(r).encode()[2:]) for r in records[:3]]
write(os.path.join(sys.argv[1], "articles-000" + os.path.basename(articles)[len("articles-") + 3:]), ancient)
PY
index aged rebuild
expect "rebuild of restored segments" $? 0
expect "what it says" "$(head -n 1 "$work/aged.rebuild.log")" "$(head -n 1 "$work/same.rebuild.log")"
index aged check
expect "check after it" $? 0
wave_two aged
compare good aged

# Its description is damaged.
"$break" "$(state meta)" flip copy.meta || fail index_break
index meta check
expect "check of a damaged description" $? 1
expect_text "check" "$work/meta.check.log" 'META'
once meta
expect "run with a damaged index" $? 1
expect_text "run" "$work/meta.log" 'copytaster index rebuild'
"$bin/copytaster" check --paths.drop="$work/meta/drop" >"$work/meta.config.log" 2>&1
expect "copytaster check with a damaged index" $? 1
expect_text "copytaster check" "$work/meta.config.log" 'copytaster index rebuild'
"$bin/copytaster-worker" --drop "$work/meta/drop" --out "$work/meta/out" >"$work/meta.worker.log" 2>&1
expect "a worker with a damaged index" $? 1
expect_text "the worker" "$work/meta.worker.log" 'copytaster index rebuild'
index meta rebuild
expect "rebuild" $? 0
index meta check
expect "check after the rebuild" $? 0
wave_two meta
compare good meta
audit_of meta

# A record that rots is passed over, counted and named.
python3 - "$work/rotten/out" <<'PY' || fail "no record could be broken"
import glob, sys
(path,) = glob.glob(sys.argv[1] + "/articles-*.ndjson")
lines = open(path, "rb").read().splitlines(keepends=True)
lines[7] = lines[7][:40] + b"?" * (len(lines[7]) - 41) + b"\n"
lines[9] = lines[9].replace(b'"blocks":[{', b'"blocks":[7,{')
open(path, "wb").writelines(lines)
PY
index rotten rebuild
expect "rebuild with rotten records" $? 2
expect_text "rebuild" "$work/rotten.rebuild.log" 'Rebuilt: 5[0-9] of 63 articles'
expect_text "rebuild" "$work/rotten.rebuild.log" ' 2  damaged records'
expect_text "rebuild" "$work/rotten.rebuild.log" 'articles-.*, byte [0-9]+: '
index rotten check
expect "check after it" $? 0

# Another format, and the layout of format 1, of which nothing must stay.
"$break" "$(state format)" format 99 || fail index_break
once format
expect "run with another format" $? 1
expect_text "run" "$work/format.log" 'another format.*copytaster index rebuild'
index format stat
expect "stat of another format" $? 1
index format rebuild
expect "rebuild of another format" $? 0
wave_two format
compare good format
"$break" "$(state old)" old || fail index_break
index old check
expect "check of an old format" $? 1
expect_text "check" "$work/old.check.log" 'FORMAT'
index old rebuild
expect "rebuild of an old format" $? 0
"$break" "$(state old)" list >"$work/old.list"
grep -Eq 'copy\.(mark|entry)' "$work/old.list" && fail "databases of the old format are still there"
index old check
expect "check after the rebuild" $? 0

# Entries and postings rot under a running worker: it stops and says so; while one runs there is no rebuild.
site
rm -rf "$work/drop" "$work/out"
mv "$work/entries/drop" "$work/drop"
mv "$work/entries/out" "$work/out"
entries() { "$bin/copytaster" index "$1" --config "$work/copytaster.conf" --human >"$work/entries.$1.log" 2>&1; }
ingest
# A worker that must stop at once leaves its sink as it is, and some memory with it.
ASAN_OPTIONS=detect_leaks=0 worker w1
wait_for 20 "ingest is up" test -S "$spool/ingest.sock"
wait_for 20 "the worker is up" test -e "$spool/state/use.lock"
sleep 0.5
entries rebuild
expect "rebuild while a worker runs" $? 1
expect_text "rebuild" "$work/entries.rebuild.log" 'stop'
entries check
expect "check while a worker runs" $? 0
"$break" "$spool/state" flip copy.block.0 || fail index_break
"$break" "$spool/state" flip copy.run.0 || fail index_break
entries check
expect "check of rotten entries" $? 1
expect_text "check" "$work/entries.check.log" 'ENTRY'
expect_text "check" "$work/entries.check.log" 'RUN'
drop "$work"/second/*-edit.txt "$work"/second/*-resend.txt
wait_for 30 "the worker has stopped" gone "$(pid_of w1)"
expect_text "the worker" "$work/w1.log" 'CT2004.*stays down'
expect_text "the worker" "$work/w1.log" 'copytaster index rebuild'
entries rebuild
expect "rebuild" $? 0
entries check
expect "check after the rebuild" $? 0
worker w2
wait_for 30 "all is done" settled 72
stop w2
[ -z "$(ls "$spool/failed")" ] || fail "an article was charged with a damaged index"
stop ingest
audit

# The ledger is lost with the index. An open segment ends within a record, whose article lies in active/ still; another article's receipt
# was not written; a third one stands in a segment of a worker that died before it could commit.
python3 - "$work/lost" <<'PY' || fail "the accident could not be staged"
import glob, json, os, sys
out, spool = sys.argv[1] + "/out/", sys.argv[1] + "/drop/.copytaster/"
(articles,) = glob.glob(out + "articles-*.ndjson")
claims = articles.replace("/articles-", "/claims-")
records = open(articles, "rb").read().splitlines(keepends=True)
ids = [json.loads(r)["articleId"] for r in records]
of = lambda path, i: [c for c in open(path, "rb").read().splitlines(keepends=True) if json.loads(c)["articleId"] == i]
back = [ids[-1], ids[3], ids[5]]
dead = "0" + os.path.basename(articles)[len("articles-"):-len(".ndjson")][1:-1] + "0"
for path, lines in (("articles", [records[5]]), ("claims", of(claims, ids[5]))):
    with open(out + path + "-" + dead + ".ndjson.open", "wb") as f:
        f.writelines(lines)
    os.utime(out + path + "-" + dead + ".ndjson.open", (1e9, 1e9))
with open(articles, "wb") as f:
    f.writelines(records[:-1] + [records[-1][:len(records[-1]) // 2]])
for path in (articles, claims):
    os.rename(path, path + ".open")
receipts = open(spool + "receipts-main.ndjson").readlines()
with open(spool + "receipts-main.ndjson", "w") as f:
    f.writelines(r for r in receipts if json.loads(r)["articleId"] not in back)
for i in back:
    (path,) = glob.glob(spool + "done/" + i + "*")
    os.rename(path, spool + "active/main/" + os.path.basename(path))
with open(spool + "state/data.mdb", "r+b") as f:
    f.write(b"no database" * 2000)
PY
once lost
expect "run without a ledger" $? 1
expect_text "run" "$work/lost.log" 'index rebuild --new-ledger'
index lost rebuild
expect "rebuild without a ledger" $? 1
expect_text "rebuild" "$work/lost.rebuild.log" 'Nothing was changed. With --new-ledger'
index lost rebuild --new-ledger --dry-run
expect "dry run of a new ledger" $? 0
[ "$(ls -d "$(spool_of lost)"/state*)" = "$(state lost)" ] || fail "the dry run left something"
index lost rebuild --new-ledger
expect "rebuild with a new ledger" $? 0
ls -d "$(state lost)".damaged-* >/dev/null || fail "the old ledger is gone"
index lost check
expect "check of the new index" $? 0
once lost
expect "run with the new ledger" $? 0
expect "articles published in all" "$(cat "$work"/lost/out/articles-*.ndjson | wc -l)" 64
python3 "$waves" ids "$work/lost/out" || fail "something went out twice"
audit_of lost
wave_two lost
python3 "$waves" ids "$work/lost/out" || fail "something went out twice"
audit_of lost
passed
