#!/usr/bin/env bash
# Ingest and worker are killed exactly at their first, second, … rename, fsync and write: whatever the point, a restart loses
# nothing and publishes nothing twice.
#
#     crash_points.sh BIN [POINTS]
. "$(dirname "$0")/../lib.sh"
points=${2:-4}
strace -f -qq -o /dev/null true 2>/dev/null || skip "strace may not trace here"
export ASAN_OPTIONS=detect_leaks=0 # LeakSanitizer and strace cannot both trace
site ingest.settle=20ms ingest.scan_settle=200ms ingest.rescan=500ms ingest.ready=300ms ingest.lease=3s file.segment_age=1s
mkdir "$work/feed"
for ((round = 0; round < points * 6; round++)); do
	"$bin/wiregen" --out "$work/feed/$round" --first $((round * 12)) --count 12 --copies 30 --seed 51 || fail wiregen
done
total=0 hit=0 round=0
declare -A command
command[ingest]="$bin/copytaster-ingest --config $work/copytaster.conf"
command[w1]="$bin/copytaster-worker --config $work/copytaster.conf --worker.name=w1"

ended() { gone "$(pid_of "$1")"; }
ended_or_settled() { ended "$1" || settled "$2"; }

# strike VICTIM CALLS WHEN
strike() {
	local victim=$1 calls=$2 when=$3 other=w1
	[ "$victim" = ingest ] || other=ingest
	# shellcheck disable=SC2086  # a command of several words
	start $other ${command[$other]}
	# shellcheck disable=SC2086
	start "$victim" strace -f -qq -o /dev/null -e "trace=$calls" -e "inject=$calls:signal=SIGKILL:when=$when" ${command[$victim]}
	move_in "$work/feed/$round"
	round=$((round + 1))
	total=$((total + 12))
	wait_for 30 "$victim ended or all is done ($calls:$when)" ended_or_settled "$victim" $total
	if ended "$victim"; then
		hit=$((hit + 1))
		# shellcheck disable=SC2086
		start "$victim" ${command[$victim]}
	else
		pkill -TERM -P "$(pid_of "$victim")"
		wait_for 30 "$victim ended" ended "$victim"
		# shellcheck disable=SC2086
		start "$victim" ${command[$victim]}
	fi
	wait_for 30 "all is done after $victim died at $calls:$when; $(count "$spool/done") of $total" settled $total
	stop w1
	stop ingest
	expect "files in failed/ after $victim died at $calls:$when" "$(count "$spool/failed")" 0
}

exec 3>&2 2>"$work/killed" # the shell says who was killed, and that is the point
for victim in ingest w1; do
	for ((point = 1; point <= points; point++)); do
		strike $victim rename,renameat,renameat2 $point
		strike $victim fsync,fdatasync $point
		strike $victim write,pwrite64 $((point * 25)) # most of them wake a thread of libzmq
	done
done
exec 2>&3
say "$hit of $((points * 6)) rounds ended in a kill; $total articles"
[ $hit -ge $((points * 3)) ] || fail "too few kills: the points were not reached"
outputs --articles $total
audit
passed
