#!/usr/bin/env python3
"""Is every system call of an strace log allowed by the SystemCallFilter lines of a unit?

Example:
  syscalls.py copytaster-ingest.service ingest.calls
"""
import re
import subprocess
import sys


def members(name):
    """The system calls of a set such as @file-system, or the one call."""
    if not name.startswith("@"):
        return {name}
    text = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], check=True, capture_output=True, text=True).stdout
    calls = set()
    for line in text.splitlines()[1:]:
        word = line.strip()
        if word and not word.startswith("#"):
            calls |= members(word)
    return calls


def allowed(unit):
    calls = None
    for line in open(unit, encoding="utf-8"):
        if not line.startswith("SystemCallFilter="):
            continue
        names = line.split("=", 1)[1].split()
        deny = names[0].startswith("~")
        names[0] = names[0].lstrip("~")
        listed = set().union(*(members(n) for n in names))
        # systemd always allows @default; the first line decides what the list is.
        calls = (calls or members("@default")) - listed if deny else (calls or members("@default")) | listed
    return calls


def main():
    unit, log = sys.argv[1:]
    used = set(re.findall(r"^\d+ +(?:<\.\.\. )?([a-z_0-9]+)(?:\(| resumed)", open(log, encoding="utf-8", errors="replace").read(), re.M))
    if len(used) < 20:
        print(f"{log}: only {len(used)} system calls seen, something is wrong with the trace")
        return 1
    refused = sorted(used - allowed(unit))
    print(f"{unit.rsplit('/', 1)[-1]}: {len(used)} different system calls, refused: {' '.join(refused) or 'none'}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
