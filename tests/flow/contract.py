#!/usr/bin/env python3
"""Check every output of Copytaster against its contract.

usage: contract.py BIN WORK MAN

Runs the programs in BIN on articles of its own in the folder WORK and reads what they
print and write with the JSON parser of the standard library: names, types, enum names,
that a text equals the bytes at its offsets, that ids refer to something, exit statuses.
MAN is the folder of the manual pages: they must name every verb and option.
Ends at the first thing that is wrong.
"""
import hashlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time

BIN, WORK, MAN = sys.argv[1:4]
DROP, OUT = os.path.join(WORK, "drop"), os.path.join(WORK, "out")
SPOOL = os.path.join(DROP, ".copytaster")
VERBS = ["run", "extract", "copies", "compare", "status", "audit", "retry", "check"]

ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}$")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
SHA256 = re.compile(r"[0-9a-f]{64}$")

# ---- the contract ----
# A field: name -> (kind, needed). Kinds: a type, a set of enum names, a compiled pattern, [kind] or a dict of fields.

COUNT = "count"  # an integer from 0 to 2^32 - 1


def need(kind):
    return kind, True


def may(kind):
    return kind, False


SPAN = {"start": need(COUNT), "end": need(COUNT)}
TEXT_SPAN = dict(SPAN, text=need(str))
SOURCE_TYPES = {"PERSON", "GOVERNMENT", "MILITARY", "ORGANISATION", "MEDIA", "DOCUMENT", "GROUP", "UNNAMED"}
CLAIM = {
    "id": need(str), "articleId": need(str),
    "kind": need({"DIRECT", "MIXED", "INDIRECT", "NARRATED", "HEADLINE", "CAPTION"}),
    "status": need({"ACTIVE", "RETRACTED"}), "supersedes": need([str]), "text": need(str), "content": need([SPAN]),
    "sentence": need(SPAN), "sentenceText": need(str), "title": may(str), "articleTime": may(RFC3339),
    "provider": may(str), "fileName": need(str), "language": need(str), "storyId": need(str),
    "attribution": may({
        "id": need(str), "source": may(SPAN), "sourceText": need(str), "sourceName": may(str), "sourceRole": may(str),
        "sourceType": may(SOURCE_TYPES | {"UNSPECIFIED"}), "inherited": need(bool), "cue": need([TEXT_SPAN]),
        "via": need([{
            "attributionId": may(str), "source": may(SPAN), "sourceText": need(str), "sourceName": may(str),
            "sourceType": may(SOURCE_TYPES), "cue": need([TEXT_SPAN])}])}),
    "quantities": need([dict(
        TEXT_SPAN, value=may(float), upper=may(float), unit=need(str), what=need(str),
        qualifier=need({"EXACT", "ABOUT", "NEARLY", "AT_LEAST", "MORE_THAN", "UP_TO", "LESS_THAN", "VAGUE"}),
        soFar=need(bool), per=need(str), change=need({"NONE", "UP", "DOWN"}))]),
    "times": need([dict(TEXT_SPAN, iso=may(str), role=need({"EVENT", "UTTERANCE", "REFERENCE", "PUBLICATION"}))]),
    "places": need([dict(SPAN, name=need(str))]),
    "modality": need({"ASSERTED", "INTENT", "COMMITMENT", "ESTIMATE", "HEDGED", "INFERENCE", "EVALUATION", "NOT_KNOWN"}),
    "polarity": need({"POSITIVE", "NEGATIVE"}), "extractorVersion": need(str), "modelVersion": need(str),
}
KINDS = {"ORIGINAL", "EXACT", "NEAR", "CONTAINED", "CONTAINS", "PARTIAL"}
VERDICT = {
    "kind": need(KINDS), "reason": may({"TEMPLATE", "SHORT"}), "of": may(str), "storyId": need(str),
    "revision": may({"of": need(str), "version": need(COUNT)}), "containment": need(float),
    "otherContainment": need(float), "jaccard": need(float), "matchedWords": need(COUNT), "longestRun": need(COUNT),
    "passages": need([dict(SPAN, otherArticleId=need(str), otherStart=need(COUNT), otherEnd=need(COUNT))]),
}
ARTICLE = {
    "articleId": need(str), "fileName": need(str), "sha256": need(SHA256), "mediaType": need(str), "charset": need(str),
    "text": need(str), "language": need(str), "time": may(RFC3339),
    "timeSource": need({"DATELINE", "METADATA", "INPUT", "FILE", "NONE"}), "receivedTime": need(str), "title": may(str),
    "byline": may(str), "provider": may(str), "supplierId": may(str), "supplierVersion": may(COUNT), "pubStatus": may(str),
    "blocks": need([dict(SPAN, kind=need({"TITLE", "DATELINE", "BYLINE", "PARAGRAPH", "CAPTION", "CREDIT", "BOILERPLATE"}))]),
    "verdict": need(VERDICT), "claimIds": need([str]), "repeats": need([dict(SPAN, claimId=need(str))]),
    "extractorVersion": need(str), "modelVersion": need(str), "supersedes": may(str),
}
RECEIPT = {
    "articleId": need(ULID), "fileName": need(str), "outcome": need({"PUBLISHED", "COPY", "FAILED", "RETRIED"}),
    "time": need(RFC3339), "bytes": need(COUNT), "attempts": need(COUNT), "claims": need(COUNT), "reasonCode": may(str),
    "reason": may(str), "nextArticleId": may(ULID), "generation": may(re.compile(r"\d+$")),
}
ERROR = {"articleId": need(str), "error": need({"code": need(re.compile(r"[A-Z_]+$")), "message": need(str), "line": need(COUNT)})}
REASON = {
    "articleId": need(ULID), "fileName": need(str), "outcome": need({"FAILED"}), "code": need(re.compile(r"[A-Z_]+$")),
    "reason": need(str), "whatToDo": need(str), "time": need(RFC3339), "bytes": need(COUNT), "attempts": need(COUNT), "history": need([dict]),
}


