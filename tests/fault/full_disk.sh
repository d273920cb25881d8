#!/usr/bin/env bash
# A full disk under the output, under the state, under drop folder and spool: one clear message, the daemons live on, and when there
# is room again everything goes on; nothing is lost, nothing fails.
if [ "${2:-}" != inner ]; then
	if [ "$(id -u)" -eq 0 ]; then unshare=(unshare -m); else unshare=(unshare -Urm); fi
	"${unshare[@]}" true 2>/dev/null || { echo "SKIPPED: no mount namespace is allowed here"; exit 77; }
	exec "${unshare[@]}" bash "$0" "$1" inner
fi
. "$(dirname "$0")/../lib.sh"
mount -t tmpfs -o size=64k none /mnt 2>/dev/null || skip "no tmpfs may be mounted here"
umount /mnt
n=300
at_end() { umount "$work/out" "$work/state" "$work/drop" 2>/dev/null; }

# full WHAT FOLDER SIZE
full() {
	say "full disk under $1"
	rm -rf "$work/drop" "$work/out" "$work/state" "$work/feed" "$work/stop" "$work/ends" "$work"/*.log
	site paths.state="$work/state" ingest.settle=20ms ingest.scan_settle=200ms ingest.rescan=500ms ingest.ready=300ms
	mkdir -p "$work/state"
	mount -t tmpfs -o "size=$3,mode=755" none "$2"
	feed=$work/feed # on the file system of the drop folder, so that rename works
	[ "$1" != drop ] || feed=$work/drop/.feed
	"$bin/wiregen" --out "$feed" --count $n --copies 10 --seed 31 || fail wiregen
	supervise ingest "$bin/copytaster-ingest" --config "$work/copytaster.conf"
	supervise w1 "$bin/copytaster-worker" --config "$work/copytaster.conf" --worker.name=w1
	wait_for 20 "ingest is up" test -S "$spool/ingest.sock"
	move_in "$feed" || fail "no room for the articles themselves"
	if [ "$1" = drop ]; then
		wait_for 60 "the first are done" settled 20
		dd if=/dev/zero of="$work/drop/.ballast" bs=4k 2>/dev/null
	fi
	wait_for 60 "somebody says that the disk is full" grep -qhE 'No space left|ENOSPC|disk is full' "$work/ingest.log" "$work/w1.log"
	sleep 2
	expect "failed files while the disk is full" "$(count "$spool/failed")" 0
	expect "files accounted for" "$(($(count "$spool/done") + $(count_active) + $(count "$work/drop")))" $n
	say "full with $(count "$spool/done") of $n done; the message: $(grep -hE 'No space left|ENOSPC|disk is full' "$work/ingest.log" "$work/w1.log" | head -n 1 | cut -c1-200)"
	lines=$(cat "$work"/*.log | wc -l)
	[ "$lines" -lt 400 ] || fail "$lines log lines: one message was asked for, not a flood"
	rm -f "$work/drop/.ballast"
	mount -o remount,size=256m "$2"
	wait_for 120 "all is done after the disk has room again" settled $n
	stop_all w1 ingest
	outputs --articles $n
	audit
	umount "$2"
}

mkdir -p "$work/out" "$work/state" "$work/drop"
full out "$work/out" 256k
full state "$work/state" 512k
full drop "$work/drop" 4m
passed
