#!/usr/bin/env python3
"""Reads what a run left behind with a plain JSON parser and checks that it holds together.

Every offset is a UTF-8 byte offset into the article's text; every id is there once; every claim belongs to an article,
every receipt to a file. Prints a summary as one JSON line; exits 1 with the first findings when something is wrong.

Example:
  outputs.py --out out --spool drop/.copytaster --articles 12
  outputs.py --out out --spool drop/.copytaster --verdicts expected.tsv --never 'Read more'
"""
import argparse
import collections
import glob
import json
import os
import re
import sys

findings = []


def find(what):
    findings.append(what)


def lines(pattern):
    for path in sorted(glob.glob(pattern)):
        with open(path, "rb") as f:
            data = f.read()
        if data and not data.endswith(b"\n"):
            find(f"{path} does not end with a newline")
        for number, line in enumerate(data.split(b"\n"), 1):
            if not line:
                continue
            try:
                yield json.loads(line.decode("utf-8"))
            except (ValueError, UnicodeDecodeError) as e:
                find(f"{path}:{number}: {e}")


def at(text, span, what):
    """The text at a span, or None when it is no span of whole characters."""
    start, end = span["start"], span["end"]
    if not 0 <= start <= end <= len(text):
        find(f"{what}: span {start}..{end} is outside of the text of {len(text)} bytes")
        return None
    try:
        return text[start:end].decode("utf-8")
    except UnicodeDecodeError:
        find(f"{what}: span {start}..{end} cuts a character")
        return None


def same(text, span, said, what):
    found = at(text, span, what)
    if found is not None and found != said:
        find(f"{what}: record says {said!r}, the text at {span['start']}..{span['end']} is {found!r}")


def check_claim(c, text):
    who = f"claim {c['id']}"
    if not c["content"]:
        find(f"{who} has no content")
    parts = [at(text, s, who) for s in c["content"]]
    if None not in parts and " … ".join(parts) != c["text"]:
        find(f"{who}: text {c['text']!r} is not what stands at its content: {parts!r}")
    for a, b in zip(c["content"], c["content"][1:]):
        if a["end"] > b["start"]:
            find(f"{who}: its content overlaps or is out of order")
    same(text, c["sentence"], c["sentenceText"], f"{who} sentence")
    for key in ("quantities", "times"):
        for q in c[key]:
            same(text, q, q["text"], f"{who} {key}")
    for p in c["places"]:
        at(text, p, f"{who} places")
    attribution = c.get("attribution") or {}
    for level in [attribution] + attribution.get("via", []):
        if level.get("source"):
            same(text, level["source"], level["sourceText"], f"{who} source")
        for cue in level.get("cue", []):
            same(text, cue, cue["text"], f"{who} cue")


def check_article(a, texts, claims):
    who = f"article {a['articleId']}"
    text = texts[a["articleId"]]
    for b in a["blocks"]:
        at(text, b, f"{who} block")
    mine = [c["id"] for c in claims if c["articleId"] == a["articleId"]]
    if sorted(a["claimIds"]) != sorted(mine):
        find(f"{who} lists {len(a['claimIds'])} claims, the claim stream has {len(mine)} of it")
    for p in a["verdict"].get("passages", []):
        here = at(text, p, f"{who} passage")
        other = texts.get(p["otherArticleId"])
        if other is None:
            find(f"{who}: passage of {p['otherArticleId']}, which is not there")
            continue
        there = at(other, {"start": p["otherStart"], "end": p["otherEnd"]}, f"{who} passage")
        if here is not None and there is not None and not alike(here, there):
            find(f"{who}: passages differ: {here[:80]!r} and {there[:80]!r}")
    for r in a.get("repeats", []):
        at(text, r, f"{who} repeats")


def alike(a, b):
    """Do two passages have the same words, but for a few?"""
    words = [collections.Counter(re.findall(r"\w+", s.lower())) for s in (a, b)]
    common = sum((words[0] & words[1]).values())
    return common >= 0.75 * max(1, min(sum(w.values()) for w in words))


def check_unique(records, key, what):
    seen = collections.Counter(r[key] for r in records)
    for value, n in seen.items():
        if n > 1:
            find(f"{what} {value} is there {n} times")


