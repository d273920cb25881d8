#!/usr/bin/env python3
"""The figures of the whole pipeline: real ingest, real workers, file sink with fsync. One JSON line per measurement.

  throughput  N files of about 4 KB, written beforehand on the same file system, are renamed into the drop folder as fast as
              rename allows; the clock runs from the first rename to the last receipt. A receipt is written after the worker's
              acknowledgement, which follows the ledger commit: the claims are durable before that.
  latency     R files a second are renamed in, and the output is polled every 0.3 ms. Per file two times from just before
              its rename: until its record stands in the segment (written: its fsync and the ledger commit come after), and
              until its receipt can be read (receipt: acknowledgement and the receipt's own fsync have come before). The
              claims become durable between the two.
  memory      RssAnon of each process while N articles flow, sampled four times a second.

Example:
  tests/bench/pipeline.py build/release/bin throughput --articles 20000
  tests/bench/pipeline.py build/release/bin all --dir /var/tmp
"""
import argparse
import glob
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time


def fsync_ms(folder, rounds=200):
    """Median of appending 4 KB and fdatasync, in the output folder's file system."""
    path = os.path.join(folder, "fsync.probe")
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        os.write(fd, b"x" * 4096)
        os.fdatasync(fd)
        times.append((time.perf_counter() - begin) * 1000)
    os.close(fd)
    os.unlink(path)
    return round(statistics.median(times), 3)


def machine(folder):
    model = platform.machine()
    for line in open("/proc/cpuinfo", encoding="utf-8"):
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    kind = subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, text=True).stdout.strip()
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(), "fileSystem": kind, "fsyncMs": fsync_ms(folder)}


