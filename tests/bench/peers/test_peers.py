"""Tests of the comparison itself; nothing from PyPI is needed. Run: python3 -m unittest test_peers"""
import itertools
import json
import os
import random
import subprocess
import tempfile
import unittest

import corpus
import detect
import peers
import score

HERE = os.path.dirname(os.path.abspath(__file__))


def listed(articles, stories, labels):
    """The same figures as score.score, from a list of all pairs."""
    def same(grouping, a, b):
        return a in grouping and grouping[a] == grouping.get(b)

    every = list(itertools.combinations(sorted(articles), 2))
    gold = {p for p in every if same(labels.story, *p)}
    predicted = {p for p in every if same(stories, *p)}
    chance, most = len(gold) * len(predicted) / len(every), (len(gold) + len(predicted)) / 2
    ari = (len(gold & predicted) - chance) / (most - chance) if most != chance else 1.0
    predicted = {p for p in predicted if p[0] in labels.named or p[1] in labels.named} - labels.partial
    gold -= labels.partial
    hits = len(gold & predicted)
    return len(gold), len(predicted), hits / len(predicted) if predicted else 0.0, hits / len(gold) if gold else 0.0, ari


class Score(unittest.TestCase):
    def test_by_hand(self):
        labels = score.Labels({"a": 1, "b": 1, "c": 1}, {"a", "b", "c", "d"}, {("a", "c")})
        q = score.score(6, {"a": "x", "b": "x", "d": "x", "c": "y"}, labels)
        # gold: ab bc (ac is open); predicted: ab ad bd; hit: ab. All pairs: 3 gold, 3 predicted, 1 in both, of 15.
        self.assertEqual((q.gold, q.predicted), (2, 3))
        self.assertAlmostEqual(q.precision, 1 / 3)
        self.assertAlmostEqual(q.recall, 1 / 2)
        self.assertAlmostEqual(q.f1, 2 / 5)
        self.assertAlmostEqual(q.ari, (1 - 9 / 15) / (3 - 9 / 15))

    def test_who_is_not_named_does_not_count(self):
        labels = score.Labels({"a": 1, "b": 1}, {"a", "b"}, set())
        stories = {"a": "x", "b": "x", "s": "z", "t": "z"}
        self.assertEqual(score.score(4, stories, labels).precision, 1.0)
        self.assertLess(score.score(4, stories, labels).ari, 1.0)
        stories["s"] = "x"  # now a stranger stands with a named one
        self.assertAlmostEqual(score.score(4, stories, labels).precision, 1 / 3)

    def test_perfect_and_empty(self):
        labels = score.Labels({"a": 1, "b": 1}, {"a", "b", "c"}, set())
        q = score.score(3, {"a": 7, "b": 7, "c": 8}, labels)
        self.assertEqual((q.precision, q.recall, q.f1, q.ari), (1, 1, 1, 1))
        q = score.score(3, {}, labels)
        self.assertEqual((q.precision, q.recall, q.f1, q.ari), (0, 0, 0, 0))

    def test_agrees_with_all_pairs_listed(self):
        rng = random.Random(7)
        for _ in range(200):
            articles = [f"{i:02}" for i in range(rng.randint(2, 24))]
            named = {a for a in articles if rng.random() < 0.7}
            gold = score.closure([tuple(rng.sample(sorted(named), 2)) for _ in range(rng.randint(0, 8)) if len(named) > 1])
            partial = {tuple(sorted(rng.sample(sorted(named), 2))) for _ in range(rng.randint(0, 5)) if len(named) > 1}
            labels = score.Labels(gold, named, partial)
            stories = {a: rng.randint(0, 9) for a in articles if rng.random() < 0.9}
            q = score.score(len(articles), stories, labels)
            for got, want in zip((q.gold, q.predicted, q.precision, q.recall, q.ari), listed(articles, stories, labels)):
                self.assertAlmostEqual(got, want)

    def test_closure(self):
        story = score.closure([("a", "b"), ("c", "d"), ("e", "f"), ("d", "a"), ("b", "c")])
        self.assertEqual(len({story[x] for x in "abcd"}), 1)
        self.assertNotEqual(story["a"], story["e"])


