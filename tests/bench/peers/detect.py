"""MinHash LSH of the peers as streaming copy detectors, all through the same loop.

Every article is cut into word 5-grams over its lower-cased words, signed with 128 hashes, asked for in the index of those
before it, joined to the story of its best match when that is good enough, and put into the index.
"""
import dataclasses
import re
import zlib

SHINGLE = 5
HASHES = 128
SEED = 1
BATCH = 256  # signatures are made for so many articles at once, which is faster; look-up and insertion go one by one
COMMON = 0.8  # the threshold most people start with when they look for near duplicates of text

WORD = re.compile(r"\w+")


def shingles(text):
    words = WORD.findall(text.lower())
    return set(map(" ".join, zip(*(words[i:] for i in range(SHINGLE))))) or {" ".join(words)}


@dataclasses.dataclass(frozen=True)
class Setting:
    index: float  # datasketch: threshold of the index; rensa: its number of bands
    measure: str  # "estimated" from the signatures or "exact" from the shingles: how candidates are compared
    window: float  # seconds; older candidates do not count. 0: all count
    accept: float  # Jaccard from which on the best candidate is the article's story


class Datasketch:
    package = "datasketch"
    common = Setting(COMMON, "estimated", 0, COMMON)

    def __init__(self, index):
        from datasketch import MinHash, MinHashLSH

        # Any 32-bit hash will do, since the library mixes it again; this one is faster than its SHA-1.
        self.sign = lambda sets: MinHash.bulk([[s.encode() for s in one] for one in sets], num_perm=HASHES, seed=SEED, hashfunc=zlib.crc32)
        self.lsh = MinHashLSH(threshold=index, num_perm=HASHES)
        self.query = self.lsh.query
        self.insert = lambda key, signature: self.lsh.insert(key, signature, check_duplication=False)
        self.bands = (self.lsh.b, self.lsh.r)

    @staticmethod
    def indexes():
        """One threshold for each division into bands that the library chooses from 0.1 to 0.9."""
        seen = {}
        for percent in range(90, 5, -5):
            seen[Datasketch(percent / 100).bands] = percent / 100
        return list(seen.values())


class Rensa:
    package = "rensa"
    common = Setting(16, "estimated", 0, COMMON)  # 8 bands, which one meets often, lose four in five pairs of Jaccard 0.8

    def __init__(self, index):
        from rensa import RMinHash, RMinHashLSH

        self.sign = lambda sets: RMinHash.from_token_sets(sets, num_perm=HASHES, seed=SEED)
        # Its threshold is only for is_similar(), which tells nothing about who it is: candidates come from the bands.
        self.lsh = RMinHashLSH(threshold=COMMON, num_perm=HASHES, num_bands=int(index))
        self.query = self.lsh.query
        self.insert = self.lsh.insert
        self.bands = (int(index), HASHES // int(index))

    @staticmethod
    def indexes():
        return [8, 16, 32, 64, 128]


PEERS = {peer.package: peer for peer in (Datasketch, Rensa)}


def jaccard(a, b):
    both = len(a & b)
    return both / (len(a) + len(b) - both)


def sign_all(peer, texts):
    """Yields (number, shingles, signature) of each article."""
    for begin in range(0, len(texts), BATCH):
        sets = [shingles(text) for text in texts[begin:begin + BATCH]]
        for i, signature in enumerate(peer.sign(sets)):
            yield begin + i, sets[i], signature


def detect(peer, texts, times, setting):
    """Story of each article, as the number of the article that opened it."""
    stories, kept = [], []
    exact = setting.measure == "exact"
    for i, cut, signature in sign_all(peer, texts):
        mine = cut if exact else signature
        best, at = 0.0, -1
        for j in peer.query(signature):
            if setting.window and times[i] - times[j] > setting.window:
                continue
            value = jaccard(mine, kept[j]) if exact else mine.jaccard(kept[j])
            if value > best or value == best and j < at:
                best, at = value, j
        stories.append(stories[at] if at >= 0 and best >= setting.accept else i)
        kept.append(mine)
        peer.insert(i, signature)
    return stories


def tune(make, texts, times, window, judge):
    """The setting for which judge(stories) is greatest; of equals the one with the fewest candidates.

    make(index) gives a peer. Whether the window helps a peer is tried too, and so is whether exact comparison does."""
    corpus, best = None, None
    for index in make.indexes():
        peer = make(index)
        if corpus is None:
            corpus = list(sign_all(peer, texts))
        matches, candidates = best_matches(peer, corpus, times, window)
        for (measure, limit), found in matches.items():
            for percent in range(10, 97, 2):
                setting = Setting(index, measure, limit, percent / 100)
                stories = list(range(len(corpus)))
                for i, value, j in found:
                    if value >= setting.accept:
                        stories[i] = stories[j]
                rank = (judge(stories), -candidates)
                if best is None or rank > best[0]:
                    best = (rank, setting)
    return best[1]


def best_matches(peer, corpus, times, window):
    """(measure, window) -> [(article, value, its best match)], and how many candidates the index gave."""
    out = {(measure, limit): [] for measure in ("estimated", "exact") for limit in (0, window)}
    candidates = 0
    for i, cut, signature in corpus:
        near = peer.query(signature)
        candidates += len(near)
        values = {"estimated": [(signature.jaccard(corpus[j][2]), -j) for j in near],
                  "exact": [(jaccard(cut, corpus[j][1]), -j) for j in near]}
        for (measure, limit), found in out.items():
            inside = [v for v in values[measure] if not limit or times[i] - times[-v[1]] <= limit]
            if inside:
                value, j = max(inside)
                found.append((i, value, -j))
        peer.insert(i, signature)
    return out, candidates
