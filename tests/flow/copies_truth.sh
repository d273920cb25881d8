#!/usr/bin/env bash
# Synthetic wire with known truth through `copytaster copies`: copies of every kind are found under the kind they have, and no
# original is taken for one. The generator's output is the same for the same seed, in one piece or in two.
. "$(dirname "$0")/../lib.sh"

wire=(--copies 30 --templates 15 --words 187 --seed 9)
"$bin/wiregen" "${wire[@]}" --count 300 --ndjson "$work/all.ndjson" --truth "$work/all.tsv" || fail wiregen
"$bin/wiregen" "${wire[@]}" --count 200 --out "$work/wire" --truth "$work/first.tsv" || fail wiregen
"$bin/wiregen" "${wire[@]}" --count 100 --first 200 --out "$work/wire" --truth "$work/second.tsv" || fail wiregen
cat "$work/first.tsv" "$work/second.tsv" | cmp -s - "$work/all.tsv" || fail "the truth of two parts is not that of the whole"
python3 - "$work" <<'PY' || fail "files and NDJSON differ"
import json, os, sys
lines = [json.loads(line) for line in open(os.path.join(sys.argv[1], "all.ndjson"))]
assert len(lines) == 300
assert all(a["time"] < b["time"] for a, b in zip(lines, lines[1:]))
for a in lines:
    assert open(os.path.join(sys.argv[1], "wire", a["id"])).read() == a["text"], a["id"]
PY
for kind in ORIGINAL TEMPLATE RESEND CUT EXTENDED MERGED EDIT; do
	expect_text "the truth" "$work/all.tsv" "	$kind	"
done

# A wrong date among the right ones, first or later, with an article without a time behind it: the stream keeps its clock.
python3 - "$work" <<'PY' || fail "no articles"
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1] + "/all.ndjson")]
a, b, c, d = lines[0], lines[1], lines[2], dict(lines[0], id="again")
def put(name, *articles):
    with open(sys.argv[1] + "/" + name, "w") as f:
        f.writelines(json.dumps(x) + "\n" for x in articles)
untimed = {k: v for k, v in c.items() if k != "time"}
def at(x, id, time):
    return dict(x, id=id, time=time)
put("gap.ndjson", at(a, "old", "2024-03-03T20:00:00Z"), at(a, "first", "2024-03-20T01:00:00Z"), at(a, "again", "2024-03-20T02:00:00Z"))
put("later.ndjson", a, dict(b, time="2099-01-01T00:00:00Z"), untimed, d)
put("first.ndjson", dict(b, time="2099-01-01T00:00:00Z"), a, c, d)
put("untimed.ndjson", untimed, a, b, d)
PY
for stream in later first untimed gap; do
	"$bin/copytaster" copies <"$work/$stream.ndjson" >"$work/$stream.out" || fail "copies of $stream"
	expect_text "$stream: the resend" "$work/$stream.out" '"articleId":"again","kind":"EXACT"'
done
expect_text "behind a gap" "$work/gap.out" '"articleId":"first","kind":"ORIGINAL"'

python3 "$top/tests/bench/truth.py" "$bin" --count 2000 --distance 500 --seed 1 --false-merges 2 --floor all=.99 --floor RESEND=.99 --floor CUT=.99 \
	--floor EXTENDED=.99 --floor MERGED=.99 --floor EDIT=.97 --floor kindRight=.99 --floor revisions=.95 --floor bothSources=.80 \
	>"$work/truth.json" 2>"$work/truth.log" || fail "copies are not told from originals as they should be"
passed
