#!/usr/bin/env python3
"""Draws what an article costs by the size of the copy index, from the lines of copy_bench.

usage: copy_bench 1000192 256 | plot_copies.py > docs/copies-cost.svg
"""
import json
import math
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 380, 48, 190, 36, 52
NAMES = {"memory": "in memory", "lmdb": "LMDB, synced commits"}
COLOURS = {"memory": "#1b7f79", "lmdb": "#b3541e"}


def read(lines):
    """{backend: [(articles in the index, µs per article)]}"""
    curves = {}
    for line in lines:
        row = json.loads(line)
        if isinstance(row, dict) and row.get("bench") == "copy_curve":
            curves.setdefault(row["backend"], []).append((row["index"], row["us"]))
    return curves


def short(n):
    return f"{n // 1000000} M" if n >= 1000000 else f"{n // 1000} k"


def draw(curves):
    points = [p for curve in curves.values() for p in curve]
    low, high = math.log10(min(p[0] for p in points)), math.log10(max(p[0] for p in points))
    top = math.ceil(max(p[1] for p in points) / 10) * 10

    def x(n):
        return LEFT + (math.log10(n) - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT)

    def y(us):
        return HEIGHT - BOTTOM - us / top * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
           f'<text x="{LEFT}" y="20" font-weight="bold">Cost of an article by the size of the copy index, µs</text>']
    for us in range(0, top + 1, 10 if top <= 100 else 50):
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(us):.1f}" y2="{y(us):.1f}" stroke="#ddd"/>'
                   f'<text x="{LEFT - 8}" y="{y(us) + 4:.1f}" text-anchor="end">{us}</text>')
    for n in sorted({p[0] for p in points}):
        if str(n).startswith("1"):
            out.append(f'<text x="{x(n):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{short(n)}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">articles in the window</text>')
    for backend, curve in curves.items():
        colour = COLOURS.get(backend, "#444")
        path = " ".join(f"{x(n):.1f},{y(us):.1f}" for n, us in curve)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x(n):.1f}" cy="{y(us):.1f}" r="3" fill="{colour}"/>' for n, us in curve]
        n, us = curve[-1]
        out.append(f'<text x="{x(n) + 10:.1f}" y="{y(us) + 4:.1f}" fill="{colour}">{NAMES.get(backend, backend)}</text>')
    return "\n".join(out + ["</svg>"])


def main():
    if len(sys.argv) > 1 or sys.stdin.isatty():
        print(__doc__.strip(), file=sys.stderr)
        return 64
    try:
        curves = read(sys.stdin)
    except (ValueError, KeyError) as e:
        print(f"plot_copies.py: not the output of copy_bench: {e}", file=sys.stderr)
        return 1
    if not curves:
        print("plot_copies.py: no copy_curve lines; give copy_bench more than 1,000 articles", file=sys.stderr)
        return 1
    print(draw(curves))
    return 0


if __name__ == "__main__":
    sys.exit(main())