class Site:
    """Drop folder, output and daemons of one measurement."""

    def __init__(self, bin_dir, base, workers):
        self.bin = bin_dir
        self.dir = tempfile.mkdtemp(prefix="ctbench.", dir=base)
        self.drop, self.out, self.feed = (os.path.join(self.dir, d) for d in ("drop", "out", "feed"))
        for d in (self.drop, self.out, self.feed):
            os.mkdir(d)
        self.spool = os.path.join(self.drop, ".copytaster")
        conf = os.path.join(self.dir, "copytaster.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f"[paths]\ndrop = {self.drop}\nout = {self.out}\n[log]\nlevel = warn\n")
        self.log = open(os.path.join(self.dir, "log"), "wb")
        self.processes = {"ingest": self.start("copytaster-ingest", conf)}
        for i in range(workers):
            self.processes[f"worker{i + 1}"] = self.start("copytaster-worker", conf, f"--worker.name=w{i + 1}")
        self.wait(lambda: os.path.exists(os.path.join(self.spool, "ingest.sock")), 20, "ingest is up")
        time.sleep(1.5)  # workers have introduced themselves
        self.read_at, self.tail, self.receipts = {}, {}, 0

    def start(self, program, conf, *more):
        return subprocess.Popen([os.path.join(self.bin, program), "--config", conf, *more], stdout=self.log, stderr=self.log)

    def wait(self, condition, seconds, what):
        end = time.monotonic() + seconds
        while not condition():
            for name, p in self.processes.items():
                if p.poll() is not None:
                    raise SystemExit(f"{name} ended with {p.returncode}: {open(self.log.name).read()[-2000:]}")
            if time.monotonic() > end:
                raise SystemExit(f"waited {seconds} s until {what}; {self.receipts} receipts")
            time.sleep(0.002)

    def generate(self, count, first=0, copies=30):
        subprocess.run([os.path.join(self.bin, "wiregen"), "--out", self.feed, "--count", str(count), "--first", str(first),
                        "--copies", str(copies), "--seed", "5"], check=True)
        return sorted(os.listdir(self.feed))

    def new_lines(self, pattern):
        """Whole lines that came since the last call."""
        lines = []
        for path in glob.glob(pattern):
            key = path.removesuffix(".open")
            with open(path, "rb") as f:
                f.seek(self.read_at.get(key, 0))
                data = self.tail.get(key, b"") + f.read()
                self.read_at[key] = f.tell()
            *whole, self.tail[key] = data.split(b"\n")
            lines += whole
        return lines

    def new_receipts(self):
        lines = self.new_lines(os.path.join(self.spool, "receipts*"))
        self.receipts += len(lines)
        return lines

    def settled(self, n):
        self.new_receipts()
        return self.receipts >= n

    def rss_anon_kb(self):
        values = {}
        for name, p in self.processes.items():
            for line in open(f"/proc/{p.pid}/status", encoding="utf-8"):
                if line.startswith("RssAnon:"):
                    values[name] = int(line.split()[1])
        return values

    def close(self, keep):
        for p in reversed(list(self.processes.values())):
            p.send_signal(signal.SIGTERM)
        for p in self.processes.values():
            p.wait(60)
        failed = len(glob.glob(os.path.join(self.spool, "failed", "*.reason.json")))
        if keep:
            print(f"kept: {self.dir}", file=sys.stderr)
        else:
            shutil.rmtree(self.dir)
        if failed:
            raise SystemExit(f"{failed} articles failed: the figures are worth nothing")


def throughput(site, o):
    n = o.articles or 20000
    names = site.generate(n)
    size = sum(os.path.getsize(os.path.join(site.feed, name)) for name in names)
    os.sync()  # the generator's pages are not the pipeline's to write
    begin = time.perf_counter()
    for name in names:
        os.rename(os.path.join(site.feed, name), os.path.join(site.drop, name))
    renamed = time.perf_counter() - begin
    site.wait(lambda: site.settled(n), 600, "all have receipts")
    seconds = time.perf_counter() - begin
    return {"articles": n, "meanBytes": size // n, "seconds": round(seconds, 2), "renameSeconds": round(renamed, 2),
            "articlesPerSecond": round(n / seconds)}


def percentiles(name, took):
    took.sort()
    return {f"{name}P{p}Ms": round(took[min(len(took) - 1, len(took) * p // 100)], 2) for p in (50, 99)} | {f"{name}MaxMs": round(took[-1], 2)}


def latency(site, o):
    n, rate = o.articles or 1500, o.rate
    names = site.generate(n)
    sent, written, receipt = {}, [], []
    file_name = re.compile(rb'"fileName":"([^"]*)"')
    begin = time.perf_counter()
    while len(receipt) < n:
        now = time.perf_counter()
        if len(sent) < n and now >= begin + len(sent) / rate:
            name = names[len(sent)]
            sent[name.encode()] = time.perf_counter()
            os.rename(os.path.join(site.feed, name), os.path.join(site.drop, name))
        for took, lines in ((written, site.new_lines(os.path.join(site.out, "articles-*"))), (receipt, site.new_receipts())):
            now = time.perf_counter()
            took += [(now - sent[file_name.search(line)[1]]) * 1000 for line in lines]
        if now - begin > n / rate + 60:
            raise SystemExit(f"only {len(receipt)} of {n} receipts")
        time.sleep(0.0003)
    return {"articles": n, "perSecond": rate, **percentiles("written", written), **percentiles("receipt", receipt)}


def memory(site, o):
    n = o.articles or 100000
    portion = min(10000, n)
    samples, done = [], 0
    while done < n:
        for name in site.generate(min(portion, n - done), first=done):
            os.rename(os.path.join(site.feed, name), os.path.join(site.drop, name))
        done += min(portion, n - done)
        end = time.monotonic() + 300
        while not site.settled(done):
            samples.append((site.receipts, site.rss_anon_kb()))
            if time.monotonic() > end:
                raise SystemExit(f"stuck at {site.receipts} receipts")
            time.sleep(0.25)
    samples.append((site.receipts, site.rss_anon_kb()))
    result = {"articles": n}
    for name in site.processes:
        values = [v[name] for _, v in samples]
        at = [next(v[name] for r, v in samples if r >= n * share // 10) for share in (1, 5, 10)]
        result[name] = {"maxMb": round(max(values) / 1024, 1), "mbAt10_50_100Percent": [round(v / 1024, 1) for v in at]}
    return result


MEASURES = {"throughput": throughput, "latency": latency, "memory": memory}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("bin", help="folder of the programs (release build)")
    p.add_argument("what", choices=[*MEASURES, "all"])
    p.add_argument("--articles", type=int, help="how many (throughput 20000, latency 1500, memory 100000)")
    p.add_argument("--rate", type=int, default=50, help="articles a second of the latency measurement")
    p.add_argument("--workers", type=int, default=2)
    p.add_argument("--dir", default="/var/tmp", help="where the folders are made; its file system is part of the figure")
    p.add_argument("--keep", action="store_true", help="keep the folders")
    o = p.parse_args()
    for what in MEASURES if o.what == "all" else [o.what]:
        facts = machine(o.dir)
        site = Site(os.path.abspath(o.bin), o.dir, o.workers)
        try:
            result = MEASURES[what](site, o)
        finally:
            site.close(o.keep)
        print(json.dumps({"bench": f"pipeline.{what}", "workers": o.workers, **result, "machine": facts}), flush=True)


if __name__ == "__main__":
    main()
