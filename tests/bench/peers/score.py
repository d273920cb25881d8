"""How well a grouping of articles into stories agrees with labels.

An article that stands in no story of two is alone. Pairs are counted, not listed: a story of n articles has n(n-1)/2,
so a detector that throws everything together is scored in linear time too.

  pairs         two articles of one story. Of the predicted ones those count that touch an article named in the labels;
                pairs labelled P (partial reuse: neither copy nor not) count on neither side
  ARI           adjusted Rand index (Hubert and Arabie 1985) over all articles of the input
"""
import collections
import csv
import dataclasses
import json

VERDICT_KINDS = frozenset(("ORIGINAL", "EXACT", "NEAR", "CONTAINED", "CONTAINS", "PARTIAL"))


class Malformed(ValueError):
    """A file that is not what it should be; the text says where."""


@dataclasses.dataclass
class Labels:
    story: dict  # article -> its true story; those that are alone may be missing
    named: set  # the articles somebody looked at
    partial: set  # pairs (a, b), a < b, both named, that do not count
    unjudged: set = dataclasses.field(default_factory=set)  # articles that do not count at all


@dataclasses.dataclass
class Quality:
    gold: int
    predicted: int
    precision: float
    recall: float
    f1: float
    ari: float


def pairs(n):
    return n * (n - 1) // 2


def closure(edges):
    """Article -> story, where every edge (a, b) says that both are of one story."""
    leader, members = {}, {}
    for a, b in edges:
        for x in (a, b):
            if x not in leader:
                leader[x], members[x] = x, [x]
        big, small = sorted((leader[a], leader[b]), key=lambda x: -len(members[x]))
        if big != small:
            for x in members[small]:
                leader[x] = big
            members[big] += members.pop(small)
    return leader


def read_pairs(path, articles):
    """Columns newid_a, newid_b, label (Y same story, N not, P partial); pairs of articles that are not there are left out."""
    same, named, partial = [], set(), set()
    with open(path, encoding="utf-8", newline="") as f:
        rows = csv.DictReader(f, delimiter="\t")
        if not {"newid_a", "newid_b", "label"} <= set(rows.fieldnames or ()):
            raise Malformed(f"{path}: the first line should name the columns newid_a, newid_b and label")
        for row in rows:
            a, b, label = row["newid_a"], row["newid_b"], row["label"]
            if label not in ("Y", "N", "P"):
                raise Malformed(f"{path}:{rows.line_num}: label {label!r}; Y, N and P are known")
            if a not in articles or b not in articles:
                continue
            named.update((a, b))
            if label == "Y":
                same.append((a, b))
            elif label == "P":
                partial.add((min(a, b), max(a, b)))
    return Labels(closure(same), named, partial)


def read_verdicts(path):
    """Article -> story as `copytaster copies` says. Who shares only parts with a story that another opened stands alone."""
    stories, opened = {}, set()
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            verdict = json.loads(line)
            if verdict.get("kind") not in VERDICT_KINDS:
                raise Malformed(f"{path}:{number}: no verdict, or an unknown kind: {line.strip()[:200]}")
            article, story = str(verdict["articleId"]), str(verdict["storyId"])
            if verdict["kind"] != "PARTIAL" or story not in opened:
                stories[article] = story
            opened.add(story)
    return stories


def score(articles, stories, labels):
    """articles: how many the input has; stories: article -> story, those that are alone may be missing."""
    stories = {article: story for article, story in stories.items() if article not in labels.unjudged}
    articles -= len(labels.unjudged)
    members = collections.Counter(stories.values())
    strangers = collections.Counter(story for article, story in stories.items() if article not in labels.named)
    shared = collections.Counter((story, labels.story[article]) for article, story in stories.items() if article in labels.story)
    truth = collections.Counter(labels.story.values())

    def together(grouping, pair):
        return pair[0] in grouping and grouping[pair[0]] == grouping.get(pair[1])

    open_gold = [pair for pair in labels.partial if together(labels.story, pair)]
    open_predicted = sum(together(stories, pair) for pair in labels.partial)
    gold_pairs, predicted_pairs, both = (sum(map(pairs, c.values())) for c in (truth, members, shared))
    gold = gold_pairs - len(open_gold)
    predicted = predicted_pairs - sum(map(pairs, strangers.values())) - open_predicted
    hits = both - sum(together(stories, pair) for pair in open_gold)

    precision = hits / predicted if predicted else 0.0
    recall = hits / gold if gold else 0.0
    f1 = 2 * hits / (gold + predicted) if gold + predicted else 0.0
    chance = gold_pairs * predicted_pairs / pairs(articles) if articles > 1 else 0.0
    most = (gold_pairs + predicted_pairs) / 2
    ari = (both - chance) / (most - chance) if most != chance else 1.0
    return Quality(gold, predicted, precision, recall, f1, ari)
