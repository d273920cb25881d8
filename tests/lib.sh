# What flow and fault tests share. Sourced with the folder of the programs in $1:
#
#     . "$(dirname "$0")/../lib.sh"
#
# Makes $work (short: socket paths end at 107 bytes) and removes it with every process it started when the test ends;
# on failure the logs are printed first. Exit 77 means skipped.
set -u
bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$here")
work=$(mktemp -d /tmp/ct.XXXXXX)
pids=()
ok=

end_all() {
	local pid
	touch "$work/stop"
	for pid in "${pids[@]:-}"; do
		[ -z "$pid" ] || kill -CONT "$pid" 2>/dev/null
		[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
	done
	for pid in "$work"/*.pid; do
		[ ! -e "$pid" ] || kill -KILL "$(cat "$pid")" 2>/dev/null
	done
	wait
}

finish() {
	local log
	end_all 2>/dev/null # and do not print who was killed
	# What a sanitizer said must reach ctest even when the test passed.
	grep -hE 'AddressSanitizer|LeakSanitizer|runtime error:' "$work"/*.log 2>/dev/null
	if [ -z "$ok" ]; then
		for log in "$work"/*.log; do
			[ ! -s "$log" ] || { echo "--- the end of $(basename "$log"):"; tail -n 40 "$log" | cut -c1-300; }
		done
	fi
	! declare -F at_end >/dev/null || at_end # the test's own
	chmod -R u+rwx "$work" 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

say() { echo "$(date +%H:%M:%S) $*"; }

fail() {
	echo "FAILED: $*"
	exit 1
}

skip() {
	echo "SKIPPED: $*"
	ok=yes
	exit 77
}

passed() {
	ok=yes
	echo "passed: $(basename "$0")"
	exit 0
}

# expect WHAT GOT WANTED
expect() {
	[ "$2" = "$3" ] || fail "$1: got \"$2\", expected \"$3\""
}

# expect_text WHAT FILE REGEX: somewhere in the file.
expect_text() {
	grep -Eq -- "$3" "$2" || { tail -n 20 "$2" | cut -c1-300; fail "$1: nothing in $(basename "$2") matches: $3"; }
}

# wait_for SECONDS WHAT COMMAND…: until the command succeeds.
wait_for() {
	local end=$((SECONDS + $1)) what=$2
	shift 2
	until "$@"; do
		[ $SECONDS -lt $end ] || fail "waited too long until $what"
		sleep 0.05
	done
}

# The folders of a site and its config in $work/copytaster.conf. site SECTION.KEY=VALUE… adds settings.
site() {
	local setting name
	mkdir -p "$work/drop" "$work/out"
	{
		echo "[paths]"
		echo "drop = $work/drop"
		echo "out = $work/out"
		for setting in "$@"; do
			name=${setting%%=*}
			printf '[%s]\n%s = %s\n' "${name%%.*}" "${name#*.}" "${setting#*=}"
		done
	} >"$work/copytaster.conf"
	spool=$work/drop/.copytaster
}

# start NAME COMMAND…: in the background; its output in $work/NAME.log, its pid in $work/NAME.pid.
start() {
	local name=$1
	shift
	"$@" >>"$work/$name.log" 2>&1 </dev/null &
	echo $! >"$work/$name.pid"
	pids+=($!)
}

# supervise NAME COMMAND…: as systemd does it: what ends is started again, until $work/stop is there.
supervise() {
	local name=$1
	shift
	(
		trap - EXIT INT TERM
		while [ ! -e "$work/stop" ]; do
			"$@" >>"$work/$name.log" 2>&1 </dev/null &
			echo $! >"$work/$name.pid"
			wait $!
			echo "$name $?" >>"$work/ends"
			sleep 0.1
		done
		rm -f "$work/$name.pid"
	) 2>/dev/null &
	pids+=($!)
}

# Lets the supervised processes drain and end.
stop_all() {
	local name
	touch "$work/stop"
	for name in "$@"; do
		[ ! -e "$work/$name.pid" ] || kill -TERM "$(pid_of "$name")" 2>/dev/null
	done
	for name in "$@"; do
		wait_for 60 "$name ended" test ! -e "$work/$name.pid"
	done
}

pid_of() { cat "$work/$1.pid"; }
alive() { kill -0 "$(pid_of "$1")" 2>/dev/null; }

# stop NAME [SECONDS]: SIGTERM; the status of the process in $stopped.
stop() {
	local pid
	pid=$(pid_of "$1")
	kill -TERM "$pid" 2>/dev/null
	wait_for "${2:-60}" "$1 ended" gone "$pid"
	stopped=0
	wait "$pid" || stopped=$?
	rm -f "$work/$1.pid"
}

# A zombie is gone too: it waits for our wait().
gone() {
	! kill -0 "$1" 2>/dev/null || [ "$(awk '/^State:/ {print $2}' "/proc/$1/status" 2>/dev/null)" = Z ]
}

ingest() { start "${1:-ingest}" "$bin/copytaster-ingest" --config "$work/copytaster.conf"; }
worker() { start "$1" "$bin/copytaster-worker" --config "$work/copytaster.conf" --worker.name="$1"; }

# Articles in a folder of the spool or the drop folder (files, and the folders of long names; not reasons or markers).
count() { find "$1" -mindepth 1 -maxdepth 1 ! -name '.*' ! -name '*.reason.json' 2>/dev/null | wc -l; }
count_active() { find "$spool/active" -mindepth 2 -maxdepth 2 ! -name '.*' 2>/dev/null | wc -l; }
receipts() { cat "$spool"/receipts* 2>/dev/null | wc -l; }
has_receipts() { [ "$(receipts)" -ge "$1" ]; }
settled() { [ "$(count "$spool/done")" -ge "$1" ]; }

# Moves files into the drop folder as a feed should.
drop() {
	local file
	for file in "$@"; do
		cp "$file" "$work/drop/.$(basename "$file").part" && mv "$work/drop/.$(basename "$file").part" "$work/drop/$(basename "$file")"
	done
}

# move_in FOLDER: all its articles into the drop folder, as fast as rename allows. (mv looks at a file once more after the
# rename, when it may be claimed already, and complains.)
move_in() {
	python3 - "$1" "$work/drop" <<'PY'
import os, sys
for name in sorted(os.listdir(sys.argv[1])):
    os.rename(os.path.join(sys.argv[1], name), os.path.join(sys.argv[2], name))
PY
}

outputs() { python3 "$here/flow/outputs.py" --out "$work/out" --spool "$spool" "$@" || fail "the outputs are not as they should be"; }
audit() {
	"$bin/copytaster" audit --config "$work/copytaster.conf" >"$work/audit.log" 2>&1 ||
		{ cut -c1-300 "$work/audit.log"; fail "audit exits with $?"; }
}
