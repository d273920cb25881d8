#!/usr/bin/env python3
"""How well `copytaster copies` tells copies from originals: synthetic wire with known truth, made by wiregen, judged in one run.

Prints a table for people on standard error and one JSON line on standard output. Of each kind of article (its mark +F: furniture
was changed, +N: a number was changed) the table has how many verdicts of which kind it got, and

  found    of copies: the verdict names an article of the same family, that is, the source or one made from the same source
  kind     of those found by their source itself: the verdict's kind follows from the words that they share
  wrong    of originals and forms: a copy by the verdict (PARTIAL is counted apart); of copies: the verdict names an unrelated article

What is expected of a pair, with h and t the shares of words known from the generator, J the Jaccard index that they make:
RESEND is EXACT (NEAR passes where furniture was changed); EDIT is NEAR, and with a changed number it has `revision`; the others are
copies from containment .60 on (NEAR from J .50 on, else CONTAINED or CONTAINS), below it PARTIAL; near the thresholds either passes,
and PARTIAL passes for MERGED, which is a story of its own as much as a copy. In a MERGED text the passages should point at both sources (`bothSources`). Of originals nothing is expected but ORIGINAL; of
forms the reason TEMPLATE is counted as it comes (the first of a form cannot have it). A story (`mixedStories`) should hold one source
and what was made from it; a merged text can lead a cut of its second source into the story of the first, so a few are no fault.

Example:
  tests/bench/truth.py build/release/bin --count 20000
  tests/bench/truth.py build/release/bin --count 1000000 --distance 200000 > truth.json
  tests/bench/truth.py build/release/bin --count 2000 --floor all=.97 --false-merges 0
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile
import time

KINDS = ["EXACT", "NEAR", "CONTAINED", "CONTAINS", "PARTIAL", "ORIGINAL", "TEMPLATE", "SHORT"]
COPIES = {"EXACT", "NEAR", "CONTAINED", "CONTAINS"}
SURE = .08  # how near to a threshold the shares of words say little about the shares of shingles
Truth = collections.namedtuple("Truth", "kind of here there form marks")


def read_truth(path):
    truth = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            name, kind, of, here, there, form, marks = line.rstrip("\n").split("\t")
            shares = [[int(v) / 100 for v in s.split(",") if v] for s in (here, there)]
            truth[name] = Truth(kind, of.split(",") if of else [], *shares, form, marks)
    return truth


def label(t):
    return t.kind + ("+F" if "FURNITURE" in t.marks else "") + ("+N" if "FIGURE" in t.marks else "")


def is_original(t):
    return t.kind in ("ORIGINAL", "TEMPLATE")


def expected(t, of):
    """The kinds that pass for a copy whose verdict names its source `of`."""
    if t.kind == "RESEND":
        return {"EXACT", "NEAR"} if "FURNITURE" in t.marks else {"EXACT"}
    if t.kind == "EDIT":
        return {"NEAR"}
    h, there = t.here[t.of.index(of)], t.there[t.of.index(of)]
    both = max(h, there)
    jaccard = 1 / (1 / h + 1 / there - 1) if h and there else 0
    kinds = set()
    if both >= .60 - SURE:
        kinds |= {"NEAR"} if jaccard >= .50 - SURE else set()
        if jaccard < .50 + SURE:
            kinds |= {"CONTAINED"} if h > there - SURE else set()
            kinds |= {"CONTAINS"} if there > h - SURE else set()
    if both < .60 + SURE or t.kind == "MERGED":
        kinds.add("PARTIAL")
    return kinds


class Tally:
    def __init__(self, truth):
        self.truth = truth
        self.verdicts = collections.defaultdict(collections.Counter)
        self.n, self.found, self.wrong, self.by_source, self.kind_right = (collections.Counter() for _ in range(5))
        self.figures = self.revisions = self.merged = self.both = 0
        self.false_copies, self.false_partials = collections.Counter(), collections.Counter()
        self.forms = collections.defaultdict(collections.Counter)
        self.story_of_source = {}
        self.mixed_stories = set()
        self.examples = collections.defaultdict(list)

    def family(self, name):
        t = self.truth.get(name)
        return set(t.of) if t and t.of else {name}

    def example(self, what, v):
        if len(self.examples[what]) < 5:
            self.examples[what].append(f"{v['articleId']} {v['kind']} of {v.get('of', '-')}")

    def original(self, v, t, kind):
        if kind in COPIES:
            self.false_copies[t.kind] += 1
            self.wrong[label(t)] += 1
        elif kind == "PARTIAL":
            self.false_partials[t.kind] += 1
        if v.get("of"):
            self.example(f"{t.kind} taken for {v['kind']}", v)
        self.forms[t.form].update(articles=1, falseCopies=kind in COPIES, saidTemplate=v.get("reason") == "TEMPLATE")

    def copy(self, v, t, kind):
        of, name = v.get("of"), label(t)
        found = bool(of) and bool(self.family(of) & set(t.of))
        self.found[name] += found
        self.forms[t.form].update(copies=1, found=found)
        if not found:
            self.wrong[name] += bool(of)
            self.example(f"{name}{' with ' + t.form if t.form else ''} not found", v)
        if of in t.of:
            right = kind in expected(t, of)
            self.by_source[name] += 1
            self.kind_right[name] += right
            if not right:
                self.example(f"{name} is no {v['kind']}", v)
            if "FIGURE" in t.marks:
                self.figures += 1
                self.revisions += "revision" in v
                if "revision" not in v:
                    self.example("number changed, no revision", v)
        if t.kind == "MERGED":
            places = set().union(*(self.family(p["otherArticleId"]) for p in v.get("passages", ())))
            self.merged += 1
            self.both += set(t.of) <= places
            if not set(t.of) <= places:
                self.example("MERGED without both sources", v)

    def story(self, v, t):
        """A story holds one source and what was made from it; a merged text may stand in the story of either."""
        sources = set(t.of) or {v["articleId"]}
        known = self.story_of_source.setdefault(v["storyId"], set(sources))
        if known & sources:
            known &= sources
        else:
            self.mixed_stories.add(v["storyId"])

    def add(self, v):
        t = self.truth[v["articleId"]]
        kind = v["kind"]
        self.n[label(t)] += 1
        self.verdicts[label(t)][v.get("reason") or kind] += 1
        (self.original if is_original(t) else self.copy)(v, t, kind)
        self.story(v, t)

    def recall(self):
        """By kind, without marks."""
        n, found = collections.Counter(), collections.Counter()
        for name in self.found:
            kind = name.split("+")[0]
            for key in (kind, "all"):
                n[key] += self.n[name]
                found[key] += self.found[name]
        return {k: round(found[k] / n[k], 5) for k in sorted(n)}

    def kinds(self):
        n, right = sum(self.by_source.values()), sum(self.kind_right.values())
        return round(right / n, 5) if n else None

    def result(self):
        return {
            "recall": self.recall(), "kindRight": self.kinds(),
            "wrongSource": sum(c for name, c in self.wrong.items() if not name.startswith(("ORIGINAL", "TEMPLATE"))),
            "falseMerges": {k: self.false_copies[k] for k in ("ORIGINAL", "TEMPLATE")},
            "falsePartials": {k: self.false_partials[k] for k in ("ORIGINAL", "TEMPLATE")},
            "mixedStories": len(self.mixed_stories),
            "revisions": round(self.revisions / self.figures, 5) if self.figures else None,
            "bothSources": round(self.both / self.merged, 5) if self.merged else None,
            "forms": {f: dict(c) for f, c in sorted(self.forms.items()) if f},
            "verdicts": {name: {k: c[k] for k in KINDS if c[k]} for name, c in sorted(self.verdicts.items())},
        }

    def table(self):
        rows = [["", "n", "found", "kind", "wrong", *KINDS]]
        for name in sorted(self.n, key=lambda x: (x[0] not in "OT", x)):
            original = name in ("ORIGINAL", "TEMPLATE")
            share = lambda part, n: f"{part / n:.4f}" if n and not original else ""
            rows.append([name, str(self.n[name]), share(self.found[name], self.n[name]), share(self.kind_right[name], self.by_source[name]),
                         str(self.wrong[name]), *(str(self.verdicts[name][k] or "") for k in KINDS)])
        widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
        return "\n".join("  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(r, widths))).rstrip() for r in rows)


def wire_arguments(o):
    names = ("count", "words", "copies", "templates", "distance", "seed", "span_hours")
    return [a for n in names for a in (f"--{n.replace('_', '-')}", str(getattr(o, n)))]


def run(o, folder):
    """Wire into the program under test, its verdicts into a tally."""
    path = os.path.join(folder, "truth.tsv")
    wiregen = os.path.join(o.bin, "wiregen")
    if o.keep:
        subprocess.run([wiregen, *wire_arguments(o), "--ndjson", os.path.join(folder, "wire.ndjson")], check=True)
    begin = time.perf_counter()
    make = subprocess.Popen([wiregen, *wire_arguments(o), "--ndjson", "-", "--truth", path], stdout=subprocess.PIPE)
    judge = subprocess.Popen([o.copytaster or os.path.join(o.bin, "copytaster"), "copies", "--json", *o.option], stdin=make.stdout,
                             stdout=open(os.path.join(folder, "verdicts.ndjson"), "wb"))
    make.stdout.close()
    if judge.wait() or make.wait():
        raise SystemExit(f"copytaster copies ended with {judge.returncode}, wiregen with {make.returncode}")
    seconds = time.perf_counter() - begin
    tally = Tally(read_truth(path))
    with open(os.path.join(folder, "verdicts.ndjson"), encoding="utf-8") as f:
        for line in f:
            tally.add(json.loads(line))
    if sum(tally.n.values()) != len(tally.truth):
        raise SystemExit(f"{sum(tally.n.values())} verdicts for {len(tally.truth)} articles")
    return tally, seconds


def failures(o, result):
    for floor in o.floor:
        name, _, least = floor.partition("=")
        value = result[name] if name in ("kindRight", "revisions", "bothSources") else result["recall"].get(name)
        if value is None or value < float(least):
            yield f"{name} is {value}, not at least {least}"
    merges = sum(result["falseMerges"].values())
    if o.false_merges is not None and merges > o.false_merges:
        yield f"{merges} originals are taken for copies, not at most {o.false_merges}"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("bin", help="folder of the programs (release build)")
    p.add_argument("--copytaster", help="another copytaster than the one in there")
    p.add_argument("--option", action="append", default=[], help="handed on to `copytaster copies`, like --option=--window=48h")
    for name, default in (("count", 20000), ("words", 187), ("copies", 30), ("templates", 15), ("distance", 2000), ("seed", 1), ("span-hours", 72)):
        p.add_argument(f"--{name}", type=int, default=default, help=f"of wiregen ({default})")
    p.add_argument("--floor", action="append", default=[], metavar="NAME=SHARE",
                   help="exit 1 when the recall of a kind, or of `all`, or kindRight, revisions, bothSources is below it")
    p.add_argument("--false-merges", type=int, help="exit 1 when more originals and forms are taken for copies")
    p.add_argument("--keep", metavar="DIR", help="leave wire, truth and verdicts there")
    o = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="cttruth.") as temporary:
        if o.keep:
            os.makedirs(o.keep, exist_ok=True)
        tally, seconds = run(o, o.keep or temporary)
    result = tally.result()
    print(tally.table(), file=sys.stderr)
    for what, examples in sorted(tally.examples.items()):
        print(f"{what}: {'; '.join(examples)}", file=sys.stderr)
    made = {n: getattr(o, n) for n in ("count", "words", "copies", "templates", "distance", "seed")}
    print(json.dumps({"bench": "truth", **made, "seconds": round(seconds, 2), "articlesPerSecond": round(o.count / seconds), **result}))
    failed = list(failures(o, result))
    for f in failed:
        print(f"FAILED: {f}", file=sys.stderr)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