class Wrong(Exception):
    pass


def check(value, kind, where):
    if isinstance(kind, dict):
        if not isinstance(value, dict):
            raise Wrong(f"{where}: {value!r} is no object")
        for name, (inner, needed) in kind.items():
            if name in value:
                check(value[name], inner, f"{where}.{name}")
            elif needed:
                raise Wrong(f"{where}: {name} is missing in {value!r:.300}")
        for name in value:
            if name not in kind:
                raise Wrong(f"{where}: {name} is not in the contract")
    elif isinstance(kind, list):
        if not isinstance(value, list):
            raise Wrong(f"{where}: {value!r} is no array")
        for i, item in enumerate(value):
            check(item, kind[0], f"{where}[{i}]")
    elif isinstance(kind, set):
        if value not in kind:
            raise Wrong(f"{where}: {value!r} is none of {sorted(kind)}")
    elif isinstance(kind, re.Pattern):
        if not isinstance(value, str) or not kind.match(value):
            raise Wrong(f"{where}: {value!r} does not match {kind.pattern}")
    elif kind is COUNT:
        if type(value) is not int or not 0 <= value < 2**32:
            raise Wrong(f"{where}: {value!r} is no uint32")
    elif kind is float:
        if type(value) not in (int, float):
            raise Wrong(f"{where}: {value!r} is no number")
    elif type(value) is not kind:
        raise Wrong(f"{where}: {value!r} is no {kind.__name__}")


def expect(what, got, wanted):
    if got != wanted:
        raise Wrong(f"{what}: got {got!r}, expected {wanted!r}")


def truth(what, holds):
    if not holds:
        raise Wrong(what)


# ---- what the fields must say together ----


def cut(data, span, where):
    start, end = span["start"], span["end"]
    truth(f"{where}: {start}..{end} lies not in the text", 0 <= start < end <= len(data))
    return data[start:end].decode("utf-8")  # a cut within a character fails


def check_text_span(data, span, where):
    expect(f"{where}: text at {span['start']}", span["text"], cut(data, span, where))


def check_claim(claim, article):
    where, data = f"claim {claim['id']}", article["text"].encode()
    check(claim, CLAIM, where)
    expect(f"{where}: articleId", claim["articleId"], article["articleId"])
    expect(f"{where}: title", claim.get("title"), article.get("title"))
    expect(f"{where}: articleTime", claim.get("articleTime"), article.get("time"))
    expect(f"{where}: storyId", claim["storyId"], article["verdict"]["storyId"])
    truth(f"{where}: no content", claim["content"])
    expect(f"{where}: text", claim["text"], " … ".join(cut(data, s, where) for s in claim["content"]))
    expect(f"{where}: sentenceText", claim["sentenceText"], cut(data, claim["sentence"], where))
    last = 0
    for span in claim["content"]:
        truth(f"{where}: content out of order", span["start"] >= last)
        last = span["end"]
    for quantity in claim["quantities"]:
        check_text_span(data, quantity, f"{where} quantity")
        truth(f"{where}: a value although VAGUE", quantity["qualifier"] != "VAGUE" or "value" not in quantity)
        truth(f"{where}: an upper without a value", "upper" not in quantity or "value" in quantity)
    for when in claim["times"]:
        check_text_span(data, when, f"{where} time")
    for place in claim["places"]:
        cut(data, place, f"{where} place")
    attribution = claim.get("attribution", {})
    for part in [attribution] + attribution.get("via", []):
        for cue in part.get("cue", []):
            check_text_span(data, cue, f"{where} cue")
        if "source" in part:
            expect(f"{where}: sourceText", part["sourceText"], cut(data, part["source"], where))
    if attribution.get("inherited"):
        expect(f"{where}: cue of an inherited source", attribution["cue"], [])