def check_receipts(receipts, articles, spool):
    final = collections.Counter(r["articleId"] for r in receipts if r["outcome"] != "RETRIED")
    retried = collections.Counter(r["articleId"] for r in receipts if r["outcome"] == "RETRIED")
    for value, n in final.items():
        if n != 1 + retried[value]:
            find(f"{value} has {n} final receipts and was retried {retried[value]} times")
    last = {r["articleId"]: r for r in receipts}
    for record in articles:
        r = last.get(record["articleId"])
        if r is None:
            find(f"article {record['articleId']} has no receipt")
        elif r["outcome"] not in ("PUBLISHED", "COPY"):
            find(f"article {record['articleId']} is in the sink and its receipt says {r['outcome']}")
    published = {a["articleId"] for a in articles}
    ulid = 26
    lies = {folder: {name[:ulid] for name in os.listdir(os.path.join(spool, folder))} for folder in ("done", "failed")}
    for value, r in last.items():
        if r["outcome"] in ("PUBLISHED", "COPY") and value not in published:
            find(f"receipt of {value} says {r['outcome']}, but the sink has no record of it")
        folder = "failed" if r["outcome"] == "FAILED" else "done"
        if r["outcome"] != "RETRIED" and value not in lies[folder]:
            find(f"receipt of {value} says {r['outcome']}, but its file is not in {folder}/")
    return last


def check_verdicts(path, articles):
    """Lines: file name, kind, reason or -, file name of what it copies or -."""
    by_name = {a["fileName"]: a for a in articles}
    for line in open(path, encoding="utf-8"):
        if not line.strip() or line.startswith("#"):
            continue
        name, kind, reason, of = line.split()
        a = by_name.get(name)
        if a is None:
            find(f"no article record for {name}")
            continue
        v = a["verdict"]
        if v["kind"] not in kind.split("|"):
            find(f"{name}: verdict {v['kind']}, expected {kind}")
        if reason != "-" and v.get("reason") != reason:
            find(f"{name}: reason {v.get('reason')}, expected {reason}")
        if of != "-" and v.get("of") not in [by_name[o]["articleId"] for o in of.split("|") if o in by_name]:
            other = next((n for n, b in by_name.items() if b["articleId"] == v.get("of")), v.get("of"))
            find(f"{name}: a copy of {other}, expected {of}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", required=True)
    p.add_argument("--spool", required=True)
    p.add_argument("--articles", type=int, help="so many article records")
    p.add_argument("--failed", type=int, default=0, help="so many failed files")
    p.add_argument("--claims-min", type=int, default=0)
    p.add_argument("--verdicts", help="file of expected verdicts")
    p.add_argument("--never", action="append", default=[], help="text that must stand in no claim")
    p.add_argument("--claimed", action="append", default=[], help="text that must stand in a claim")
    p.add_argument("--closed", action="store_true", help="no segment may be open")
    o = p.parse_args()

    claims = list(lines(os.path.join(glob.escape(o.out), "claims-*.ndjson")))
    articles = list(lines(os.path.join(glob.escape(o.out), "articles-*.ndjson")))
    receipts = list(lines(os.path.join(glob.escape(o.spool), "receipts*")))
    texts = {a["articleId"]: a["text"].encode("utf-8") for a in articles}

    check_unique(articles, "articleId", "article")
    check_unique(claims, "id", "claim")
    by_article = collections.defaultdict(list)
    for c in claims:
        by_article[c["articleId"]].append(c)
        if c["articleId"] not in texts:
            find(f"claim {c['id']} belongs to {c['articleId']}, which is not there")
        else:
            check_claim(c, texts[c["articleId"]])
        for never in o.never:
            if never in c["text"]:
                find(f"claim {c['id']} holds {never!r}: {c['text']!r}")
    for wanted in o.claimed:
        if not any(wanted in c["text"] for c in claims):
            find(f"no claim holds {wanted!r}")
    ids = {c["id"] for c in claims}
    for a in articles:
        check_article(a, texts, by_article[a["articleId"]])
        for r in a.get("repeats", []):
            if r["claimId"] not in ids:
                find(f"article {a['articleId']} repeats {r['claimId']}, which is not there")
    last = check_receipts(receipts, articles, o.spool)
    outcomes = collections.Counter(r["outcome"] for r in last.values())
    if o.articles is not None and len(articles) != o.articles:
        find(f"{len(articles)} article records, expected {o.articles}")
    if outcomes["FAILED"] != o.failed:
        find(f"{outcomes['FAILED']} failed, expected {o.failed}")
    if len(claims) < o.claims_min:
        find(f"{len(claims)} claims, expected at least {o.claims_min}")
    if o.closed and glob.glob(os.path.join(glob.escape(o.out), "*.open")):
        find("a segment is still open")
    if o.verdicts:
        check_verdicts(o.verdicts, articles)
    print(json.dumps({"articles": len(articles), "claims": len(claims), "receipts": len(receipts),
                      "outcomes": outcomes, "verdicts": collections.Counter(a["verdict"]["kind"] for a in articles)}))
    for f in findings[:20]:
        print("FINDING:", f)
    if len(findings) > 20:
        print(f"and {len(findings) - 20} more")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
