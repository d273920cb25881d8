#!/usr/bin/env bash
# `cmake --install` gives the layout, its config passes the check, and the .deb holds the same with its maintainer scripts.
#
#     package.sh BIN BUILD
. "$(dirname "$0")/../lib.sh"
build=$2
grep -q 'COPYTASTER_SANITIZE:BOOL=ON' "$build/CMakeCache.txt" && skip "a package is made of the release build"
DESTDIR=$work/root cmake --install "$build" --prefix /usr >"$work/install.log" 2>&1 || fail "cmake --install"
for file in usr/bin/copytaster usr/bin/copytaster-ingest usr/bin/copytaster-worker etc/copytaster/copytaster.conf \
	usr/lib/systemd/system/copytaster.target usr/lib/systemd/system/copytaster-ingest.service \
	usr/lib/systemd/system/copytaster-worker@.service usr/lib/sysusers.d/copytaster.conf usr/lib/tmpfiles.d/copytaster.conf \
	usr/share/doc/copytaster/copyright; do
	[ -s "$work/root/$file" ] || fail "cmake --install does not bring $file"
done
"$work/root/usr/bin/copytaster" check --config "$work/root/etc/copytaster/copytaster.conf" >"$work/check.log" 2>&1 ||
	fail "the installed config does not pass: $(cat "$work/check.log")"
for program in ingest worker; do
	"$work/root/usr/bin/copytaster-$program" --config "$work/root/etc/copytaster/copytaster.conf" --check >"$work/check.log" 2>&1 ||
		fail "copytaster-$program --check of the installed config: $(cat "$work/check.log")"
done
# The config names every option, and what stands behind each '#' is the default: with all of them taken away it is the same.
same() { "$bin/copytaster-worker" --config "$1" --check >"$2" 2>&1 || fail "$1 does not pass: $(cat "$2")"; }
same "$work/root/etc/copytaster/copytaster.conf" "$work/as-installed.log"
sed -E 's/^#([a-z_]+ =)/\1/' "$work/root/etc/copytaster/copytaster.conf" >"$work/all.conf"
same "$work/all.conf" "$work/all.log"
cmp "$work/as-installed.log" "$work/all.log" || fail "a default in the config is not the program's: $(diff "$work/as-installed.log" "$work/all.log")"
expect "options that the config does not name" \
	"$(grep -oE '^[a-z_]+ =' "$work/all.log" | sort | comm -23 - <(grep -oE '^[a-z_]+ =' "$work/all.conf" | sort))" ""

if command -v systemd-sysusers >/dev/null && command -v systemd-tmpfiles >/dev/null; then
	mkdir -p "$work/root/var/lib" "$work/root/run"
	systemd-sysusers --root="$work/root" copytaster.conf >"$work/sysusers.log" 2>&1 || fail "systemd-sysusers: $(cat "$work/sysusers.log")"
	expect_text "sysusers" "$work/root/etc/passwd" '^copytaster:'
	if [ "$(id -u)" -eq 0 ]; then
		systemd-tmpfiles --root="$work/root" --create copytaster.conf >"$work/tmpfiles.log" 2>&1 || fail "systemd-tmpfiles: $(cat "$work/tmpfiles.log")"
		for folder in drop spool state out; do
			[ -d "$work/root/var/lib/copytaster/$folder" ] || fail "tmpfiles does not make $folder"
		done
		expect "mode of the drop folder" "$(stat -c %a "$work/root/var/lib/copytaster/drop")" 2770
	fi
fi

command -v dpkg-shlibdeps >/dev/null || { say "no dpkg-dev: the .deb is not built"; passed; }
(cd "$work" && cpack --config "$build/CPackConfig.cmake" -B "$work/deb") >"$work/cpack.log" 2>&1 || fail "cpack: $(tail -n 20 "$work/cpack.log")"
deb=$(ls "$work"/deb/*.deb) || fail "no .deb"
dpkg-deb -c "$deb" >"$work/contents.log"
for file in ./usr/bin/copytaster ./usr/bin/copytaster-ingest ./usr/bin/copytaster-worker ./etc/copytaster/copytaster.conf \
	./usr/lib/systemd/system/copytaster-ingest.service ./usr/lib/systemd/system/copytaster-worker@.service \
	./usr/lib/systemd/system/copytaster.target ./usr/lib/sysusers.d/copytaster.conf ./usr/lib/tmpfiles.d/copytaster.conf; do
	grep -q " $file\$" "$work/contents.log" || fail "the .deb lacks $file"
done
dpkg-deb -e "$deb" "$work/control"
for script in postinst prerm postrm; do
	[ -x "$work/control/$script" ] || fail "the .deb lacks $script"
	sh -n "$work/control/$script" || fail "$script is no shell"
done
expect "conffiles" "$(cat "$work/control/conffiles")" /etc/copytaster/copytaster.conf
for library in libzmq5 libprotobuf-c1 liblmdb0 libsystemd0 systemd; do
	expect_text "dependencies" "$work/control/control" "^Depends:.*\\b$library\\b"
done
say "$(basename "$deb"): $(stat -c %s "$deb") bytes; $(grep '^Depends' "$work/control/control")"
passed
