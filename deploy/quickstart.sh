#!/usr/bin/env bash
# From a clean clone on Debian 12 to claims on the screen.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. deploy/lib.sh

usage() {
	cat <<'TEXT'
Usage: deploy/quickstart.sh [--dir DIR] [--workers N] [--once] [--no-sample]

Installs what the build needs (as root or with sudo), builds Copytaster into build/release, starts ingest,
workers and the file sink on DIR/drop, and drops the sample feed of deploy/sample into it, piece by piece.
The claims show as they arrive, with what was recognised as a copy of what. Ctrl-C drains and stops.

  --dir DIR      where drop folder and output lie (default: ./copytaster-demo)
  --workers N    worker processes (default: 2)
  --once         drop everything, work it off, stop; exit status as of `copytaster run --once`.
                 This is the default when the output is no terminal.
  --no-sample    only start; the drop folder is yours
  --help         this text

Example:
  deploy/quickstart.sh
  cp story.txt copytaster-demo/drop/        # in a second terminal: your own article
TEXT
}

fail() {
	echo "$1" >&2
	echo "deploy/quickstart.sh --help tells more." >&2
	exit 64
}

dir=copytaster-demo
workers=2
once=
sample=yes
while [ $# -gt 0 ]; do
	case $1 in
	--dir) [ $# -gt 1 ] || fail "--dir needs a folder."; dir=$2; shift ;;
	--dir=*) dir=${1#*=} ;;
	--workers) [ $# -gt 1 ] || fail "--workers needs a number."; workers=$2; shift ;;
	--workers=*) workers=${1#*=} ;;
	--once) once=yes ;;
	--no-sample) sample= ;;
	--help | -h) usage; exit 0 ;;
	*) fail "Unknown option: $1" ;;
	esac
	shift
done
case $workers in
'' | *[!0-9]* | 0 | ????*) fail "--workers is a number from 1 to 999, not \"$workers\"." ;;
esac
[ -n "$dir" ] || fail "--dir needs a folder."
[ -t 1 ] || once=yes

build() {
	cmake --preset release -DCOPYTASTER_TESTS=OFF && cmake --build --preset release
}

# Drops the sample like a feed does: under a name that is left alone, then renamed.
drop_file() {
	cp "$1" "$dir/drop/.$(basename "$1").part" && mv "$dir/drop/.$(basename "$1").part" "$dir/drop/$(basename "$1")"
}

drop_feed() {
	local file
	for file in deploy/sample/*.txt; do
		drop_file "$file"
		sleep "$1"
	done
}

# Nothing waits and nothing is being worked on.
all_done() {
	[ -z "$(find "$dir/drop" -maxdepth 1 -name '*.txt'; find "$dir/drop/.copytaster/active" -mindepth 2 2>/dev/null)" ]
}

# Since this script began.
some_failed() {
	[ -n "$(find "$dir/drop/.copytaster/failed" -name '*.reason.json' -newer "$began" 2>/dev/null | head -n 1)" ]
}

mkdir -p build
log=build/quickstart.log
began=build/quickstart.began
touch "$began"
: >"$log"
packages_install "$log" deploy/build-deps.txt
step "Building" "$log" build
mkdir -p "$dir/drop" "$dir/out"
if [ -n "$sample" ] && ls "$dir"/out/articles-* >/dev/null 2>&1; then
	echo "$dir holds the output of an earlier run: the sample is known there, so every article comes out as a copy of itself."
	echo "For a fresh start use another folder (--dir)."
fi

run=(build/release/bin/copytaster run --human --drop "$dir/drop" --out "$dir/out" --workers "$workers")
child=
feeder=
trap '[ -z "$feeder" ] || kill "$feeder" 2>/dev/null || true' EXIT

if [ -n "$once" ]; then
	# One run takes it all, so that its last lines account for all of it. The feed comes in its order, as it would in life: which article is the original depends on it.
	if [ -n "$sample" ]; then
		"${run[@]}" &
		child=$!
		trap 'kill -TERM "$child"; wait "$child"; exit 1' INT TERM
		sleep 1.5
		drop_feed 0.3
		for _ in $(seq 200); do
			kill -0 "$child" 2>/dev/null && ! all_done || break
			sleep 0.2
		done
		kill -TERM "$child" 2>/dev/null || true
		wait "$child" || exit $?
		trap - INT TERM
		if all_done; then
			some_failed && exit 2
			exit 0
		fi
		echo "Not all was done in time; now the rest:"
	fi
	exec "${run[@]}" --once
fi

# Ctrl-C goes to the whole group: `copytaster run` drains on it, this script waits for that.
trap : INT
if [ -n "$sample" ]; then
	(trap - INT EXIT; sleep 1.5; drop_feed 0.8) &
	feeder=$!
fi
status=0
"${run[@]}" || status=$?
exit "$status"