def check_verdict(verdict, data, texts, where):
    for name in ("containment", "otherContainment", "jaccard"):
        truth(f"{where}: {name} {verdict[name]}", 0 <= verdict[name] <= 1)
    truth(f"{where}: a copy of nothing", verdict["kind"] == "ORIGINAL" or verdict.get("of"))
    last = 0
    for passage in verdict["passages"]:
        truth(f"{where}: passages out of order", passage["start"] >= last)
        last = passage["end"]
        here = cut(data, passage, where)
        other = texts.get(passage["otherArticleId"])
        truth(f"{where}: passage in unknown article {passage['otherArticleId']}", other is not None)
        there = cut(other, {"start": passage["otherStart"], "end": passage["otherEnd"]}, where)
        expect(f"{where}: the words of a passage", re.findall(r"\w+", here.lower()), re.findall(r"\w+", there.lower()))


def check_article(article, source, where):
    check(article, ARTICLE, where)
    data = article["text"].encode()
    if source is not None:
        expect(f"{where}: text of a plain UTF-8 article", data, source)
        expect(f"{where}: sha256", article["sha256"], hashlib.sha256(source).hexdigest())
    last = 0
    for block in article["blocks"]:
        cut(data, block, where)
        truth(f"{where}: blocks overlap", block["start"] >= last)
        last = block["end"]
    expect(f"{where}: time and timeSource", "time" in article, article["timeSource"] != "NONE")
    expect(f"{where}: a claim id twice", len(set(article["claimIds"])), len(article["claimIds"]))


# ---- running ----


def run(*args, status=0, stdin=None, env=None):
    done = subprocess.run([os.path.join(BIN, "copytaster"), *args], input=stdin, capture_output=True, timeout=200,
                          env=dict(os.environ, **(env or {})))
    truth(f"a sanitizer speaks in {args}:\n{done.stderr.decode(errors='replace')}",
          b"Sanitizer" not in done.stderr and b"runtime error:" not in done.stderr)
    if done.returncode != status:
        raise Wrong(f"copytaster {' '.join(args)}: exit status {done.returncode}, expected {status}\n"
                    f"{done.stderr.decode(errors='replace')}\n{done.stdout.decode(errors='replace')[-2000:]}")
    return done


def lines(data):
    truth("the output ends within a line", data == b"" or data.endswith(b"\n"))
    return [json.loads(line) for line in data.decode("utf-8").split("\n")[:-1]]


def ndjson(*articles):
    return "".join(json.dumps(a) + "\n" for a in articles).encode()


def read(path):
    with open(path, "rb") as f:
        return f.read()


# ---- articles, written for this test ----

BRIDGE = """Bridge over the Orla closed after cracks are found

LESTRA, March 14, 2016 - The road bridge over the Orla was closed on Monday after inspectors found cracks in two of its six pillars, the transport ministry said.

"We could not take the risk that a bus goes down with it," Transport Minister Ilse Hartung told reporters. She said that about 40,000 vehicles cross the bridge each day and that repairs would take at least three months.

The city council had been warned in January, according to a report seen by this agency. Mayor Tomas Veit denied that any warning had reached him.

More than 120 shops on the eastern bank fear losses of up to 2.5 million euros a week, the chamber of commerce said. Ferry services will run every 20 minutes from Tuesday, the operator Orla Lines announced.
"""
HARVEST = """Harvest festival draws record crowd

SANDHAVEN, March 15, 2016 - Some 18,000 people came to the harvest festival of Sandhaven on Tuesday, the organisers said, nearly a third more than last year.

"It was the warm weather and the new tram line," said festival director Rosa Lindqvist. Police reported seven arrests and no serious injuries among the visitors of the three stages.

Lindqvist said the festival hoped to break even for the first time since it was founded in 1998, and that a second weekend was being discussed with the neighbours of the park.
"""
NON_ASCII = "Müller: „Wir bleiben“\n\nLESTRA, March 16, 2016 - The café owner Jürgen Müller said the café would stay open until 2018.\n"


def texts_of_the_feed():
    paragraphs = BRIDGE.split("\n\n")
    return {
        "01-bridge.txt": BRIDGE.encode(), "02-harvest.txt": HARVEST.encode(), "03-bridge-again.txt": BRIDGE.encode(),
        "04-bridge-cut.txt": "\n\n".join(paragraphs[:3]).encode() + b"\n", "05-umlaut.txt": NON_ASCII.encode(),
    }


# ---- the checks ----


