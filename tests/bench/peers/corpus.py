"""The articles a comparison runs on: a file of the user's, or synthetic wire with known truth."""
import csv
import dataclasses
import datetime
import json
import os
import subprocess

import score

HOURS = 72  # synthetic articles are spread over so many, so that all are within the window of 96
ORIGINALS = frozenset(("ORIGINAL", "TEMPLATE"))
COPIES = frozenset(("RESEND", "CUT", "EXTENDED", "EDIT"))


@dataclasses.dataclass
class Corpus:
    name: str
    path: str
    ids: list
    texts: list
    times: list  # seconds
    labels: score.Labels = None

    def words(self):
        return sum(len(text.split()) for text in self.texts) / len(self.texts)

    def judge(self, stories):
        return score.score(len(self.ids), stories, self.labels)


def read(path, name=None):
    ids, texts, times = [], [], []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            try:
                article = json.loads(line)
                ids.append(str(article["id"]))
                texts.append(article["text"])
                if "time" in article:
                    times.append(datetime.datetime.fromisoformat(article["time"]).timestamp())
                else:  # as copytaster does it
                    times.append(times[-1] if times else 0.0)
            except (ValueError, KeyError, TypeError) as e:
                raise score.Malformed(f'{path}:{number}: not a line {{"id", "time", "text"}}: {e!r}') from e
    if not ids or len(set(ids)) != len(ids):
        raise score.Malformed(f"{path}: " + ("two articles have the same id" if ids else "no article"))
    return Corpus(name or os.path.basename(path), path, ids, texts, times)


def read_truth(path):
    """What wiregen --truth writes. A merged article is of two stories: where a detector puts it is not judged."""
    same, named, unjudged = [], set(), set()
    with open(path, encoding="utf-8", newline="") as f:
        for number, (article, kind, source, *_) in enumerate(csv.reader(f, delimiter="\t"), 1):
            if kind == "MERGED":
                unjudged.add(article)
                continue
            named.add(article)
            if kind in COPIES:
                same.append((article, source))
            elif kind not in ORIGINALS:
                raise score.Malformed(f"{path}:{number}: unknown kind {kind}")
    return score.Labels(score.closure(same), named, set(), unjudged)


def generate(wiregen, folder, count, words, seed, forms):
    """All within the window; 30 percent copy an earlier one, and `forms` percent fill in a form."""
    path, truth = (os.path.join(folder, f"{name}-{count}-{seed}") for name in ("articles", "truth"))
    subprocess.run([wiregen, "--ndjson", path, "--truth", truth, "--count", str(count), "--words", str(words), "--seed", str(seed),
                    "--copies", "30", "--templates", str(forms), "--span-hours", str(HOURS)], check=True)
    corpus = read(path, f"synthetic {count}" + (f" with {forms}% forms" if forms else ""))
    corpus.labels = read_truth(truth)
    return corpus
