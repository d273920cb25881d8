#!/usr/bin/env bash
# The units: systemd finds nothing to complain about, each is hardened (exposure 1.5 or less), and the programs get by with
# the system calls that their units allow.
. "$(dirname "$0")/../lib.sh"
command -v systemd-analyze >/dev/null || skip "no systemd-analyze here (package systemd)"
mkdir "$work/units"
cp "$top"/deploy/systemd/* "$work/units"
# verify wants to find the programs.
sed -i "s|^ExecStart=copytaster|ExecStart=$bin/copytaster|" "$work"/units/*.service
cp "$work/units/copytaster-worker@.service" "$work/units/copytaster-worker@1.service"
cp "$work/units/copytaster-worker@.service" "$work/units/copytaster-worker@2.service"
cd "$work/units" || fail "no folder for the units"

grep -q 'ExecStart=/.*/copytaster-ingest --config' copytaster-ingest.service || fail "no ExecStart in the ingest unit"
systemd-analyze verify --man=no ./copytaster.target ./copytaster-ingest.service ./copytaster-worker@1.service >"$work/verify.log" 2>&1 ||
	fail "systemd-analyze verify: $(cat "$work/verify.log")"
[ ! -s "$work/verify.log" ] || fail "systemd-analyze verify: $(cat "$work/verify.log")"
for unit in copytaster-ingest.service copytaster-worker@1.service; do
	systemd-analyze security --offline=true --threshold=15 --no-pager "./$unit" >"$work/security.log" 2>&1 ||
		fail "$unit is more exposed than 1.5: $(tail -n 2 "$work/security.log")"
	say "$(grep -o 'Overall exposure.*' "$work/security.log")"
done

# The filter cannot be tried without a running systemd: compare what a run calls with what the unit allows.
command -v strace >/dev/null && strace -f -o /dev/null true 2>/dev/null || { say "no strace: system calls not compared"; passed; }
grep -qE 'asan|libasan' <(ldd "$bin/copytaster-ingest") && { say "sanitizers call more than the program: not compared"; passed; }
site ingest.settle=20ms
"$bin/wiregen" --out "$work/feed" --count 300 --seed 14 || fail wiregen
start ingest strace -f -qq -o "$work/ingest.calls" "$bin/copytaster-ingest" --config "$work/copytaster.conf"
start w1 strace -f -qq -o "$work/worker.calls" "$bin/copytaster-worker" --config "$work/copytaster.conf" --worker.name=w1
wait_for 30 "ingest is up" test -S "$spool/ingest.sock"
move_in "$work/feed"
wait_for 60 "all is done" settled 300
for name in w1 ingest; do
	pkill -TERM -P "$(pid_of $name)"
	wait_for 30 "$name ended" gone "$(pid_of $name)"
done
python3 "$here/flow/syscalls.py" "$work/units/copytaster-ingest.service" "$work/ingest.calls" || fail "ingest"
python3 "$here/flow/syscalls.py" "$work/units/copytaster-worker@1.service" "$work/worker.calls" || fail "worker"
passed
