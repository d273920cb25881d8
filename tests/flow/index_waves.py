"""Second waves for index.sh.

    index_waves.py make FEED TRUTH OUT COUNT    copies of every kind of the originals in FEED, each of others
    index_waves.py compare A B FIRST        the records of two out folders from after FIRST are the same
    index_waves.py ids OUT                  every article and every claim stands there once

Articles of the second wave have other ids in each folder: they go by their file names there.
"""
import glob
import json
import os
import sys


def originals(folder, truth):
    with open(truth, encoding="utf-8") as f:
        names = [row[0] for row in (line.rstrip("\n").split("\t") for line in f) if row[1] == "ORIGINAL"]
    return [open(os.path.join(folder, name), encoding="utf-8").read() for name in names]


def paragraphs(text):
    return text.split("\n\n")


def light_edit(text):
    words = text.split(" ")
    for i in range(40, len(words), 37):
        words[i] = "altered" + str(i)
    return " ".join(words)


def make(feed, truth, out, count):
    os.makedirs(out)
    old = originals(feed, truth)
    # No two of the wave share a source: their order must not matter.
    for i in range(count):
        text, other = old[i], old[i + count]
        parts = paragraphs(text)
        half = max(2, len(parts) // 2)
        made = [
            ("resend", text),
            ("cut", "\n\n".join(parts[:half])),
            ("edit", light_edit(text)),
            ("longer", text + "\n\nThe mayor of Lower Brack said on Friday that number %d of these would be the last one.\n" % i),
            ("merged", "\n\n".join(parts[:half] + paragraphs(other)[1:half])),
        ][i % 5]
        with open(os.path.join(out, "second-%03d-%s.txt" % (i, made[0])), "w", encoding="utf-8") as f:
            f.write(made[1])


def records(out, stream):
    found = []
    for path in sorted(glob.glob(os.path.join(out, stream + "-*.ndjson*"))):
        with open(path, encoding="utf-8") as f:
            found += [json.loads(line) for line in f]
    return found


def second_wave(out, before):
    articles = [a for a in records(out, "articles") if a["articleId"] > before]
    names = {a["articleId"]: a["fileName"] for a in articles}

    def named(record):
        text = json.dumps({k: v for k, v in record.items() if k != "receivedTime"}, sort_keys=True)
        for article, name in names.items():
            text = text.replace(article, name)
        return text

    claims = [c for c in records(out, "claims") if c["articleId"] in names]
    return sorted(map(named, articles)), sorted(map(named, claims)), articles


def compare(a, b, before):
    x, y = second_wave(a, before), second_wave(b, before)
    kinds = {}
    for record in x[2]:
        kinds[record["verdict"]["kind"]] = kinds.get(record["verdict"]["kind"], 0) + 1
    repeats = sum(len(r["repeats"]) for r in x[2])
    print("articles %d, verdicts %s, claims %d, repeats %d" % (len(x[0]), kinds, len(x[1]), repeats))
    if len(kinds) < 4 or not repeats or not x[1]:
        sys.exit("the second wave is no test: too little in it")
    for what, left, right in (("article", x[0], y[0]), ("claim", x[1], y[1])):
        if len(left) != len(right):
            sys.exit("%d records of %ss, %d in the other" % (len(left), what, len(right)))
        for one, two in zip(left, right):
            if one != two:
                sys.exit("a record of a %s differs:\n%s\n%s" % (what, one[-900:], two[-900:]))


def ids(out):
    for stream, key in (("articles", "articleId"), ("claims", "id")):
        found = [r[key] for r in records(out, stream)]
        twice = {i for i in found if found.count(i) > 1}
        if twice:
            sys.exit("%s: twice: %s" % (stream, ", ".join(sorted(twice))))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
    elif sys.argv[1] == "compare":
        compare(sys.argv[2], sys.argv[3], sys.argv[4])
    else:
        ids(sys.argv[2])