def check_help():
    for verb in VERBS:
        text = run(verb, "--help").stdout.decode()
        example = text.split("\nExample:\n")
        truth(f"{verb} --help has no example", len(example) == 2)
        expect(f"{verb} --help: lines of its example", len(example[1].strip().split("\n")), 2)
        for part in ("Usage:\n", "Options:\n", "Exit status:\n"):
            truth(f"{verb} --help has no part {part!r}", part in text)
        expect(f"help {verb}", run("help", verb).stdout.decode(), text)
        typo = run(verb, "--halp", status=64)
        truth(f"{verb} --halp does not name --help", b"did you mean --help?" in typo.stderr and typo.stdout == b"")
    for program in ("copytaster-ingest", "copytaster-worker"):
        text = subprocess.run([os.path.join(BIN, program), "--help"], capture_output=True, check=True).stdout.decode()
        truth(f"{program} --help shows no example", re.search(r"Example:\n.+\n.+\n", text))
    for verb in VERBS:
        truth(f"help does not list {verb}", f"\n  {verb} " in run("help").stdout.decode())
    truth("--version", re.match(r"copytaster \d+\.\d+\.\d+\n$", run("--version").stdout.decode()))
    truth("an unknown verb names the nearest", b"copytaster extract" in run("extrat", status=64).stderr)
    run(status=64)
    wrong = run("check", "--ingest.max_active=0", status=78).stderr
    expect("a wrong option is named once", wrong.count(b"ingest.max_active"), 1)
    truth("an unknown one", b"copytaster check --defaults" in run("check", "--ingest.nothing=0", status=78).stderr)


def check_extract(folder):
    feed = texts_of_the_feed()
    names = sorted(feed)
    records = lines(run("extract", *(os.path.join(folder, n) for n in names)).stdout)
    expect("extract: order", [r["articleId"] for r in records], names)
    for name, record in zip(names, records):
        claims = record.pop("claims")
        check_article(record, feed[name], f"extract {name}")
        expect(f"extract {name}: verdict", (record["verdict"]["kind"], record["verdict"]["storyId"]), ("ORIGINAL", name))
        expect(f"extract {name}: claimIds", [c["id"] for c in claims], record["claimIds"])
        truth(f"extract {name}: no claims", claims)
        for claim in claims:
            check_claim(claim, record)
    truth("a repeat is left out by extract", len(records[0]["claimIds"]) == len(records[2]["claimIds"]))
    whole = lines(run("extract", stdin=ndjson(
        {"id": "a", "time": "2016-03-14T10:00:00+01:00", "text": HARVEST}, {"id": 7, "text": NON_ASCII, "other": [1]})).stdout)
    expect("extract of lines: ids", [r["articleId"] for r in whole], ["a", "7"])
    for record, text in zip(whole, (HARVEST, NON_ASCII)):
        claims = record.pop("claims")
        check_article(record, text.encode(), "extract of lines")
        for claim in claims:
            check_claim(claim, record)
    again = run("extract", stdin=ndjson({"id": "a", "text": BRIDGE})).stdout
    expect("extract gives the same twice", run("extract", stdin=ndjson({"id": "a", "text": BRIDGE})).stdout, again)


def check_extract_errors(folder):
    bad = run("extract", os.path.join(folder, "nowhere.txt"), folder, os.path.join(folder, "05-umlaut.txt"), status=2)
    records = lines(bad.stdout)
    expect("extract with errors: lines", len(records), 3)
    for record in records[:2]:
        check(record, ERROR, "extract error")
    check(records[2].pop("claims"), [CLAIM], "extract after errors")
    broken = run("extract", status=2, stdin=b'{"id":"x"\n\n{"id":"y"}\n{"id":"z","text":""}\n\xff\xfe\n' + ndjson({"id": "good", "text": NON_ASCII}))
    records = lines(broken.stdout)
    for record in records[:-1]:
        check(record, ERROR, "extract error")
    expect("lines of the errors", [r["error"]["line"] for r in records[:-1]], [1, 3, 4, 5])
    expect("ids of the errors", [r["articleId"] for r in records[:-1]], ["", "y", "z", ""])
    expect("the good one after the errors", records[-1]["articleId"], "good")
    small = run("extract", "--ingest.max_article_bytes=1K", status=2, stdin=ndjson({"id": "big", "text": "word " * 400}))
    expect("too large", lines(small.stdout)[0]["error"]["code"], "TOO_LARGE")
    check_extract_ndjson_files()


