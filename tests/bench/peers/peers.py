#!/usr/bin/env python3
"""Compares `copytaster copies` with other near-duplicate detectors on the same file, in one run. Started by compare.sh,
which makes the environment that the others need.

The others are datasketch (MinHash, MinHashLSH) and rensa (RMinHash, RMinHashLSH), as streaming detectors: word 5-grams,
128 hashes, and an article joins the story of its best match among the candidates of the index. Each has two rows: "common"
is Jaccard 0.8, estimated, without a window; "tuned" is what reaches the best F1 on the labels given, over a grid of the
index's bands, the Jaccard from which on an article is a copy (0.10 to 0.96), estimated or exact Jaccard, and candidates of
all times or of copytaster's window only. They are scored on the labels they were tuned on, which favours them; only the
articles of --scale are others (another seed), and with an --input the peers are tuned on synthetic wire too, for these rows.
Copytaster runs with its defaults.

What is timed: of copytaster the whole process, with start, reading, JSON and writing of the verdicts; of the others the
detection alone, with texts in memory, the libraries loaded, the index made and Python's garbage collector off. Much of
that is Python cutting texts into 5-grams; the column "w/o 5-grams" leaves this out, so it is what the libraries themselves reach
with the loop that joins stories. Each runs in a process of its own; the fastest of --rounds counts. All run on one core
unless --all-cores is given.
"""
import argparse
import concurrent.futures
import dataclasses
import gc
import importlib.metadata
import json
import multiprocessing
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time

import corpus as corpora
import detect
import score

EXAMPLES = """
examples:
  compare.sh --copytaster build/release/bin/copytaster --input articles.ndjson --labels pairs.tsv --scale
  compare.sh --copytaster build/release/bin/copytaster --json | jq -r '[.detector, .f1, .articlesPerSecond] | @tsv'
"""


def say(text):
    print(f"peers: {text}", file=sys.stderr, flush=True)


def run_copytaster(binary, corpus, hours, folder):
    """Seconds, nothing, and stories; every article needs a verdict."""
    verdicts = os.path.join(folder, "verdicts.ndjson")
    with open(corpus.path, "rb") as source, open(verdicts, "wb") as out:
        begin = time.perf_counter()
        status = subprocess.run([binary, "copies", "--json", f"--window={hours}h"], stdin=source, stdout=out, check=False).returncode
        seconds = time.perf_counter() - begin
    if status != 0:
        raise score.Malformed(f"{binary} copies ended with {status}")
    with open(verdicts, "rb") as f:
        count = sum(1 for _ in f)
    if count != len(corpus.ids):
        raise score.Malformed(f"{binary} copies wrote {count} verdicts for {len(corpus.ids)} articles")
    return seconds, None, score.read_verdicts(verdicts)


def peer_child(package, path, setting):
    """In a process of its own: seconds, those of them for cutting, and stories."""
    corpus = corpora.read(path)
    peer = detect.PEERS[package](setting.index)
    gc.disable()
    begin = time.perf_counter()
    for text in corpus.texts:
        detect.shingles(text)
    cut = time.perf_counter() - begin
    begin = time.perf_counter()
    stories = detect.detect(peer, corpus.texts, corpus.times, setting)
    return time.perf_counter() - begin, cut, dict(zip(corpus.ids, stories))


def run_peer(package, corpus, setting):
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(peer_child, package, corpus.path, setting).result()


@dataclasses.dataclass
class Runner:
    detector: str
    version: str
    name: str
    run: object  # corpus -> (seconds, seconds of cutting or None, stories)


def peer_runner(package, name, setting):
    near = "%s J >= %.2f" % (setting.measure, setting.accept)
    window = ", %g h" % (setting.window / 3600) if setting.window else ""
    bands = "%d bands of %d" % detect.PEERS[package](setting.index).bands
    return Runner(package, importlib.metadata.version(package), f"{name}: {bands}, {near}{window}", lambda corpus: run_peer(package, corpus, setting))