class Files(unittest.TestCase):
    def write(self, text):
        f = tempfile.NamedTemporaryFile("w", delete=False, encoding="utf-8")
        self.addCleanup(os.unlink, f.name)
        with f:
            f.write(text)
        return f.name

    def test_partial_verdicts(self):
        lines = [("a", "ORIGINAL", "a"), ("b", "PARTIAL", "a"), ("c", "NEAR", "a"), ("d", "PARTIAL", "d"), ("e", "EXACT", "d")]
        path = self.write("".join(json.dumps({"articleId": i, "kind": k, "storyId": s}) + "\n" for i, k, s in lines))
        # b shares parts with a: alone. d shares parts with somebody but is a story of its own, and e copies it.
        self.assertEqual(score.read_verdicts(path), {"a": "a", "c": "a", "d": "d", "e": "d"})

    def test_error_lines_are_no_verdicts(self):
        with self.assertRaises(score.Malformed):
            score.read_verdicts(self.write('{"articleId":"a","error":"too long"}\n'))

    def test_pairs(self):
        path = self.write("newid_a\tnewid_b\tlabel\tgap\n1\t2\tY\t0\n3\t1\tP\t0\n2\t4\tN\t0\n4\t9\tY\t0\n")
        labels = score.read_pairs(path, {"1", "2", "3", "4"})
        self.assertEqual((set(labels.story), labels.named, labels.partial), ({"1", "2"}, {"1", "2", "3", "4"}, {("1", "3")}))
        with self.assertRaises(score.Malformed):
            score.read_pairs(self.write("newid_a\tnewid_b\tlabel\n1\t2\tmaybe\n"), {"1", "2"})

    def test_truth(self):
        path = self.write("a\tORIGINAL\t\t\t\t\t\nb\tTEMPLATE\t\t\t\tSPORT\t\nc\tCUT\ta\t100\t40\t\tFIGURE\n"
                          "d\tMERGED\ta,b\t50,50\t30,30\t\t\ne\tEDIT\tb\t95\t95\tSPORT\t\n")
        labels = corpus.read_truth(path)
        self.assertEqual((labels.named, labels.unjudged), (set("abce"), {"d"}))
        for merged in (1, 2, 3):  # wherever it is put
            q = score.score(5, {"a": 1, "c": 1, "b": 2, "e": 2, "d": merged}, labels)
            self.assertEqual((q.gold, q.predicted, q.f1, q.ari), (2, 2, 1, 1))
        with self.assertRaises(score.Malformed):
            corpus.read_truth(self.write("a\tLONGER\tb\n"))

    def test_articles(self):
        c = corpus.read(self.write('{"id": 1, "time": "2026-03-01T00:00:10Z", "text": "a b"}\n{"id": "2", "text": "c"}\n'))
        self.assertEqual((c.ids, c.texts, c.times[0] == c.times[1], c.words()), (["1", "2"], ["a b", "c"], True, 1.5))
        for bad in ("", "[]\n", '{"id": "1"}\n', '{"id": "1", "text": "a"}\n' * 2):
            with self.assertRaises(score.Malformed):
                corpus.read(self.write(bad))


class Brute:
    """A peer whose candidates are all articles before; its signature is the shingles themselves."""

    class Signature(frozenset):
        def jaccard(self, other):
            return detect.jaccard(self, other)

    def __init__(self, index=0):
        self.keys = []

    @staticmethod
    def indexes():
        return [0]

    def sign(self, sets):
        return [self.Signature(s) for s in sets]

    def query(self, signature):
        return list(self.keys)

    def insert(self, key, signature):
        self.keys.append(key)


WORDS = [f"w{i}" for i in range(40)]
TEXTS = [" ".join(words) for words in (
    WORDS, [w + "x" for w in WORDS], WORDS[:30], WORDS, [w + "x" for w in WORDS] + WORDS[:8])]


class Detect(unittest.TestCase):
    def test_shingles(self):
        self.assertEqual(detect.shingles("One two, THREE four five-six."), {"one two three four five", "two three four five six"})
        self.assertEqual(detect.shingles("Too short"), {"too short"})

    def test_best_match(self):
        times = [0, 10, 20, 30, 40]
        for measure in ("estimated", "exact"):
            setting = detect.Setting(0, measure, 0, 0.5)
            self.assertEqual(detect.detect(Brute(), TEXTS, times, setting), [0, 1, 0, 0, 1])
            self.assertEqual(detect.detect(Brute(), TEXTS, times, detect.Setting(0, measure, 0, 0.9)), [0, 1, 2, 0, 4])
            self.assertEqual(detect.detect(Brute(), TEXTS, times, detect.Setting(0, measure, 15, 0.5)), [0, 1, 2, 2, 4])

    def test_tuned_setting_does_what_it_promised(self):
        times = [0, 10, 20, 30, 40]
        for wanted in ([0, 1, 0, 0, 1], [0, 1, 2, 0, 4], [0, 1, 2, 2, 4]):
            best = detect.tune(Brute, TEXTS, times, 15, lambda stories: sum(a == b for a, b in zip(stories, wanted)))
            self.assertEqual(detect.detect(Brute(), TEXTS, times, best), wanted, best)

    def test_table(self):
        row = {"input": "x", "articles": 2, "wordsPerArticle": 3.0, "detector": "brute", "version": "1", "setting": "s", "articlesPerSecond": 12345}
        self.assertEqual([peers.cell(row, key) for key in ("detector", "f1", "articlesPerSecond")], ["brute 1", "-", "12,345"])
        self.assertEqual(peers.cell({"f1": 0.98}, "f1"), "0.980")


class Script(unittest.TestCase):
    def test_shell_part(self):
        script = os.path.join(HERE, "compare.sh")
        subprocess.run(["bash", "-n", script], check=True)
        shown = subprocess.run(["bash", script, "--help"], check=True, capture_output=True, text=True).stdout
        for option in ("--cache", "--wheels", "--input", "--labels", "--scale", "--json"):
            self.assertIn(option, shown)


if __name__ == "__main__":
    unittest.main()