def check_extract_ndjson_files():
    """They are no articles: by their names, or by their first lines. Braces alone do not make one."""
    wanted = {"a.ndjson": b"x", "a.JSONL": b"", "feed": b"\n " + ndjson({"id": "a", "text": BRIDGE}, {"id": "b", "text": BRIDGE}),
              "good.txt": b"{not JSON}\n\n" + BRIDGE.encode(), "other.txt": b'{"body": 1}\n\n' + BRIDGE.encode()}
    folder = os.path.join(WORK, "lines")
    os.mkdir(folder)
    for name, data in wanted.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
    done = lines(run("extract", *(os.path.join(folder, name) for name in wanted), status=2).stdout)
    expect("NDJSON as files", [r.get("error", {}).get("code") for r in done], ["NDJSON"] * 3 + [None] * 2)
    truth("the message says what to do", "copytaster extract < FILE" in done[0]["error"]["message"])


def check_copies():
    feed = [("1", BRIDGE), ("2", HARVEST), ("3", BRIDGE), ("4", BRIDGE.split("\n\nThe city council")[0])]
    texts = {i: t.encode() for i, t in feed}
    done = run("copies", stdin=ndjson(*({"id": i, "time": f"2016-03-1{4 + n}T08:00:00Z", "text": t} for n, (i, t) in enumerate(feed))))
    verdicts = lines(done.stdout)
    expect("copies: order", [v["articleId"] for v in verdicts], [i for i, _ in feed])
    for verdict in verdicts:
        where = f"copies {verdict['articleId']}"
        check(verdict, dict(VERDICT, articleId=need(str)), where)
        check_verdict(verdict, texts[verdict["articleId"]], texts, where)
    expect("copies: kinds", [v["kind"] for v in verdicts], ["ORIGINAL", "ORIGINAL", "EXACT", "CONTAINED"])
    expect("copies: stories", [v["storyId"] for v in verdicts], ["1", "2", "1", "1"])
    check(lines(run("copies", stdin=b"{}\n", status=2).stdout), [ERROR], "copies error")
    truth("a wrong --window is named", b"--window" in run("copies", "--window", "abc", stdin=b"", status=64).stderr)