def common_runners(args, folder):
    version = subprocess.run([args.copytaster, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    return [Runner("copytaster", version, f"defaults, {args.window} h",
                   lambda corpus: run_copytaster(args.copytaster, corpus, args.window, folder)),
            *(peer_runner(package, "common", peer.common) for package, peer in detect.PEERS.items())]


def tuned_runners(args, corpus):
    """The peers as they do best on the corpus, which has labels."""
    def quality(stories):
        q = corpus.judge(dict(zip(corpus.ids, stories)))
        return q.f1, q.ari

    out = []
    for package, peer in detect.PEERS.items():
        say(f"tuning {package} on {corpus.name}")
        best = detect.tune(peer, corpus.texts, corpus.times, args.window * 3600, quality)
        out.append(peer_runner(package, f"tuned on {corpus.name}", best))
    return out


def measure(corpus, taking_part, rounds):
    """One row for each runner. The rounds go round all of them, so that a busy moment hits no one alone."""
    fastest, stories = {}, {}
    for number in range(rounds):
        for i, runner in enumerate(taking_part):
            say(f"{corpus.name}: {runner.detector} ({runner.name}), round {number + 1} of {rounds}")
            seconds, cut, stories[i] = runner.run(corpus)
            fastest[i] = min((seconds, cut), fastest.get(i, (seconds, cut)))
    rows = []
    for i, runner in enumerate(taking_part):
        seconds, cut = fastest[i]
        row = {"input": corpus.name, "articles": len(corpus.ids), "wordsPerArticle": round(corpus.words(), 1), "detector": runner.detector,
               "version": runner.version, "setting": runner.name, "seconds": round(seconds, 4),
               "articlesPerSecond": round(len(corpus.ids) / seconds), "timed": "detection" if cut else "process"}
        if cut:
            row["articlesPerSecondWithoutCutting"] = round(len(corpus.ids) / max(seconds - cut, 1e-9))
        if corpus.labels:
            quality = corpus.judge(stories[i])
            row.update(goldPairs=quality.gold, predictedPairs=quality.predicted,
                       **{key: round(getattr(quality, key), 4) for key in ("precision", "recall", "f1", "ari")})
        rows.append(row)
    return rows


def machine(cores):
    model = platform.machine()
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    versions = {package: importlib.metadata.version(package) for package in ("numpy", "scipy")}
    return {"cpu": model, "coresUsed": cores, "kernel": platform.release(), "python": platform.python_version(), **versions}


COLUMNS = (("detector", "detector"), ("precision", "P"), ("recall", "R"), ("f1", "F1"), ("ari", "ARI"), ("articlesPerSecond", "articles/s"),
           ("articlesPerSecondWithoutCutting", "w/o 5-grams"), ("setting", "setting"))


def cell(row, key):
    value = row.get(key)
    if value is None:
        return "-"
    if key == "detector":
        return f"{value} {row['version']}"
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value


def print_table(rows, about):
    lines = [[cell(row, key) for key, _ in COLUMNS] for row in rows]
    heads = [head for _, head in COLUMNS]
    widths = [max(map(len, column)) for column in zip(heads, *lines)]

    def show(line):
        fields = [text.ljust(width) if key in ("detector", "setting") else text.rjust(width)
                  for (key, _), text, width in zip(COLUMNS, line, widths)]
        print("  ".join(fields).rstrip())

    show(heads)
    last = None
    for row, line in zip(rows, lines):
        if row["input"] != last:
            last = row["input"]
            print(f"{last}: {row['articles']:,} articles of {row['wordsPerArticle']:.0f} words")
        show(line)
    print(f"\n{about['cpu']}, cores used: {about['coresUsed']}; Python {about['python']}, numpy {about['numpy']}, scipy {about['scipy']}.")
    print("copytaster: its whole process is timed, with reading and writing; the others: detection only, texts in memory.\n"
          "w/o 5-grams: the same without the cutting of texts into 5-grams, which is Python's and no part of their libraries.")
    print("tuned on: the setting with the best F1 there, so on that input its score has seen the labels; copytaster has its defaults.")


def parse():
    here = os.path.dirname(os.path.abspath(__file__))
    build = os.path.join(here, "../../../build/release/bin")
    p = argparse.ArgumentParser(prog="compare.sh", description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--copytaster", metavar="BIN", default=os.path.join(build, "copytaster"), help="default: build/release/bin/copytaster")
    p.add_argument("--wiregen", metavar="BIN", help="maker of synthetic wire; default: wiregen beside copytaster")
    p.add_argument("--input", metavar="FILE", help='NDJSON of {"id", "time", "text"} in time order; default: synthetic wire')
    p.add_argument("--labels", metavar="FILE",
                   help="TSV with newid_a, newid_b, label (Y copy, N not, P partial); without it an --input gives speed only")
    p.add_argument("--synthetic", metavar="N", type=int, default=5000,
                   help="articles of the synthetic wire that takes the place of --input, or on which peers are tuned for --scale "
                   "(default %(default)s)")
    p.add_argument("--scale", metavar="N", type=int, nargs="?", const=20000, help="add rows for N synthetic articles (20000)")
    p.add_argument("--words", metavar="N", type=int, default=165,
                   help="of a synthetic article before it is changed, without its title; the default %(default)s comes to some 187 in all")
    p.add_argument("--forms", metavar="P", type=int, default=0,
                   help="percent of the synthetic articles that fill in a form with other names and figures (default %(default)s); a detector that "
                   "takes two of a form for copies soon takes all, and their pairs grow with the square of N")
    p.add_argument("--seed", type=int, default=1, help="of the synthetic wire (default %(default)s)")
    p.add_argument("--window", metavar="HOURS", type=int, default=96, help="copytaster's window, also tried for the others (default %(default)s)")
    p.add_argument("--rounds", metavar="N", type=int, default=3, help="the fastest of N runs counts (default %(default)s)")
    p.add_argument("--all-cores", action="store_true", help="do not keep all of them on one core")
    p.add_argument("--json", action="store_true", help="one JSON line for each row")
    args = p.parse_args()
    if args.labels and not args.input:
        p.error("--labels belong to an --input")
    for name in ("synthetic", "scale", "words", "window", "rounds"):
        value = getattr(args, name)
        if value is not None and value < 1:
            p.error(f"--{name} takes a number from 1 on, not {value}")
    if not 0 <= args.forms <= 70:
        p.error(f"--forms takes a number from 0 to 70 (30 percent are copies), not {args.forms}")
    args.wiregen = args.wiregen or os.path.join(os.path.dirname(args.copytaster), "wiregen")
    for name, needed in (("copytaster", True), ("wiregen", not args.input or args.scale)):
        path = getattr(args, name)
        if needed and not shutil.which(path):
            p.error(f"{path}: no such program; build it, or name another with --{name}")
    return args


def run(args, folder):
    def synthetic(count, seed):
        return corpora.generate(args.wiregen, folder, count, args.words, seed, args.forms)

    if args.input:
        corpus = corpora.read(args.input)
        if args.labels:
            corpus.labels = score.read_pairs(args.labels, set(corpus.ids))
    else:
        corpus = synthetic(args.synthetic, args.seed)
    taking_part = common_runners(args, folder)
    if corpus.labels:
        taking_part += tuned_runners(args, corpus)
    rows = measure(corpus, taking_part, args.rounds)
    if args.scale:
        if args.input:  # the best setting for real wire need not be the best one for synthetic wire
            taking_part += tuned_runners(args, synthetic(args.synthetic, args.seed))
        rows += measure(synthetic(args.scale, args.seed + 1), taking_part, args.rounds)
    return rows


def main():
    args = parse()
    if not args.all_cores:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    about = machine(len(os.sched_getaffinity(0)))
    with tempfile.TemporaryDirectory(prefix="copytaster-peers-") as folder:
        try:
            rows = run(args, folder)
        except (score.Malformed, OSError, subprocess.CalledProcessError) as e:
            sys.exit(f"peers: {e}")
    if args.json:
        for row in rows:
            print(json.dumps({**row, **about}))
    else:
        print_table(rows, about)
    return 0


if __name__ == "__main__":
    sys.exit(main())