def check_copies_streams():
    """A verdict comes before the next article is sent."""
    p = subprocess.Popen([os.path.join(BIN, "copytaster"), "copies"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for i in range(3):
        p.stdin.write(ndjson({"id": str(i), "text": HARVEST}))
        p.stdin.flush()
        expect("copies streams", json.loads(p.stdout.readline())["articleId"], str(i))
    p.stdin.close()
    expect("copies at the end of its input", p.wait(60), 0)


def check_compare(folder):
    a, b = os.path.join(folder, "04-bridge-cut.txt"), os.path.join(folder, "01-bridge.txt")
    verdict = lines(run("compare", "--json", a, b).stdout)[0]
    check(verdict, dict(VERDICT, articleId=need(str)), "compare")
    texts = {os.path.basename(p): read(p) for p in (a, b)}
    check_verdict(verdict, read(a), texts, "compare")
    expect("compare: of and kind", (verdict["of"], verdict["kind"]), ("01-bridge.txt", "CONTAINED"))
    human = run("compare", "--human", a, b).stdout.decode()
    for word in ("CONTAINED", "[[1: ", "]]", "Jaccard", "longest run"):
        truth(f"compare for people has no {word!r}", word in human)
    truth("colour into a pipe", "\033" not in human)
    check(lines(run("compare", a, os.path.join(folder, "nowhere"), status=2).stdout), [ERROR], "compare error")


def segments(stream):
    names = sorted(n for n in os.listdir(OUT) if n.startswith(stream + "-"))
    truth(f"an open segment after --once: {names}", all(n.endswith(".ndjson") for n in names))
    return [record for name in names for record in lines(read(os.path.join(OUT, name)))]


def check_run(feed):
    bad = {"90-empty.txt": b"", "91-binary.txt": bytes(range(256)) * 8}
    for name, data in {**feed, **bad}.items():
        with open(os.path.join(DROP, name), "wb") as f:
            f.write(data)
    args = ["--drop", DROP, "--out", OUT]
    done = run("run", *args, "--once", "--workers", "2", status=2)
    for name in bad:
        truth(f"run --once does not name {name}: {done.stderr}", name.encode() in done.stderr)
    totals = f"{len(feed) + len(bad)} accepted, ".encode(), b" published, ", f" {len(bad)} failed\n".encode()
    for part in totals:
        truth(f"run --once does not say {part}: {done.stderr}", part in done.stderr)
    for place in (DROP, f"{OUT}/claims-*.ndjson", f"{OUT}/articles-*.ndjson", SPOOL):
        truth(f"run does not say where {place} is", place.encode() in done.stderr)
    claims, articles = segments("claims"), segments("articles")
    key = lambda record: json.dumps(record, sort_keys=True)
    expect("run prints the claims that it writes", sorted(map(key, lines(done.stdout))), sorted(map(key, claims)))
    by_id = {a["articleId"]: a for a in articles}
    expect("an article twice", len(by_id), len(articles))
    expect("articles", sorted(a["fileName"] for a in articles), sorted(feed))
    texts = {i: a["text"].encode() for i, a in by_id.items()}
    for article in articles:
        where = f"article {article['fileName']}"
        check_article(article, feed[article["fileName"]], where)
        check(article["articleId"], ULID, where)
        check(article["receivedTime"], RFC3339, where)
        check_verdict(article["verdict"], article["text"].encode(), texts, where)
        mine = [c["id"] for c in claims if c["articleId"] == article["articleId"]]
        expect(f"{where}: claims in the claims stream", sorted(mine), sorted(article["claimIds"]))
    for claim in claims:
        check_claim(claim, by_id[claim["articleId"]])
        expect("fileName of a claim", claim["fileName"], by_id[claim["articleId"]]["fileName"])
    known = {c["id"] for c in claims}
    for article in articles:
        for repeat in article["repeats"]:
            truth(f"a repeat of an unknown claim {repeat['claimId']}", repeat["claimId"] in known)
            cut(article["text"].encode(), repeat, "repeat")
    one = [a for a in articles if a["fileName"] in ("01-bridge.txt", "03-bridge-again.txt")]
    expect("one of two equal texts is the original", sorted(a["verdict"]["kind"] for a in one), ["EXACT", "ORIGINAL"])
    check_receipts(by_id, bad)
    return by_id


def check_receipts(by_id, bad):
    receipts = lines(read(os.path.join(SPOOL, "receipts-main.ndjson")))
    for receipt in receipts:
        check(receipt, RECEIPT, f"receipt of {receipt.get('fileName')}")
        expect("a receipt with a reason", "reasonCode" in receipt, receipt["outcome"] == "FAILED")
    outcomes = {r["articleId"]: r for r in receipts}
    expect("a receipt for each", len(outcomes), len(by_id) + len(bad))
    for ident, article in by_id.items():
        expect("claims of a receipt", outcomes[ident]["claims"], len(article["claimIds"]))
        truth("outcome of a record", outcomes[ident]["outcome"] in ("PUBLISHED", "COPY"))
    failed = sorted(os.listdir(os.path.join(SPOOL, "failed")))
    reasons = [json.loads(read(os.path.join(SPOOL, "failed", n))) for n in failed if n.endswith(".reason.json")]
    expect("reasons", sorted(r["fileName"] for r in reasons), sorted(bad))
    for reason in reasons:
        check(reason, REASON, "reason.json")
        expect("code of the reason", reason["code"], outcomes[reason["articleId"]]["reasonCode"])


def check_audit(expected_failed):
    args = ["--drop", DROP, "--out", OUT]
    result = lines(run("audit", "--json", *args).stdout)[0]
    numbers = ["waiting", "active", "retry", "published", "copies", "failed", "superseded", "removed", "strangeFiles", "receipts",
               "retries", "ledgerEntries", "articles", "claims", "brokenLines", "discrepancies"]
    entry = {"articleId": need(ULID), "code": need(re.compile("[A-Z_]+$")), "message": need(str)}
    shape = dict({n: need(COUNT) for n in numbers}, reconciled=need(bool), list=need([entry]))
    check(result, shape, "audit")
    expect("audit", (result["reconciled"], result["discrepancies"], result["failed"]), (True, 0, expected_failed))
    done = os.path.join(SPOOL, "done")
    name = sorted(os.listdir(done))[0]
    os.rename(os.path.join(done, name), os.path.join(WORK, "hidden"))
    result = lines(run("audit", *args, status=1).stdout)[0]
    check(result, shape, "audit of a loss")
    expect("audit finds a lost file", [(d["articleId"], d["code"]) for d in result["list"]], [(name[:26], "FILE_MISSING")])
    truth("audit for people names it", name[:26] in run("audit", "--human", *args, status=1).stdout.decode())
    os.rename(os.path.join(WORK, "hidden"), os.path.join(done, name))
    check_audit_of_records(args, shape)
    run("audit", "--drop", os.path.join(WORK, "nowhere"), status=2)


def check_audit_of_records(args, shape):
    """A record taken out of a segment, and one that stands there twice."""
    segment = sorted(n for n in os.listdir(OUT) if n.startswith("articles-"))[0]
    path = os.path.join(OUT, segment)
    whole = read(path)
    first, rest = whole.split(b"\n", 1)
    ident = json.loads(first)["articleId"]
    for data, codes in ((rest, {"ARTICLE_MISSING", "CLAIMS_WITHOUT_ARTICLE"}), (first + b"\n" + whole, {"ARTICLE_TWICE"})):
        with open(path, "wb") as f:
            f.write(data)
        result = lines(run("audit", *args, status=1).stdout)[0]
        check(result, shape, "audit of a damaged segment")
        found = {(d["articleId"], d["code"]) for d in result["list"]}
        truth(f"audit finds {found}", found and found <= {(ident, c) for c in codes})
    with open(path, "wb") as f:
        f.write(whole)
    run("audit", *args)


def check_status_and_retry():
    args = ["--drop", DROP]
    rows = {
        "running": need(bool), "endpoint": need(str), "instance": need(str),
        "folders": need({n: need(COUNT) for n in ("drop", "left", "active", "retry", "done", "failed")}),
        "ledger": need({n: need(int) for n in ("pending", "published", "copies", "abandoned", "usedBytes", "mapBytes")}),
    }
    result = lines(run("status", *args, status=3).stdout)[0]
    check(result, rows, "status without ingest")
    expect("folders", result["folders"], {"drop": 0, "left": 0, "active": 0, "retry": 0, "done": 5, "failed": 2})
    truth("status for people", "No ingest answers" in run("status", "--human", *args, status=3).stdout.decode())
    check_status_of_oddities(args)

    p = subprocess.Popen([os.path.join(BIN, "copytaster"), "run", "--drop", DROP, "--out", OUT], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        end = time.monotonic() + 60
        while True:
            done = subprocess.run([os.path.join(BIN, "copytaster"), "status", *args], capture_output=True, timeout=60)
            result = lines(done.stdout)[0] if done.stdout else {}
            if done.returncode == 0 and len(result["ingest"]["workers"]) == 2:
                break
            truth(f"run is not up: {result} {done.stderr}", time.monotonic() < end)
            time.sleep(0.1)
        counters = result.pop("counters")
        check(counters, {n: need(int) for n in counters}, "counters")
        ingest = result.pop("ingest")
        check(result, rows, "status")
        check(ingest["workers"], [dict], "workers")
        human = run("status", "--human", *args).stdout.decode()
        for word in ("RUNNING", "published", "worker-1", "worker-2", "in failed/"):
            truth(f"status for people has no {word}:\n{human}", word in human)
        check_retry(args)
    finally:
        p.send_signal(signal.SIGTERM)
        expect("run after SIGTERM", p.wait(120), 0)
    expect("run with nothing new prints", p.stdout.read(), b"")
    said = p.stderr.read()
    truth(f"a sanitizer speaks in run:\n{said.decode(errors='replace')}", b"Sanitizer" not in said and b"runtime error:" not in said)


def check_status_of_oddities(args):
    link, ledger = os.path.join(DROP, "link.txt"), os.path.join(SPOOL, "state", "data.mdb")
    os.symlink("/etc/passwd", link)
    os.rename(ledger, ledger + ".kept")
    with open(ledger, "wb") as f:
        f.write(b"no ledger " * 4096)
    result = lines(run("status", *args, status=3).stdout)[0]
    human = run("status", "--human", *args, status=3).stdout.decode()
    os.rename(ledger + ".kept", ledger)
    os.unlink(link)
    expect("a link does not wait", (result["folders"]["drop"], result["folders"]["left"]), (0, 1))
    truth(f"a broken ledger: {result}", "ledger" not in result and result["ledgerError"])
    truth(f"a broken ledger for people: {human}", "The ledger cannot be read: " in human)


def check_retry(args):
    """Failed files are tried again and fail again, under the ids that they had."""
    failed = os.path.join(SPOOL, "failed")
    before = sorted(n for n in os.listdir(failed) if not n.endswith(".reason.json"))
    first = before[0][:26]
    entry = {"articleId": need(str), "fileName": need(str), "retried": need(bool), "error": may(str)}
    one = lines(run("retry", *args, first).stdout)
    check(one, [entry], "retry")
    expect("retry of one", [(r["articleId"], r["retried"]) for r in one], [(first, True)])
    wait_for_failed(before)
    every = lines(run("retry", *args, "--all").stdout)
    check(every, [entry], "retry --all")
    expect("retry --all", sorted(r["articleId"] for r in every), [n[:26] for n in before])
    wait_for_failed(before)
    unknown = lines(run("retry", *args, "01ARZ3NDEKTSV4RRFFQ69G5FAV", status=2).stdout)
    check(unknown, [entry], "retry of an unknown id")
    expect("retry of an unknown id", unknown[0]["retried"], False)
    run("retry", *args, "no-id", status=64)
    run("retry", *args, status=64)
    receipts = lines(read(os.path.join(SPOOL, "receipts-main.ndjson")))
    mine = [r for r in receipts if r["articleId"] == first]
    check(mine, [RECEIPT], "receipts of a retry")
    expect("receipts of one that was tried three times", [r["outcome"] for r in mine], ["FAILED", "RETRIED", "FAILED", "RETRIED", "FAILED"])


def wait_for_failed(names):
    failed, end = os.path.join(SPOOL, "failed"), time.monotonic() + 60
    wanted = sorted(names + [n[:26] + ".reason.json" for n in names])
    while sorted(os.listdir(failed)) != wanted:
        truth(f"the retry does not end: {os.listdir(failed)}", time.monotonic() < end)
        time.sleep(0.05)


def check_check():
    config = os.path.join(WORK, "c.conf")
    with open(config, "w", encoding="utf-8") as f:
        f.write("[ingest]\nsettle = 300ms\n")
    values = lines(run("check", "--config", config).stdout)[0]
    check(values, {n: need(str) for n in values}, "check")
    expect("check: settle", values["ingest.settle"], "300ms")
    human = run("check", "--config", config, "--human").stdout
    with open(config, "wb") as f:
        f.write(human)
    expect("what check prints can be read again", lines(run("check", "--config", config).stdout)[0], values)
    with open(config, "w", encoding="utf-8") as f:
        f.write("[ingest]\nsetle = 300ms\n")
    wrong = run("check", "--config", config, status=78)
    truth(f"a bad config is named with its line: {wrong.stderr}", b"c.conf:2" in wrong.stderr and b"ingest.settle" in wrong.stderr)
    with open(config, "wb") as f:
        f.write(run("check", "--defaults").stdout)
    run("check", "--config", config)


def on_terminal(*args, env=None):
    """What a person sees."""
    master, slave = pty.openpty()
    p = subprocess.Popen([os.path.join(BIN, "copytaster"), *args], stdin=slave, stdout=slave, stderr=slave,
                         env={**os.environ, "TERM": "xterm", "NO_COLOR": "", **(env or {})})
    os.close(slave)
    seen = b""
    while True:
        try:
            data = os.read(master, 65536)
        except OSError:  # so a terminal says that its other side is closed
            break
        if not data:
            break
        seen += data
    os.close(master)
    return p.wait(60), seen.decode("utf-8")


def check_terminal():
    """Colour only for people who want it, and nothing from an article that moves their cursor."""
    path = os.path.join(WORK, "articles", "hostile\x1b[31m.txt")
    with open(path, "wb") as f:
        f.write(BRIDGE.replace("Ilse", "Il\u009b31m\u202ese").encode())
    status, seen = on_terminal("extract", path)
    expect("extract on a terminal", status, 0)
    truth(f"no colour on a terminal: {seen}", "\033[" in seen and "Ilse" not in seen and "at least 3 " in seen)
    plain = on_terminal("extract", path, env={"NO_COLOR": "1"})[1]
    for text in (re.sub("\033\\[[0-9;]*m", "", seen), plain):
        truth(f"a control of the article reaches the terminal: {text!r}", not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", text))
        truth(f"the source is not shown: {text}", "Hartung" in text and "transport ministry" in text)
    expect("without a file or input", on_terminal("extract")[0], 64)
    truth("JSON on a terminal", json.loads(on_terminal("extract", "--json", path)[1])["claims"])
    os.unlink(path)


def check_manuals():
    page = read(os.path.join(MAN, "copytaster.conf.5")).decode()
    defaults = dict(re.findall(r"^#(\w+) = (.*)$", run("check", "--defaults").stdout.decode(), re.M))
    for name in lines(run("check").stdout)[0]:
        entry = page.split(f".It Cm {name}\n")
        truth(f"copytaster.conf(5) has no {name}", len(entry) == 2)
        entry = re.split(r"\n\.(?:It|El)\b", entry[1])[0]
        default = defaults[name.split(".")[1]] or "empty"
        truth(f"copytaster.conf(5): default of {name} is {default}", entry.endswith(f"\nDefault: {default}."))
    page = read(os.path.join(MAN, "copytaster.1")).decode()
    for verb in VERBS:
        truth(f"copytaster(1) does not explain {verb}", f"\n.Ss {verb}\n" in page)


def main():
    folder = os.path.join(WORK, "articles")
    feed = texts_of_the_feed()
    for path in (folder, DROP, OUT):
        os.makedirs(path, exist_ok=True)
    for name, data in feed.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
    steps = [
        ("help", check_help), ("manuals", check_manuals), ("check", check_check), ("extract", lambda: check_extract(folder)),
        ("extract: errors", lambda: check_extract_errors(folder)), ("copies", check_copies), ("copies: streaming", check_copies_streams),
        ("compare", lambda: check_compare(folder)), ("terminal", check_terminal), ("run --once", lambda: check_run(feed)), ("audit", lambda: check_audit(2)),
        ("status, run, retry", check_status_and_retry), ("audit after it", lambda: check_audit(2)),
    ]
    for name, step in steps:
        started = time.monotonic()
        try:
            step()
        except Wrong as why:
            sys.exit(f"{name}: {why}")
        print(f"{name}: holds ({time.monotonic() - started:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
