#!/usr/bin/env bash
# Proves that both commands work on a Debian 12 with nothing on it: makes such a root with debootstrap, clones this repository
# into it, and runs deploy/quickstart.sh and tests/run.sh there.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
	cat <<'TEXT'
Usage: tests/bare_root.sh [--root DIR] [--mirror URL] [--user] [quickstart|tests|package|all]

Needs root, debootstrap, about 3 GB and a package mirror: the one that apt on this machine uses, unless told otherwise.
What is committed (HEAD) is cloned. The root is kept; give it again with --root to save the download.

  quickstart   deploy/quickstart.sh --once, twice
  tests        tests/run.sh
  package      builds the .deb, installs it into the root, checks the service layout
  --user       quickstart as an ordinary user with sudo

Example:
  tests/bare_root.sh all
  tests/bare_root.sh --root /var/tmp/bare tests
TEXT
}

# In a mount namespace of its own, so that no mount outlives the script.
if [ -z "${BARE_ROOT_INNER:-}" ] && [ "$(id -u)" -eq 0 ]; then
	exec env BARE_ROOT_INNER=yes unshare -m bash "$PWD/tests/bare_root.sh" "$@"
fi

root=/var/tmp/copytaster-bare
mirror=
user=
what=all
while [ $# -gt 0 ]; do
	case $1 in
	--root) root=$2; shift ;;
	--mirror) mirror=$2; shift ;;
	--user) user=yes ;;
	--help | -h) usage; exit 0 ;;
	quickstart | tests | package | all) what=$1 ;;
	*) usage >&2; exit 64 ;;
	esac
	shift
done
[ "$(id -u)" -eq 0 ] || { echo "debootstrap needs root." >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "Install debootstrap first." >&2; exit 1; }

# The first Debian mirror of this machine's apt, in either of its formats.
if [ -z "$mirror" ]; then
	mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
		sed -nE 's/^URIs: *([^ ]+).*/\1/p; s/^deb +(\[[^]]*\] +)?([^ ]+).*/\2/p' | grep -m 1 '/debian/*$' || true)
fi
[ -n "$mirror" ] || { echo "No Debian mirror in this machine's apt configuration; use --mirror." >&2; exit 1; }

if [ ! -e "$root/etc/debian_version" ]; then
	echo "== debootstrap from $mirror"
	debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 || { tail -n 20 "$root.log"; exit 1; }
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
# Proxies and the like of this machine hold for its guest too.
for file in /etc/apt/apt.conf.d/*; do
	! grep -qiE 'proxy|check-(date|valid)' "$file" || cp "$file" "$root/etc/apt/apt.conf.d/"
done
# A mount point of its own: without it no test in there could make a mount namespace.
mount --bind "$root" "$root"
for file in proc sys dev dev/pts dev/shm; do
	mount --bind "/$file" "$root/$file"
done

# A clean clone: what is committed and nothing else.
rm -rf "$root/srv/copytaster"
git clone -q --no-hardlinks "$PWD" "$root/srv/copytaster"
in_root() {
	chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb \
		bash -c "cd /srv/copytaster && $1"
}

if [ "$what" = quickstart ] || [ "$what" = all ]; then
	run="deploy/quickstart.sh --once"
	if [ -n "$user" ]; then
		in_root 'apt-get -q update && apt-get -qy install --no-install-recommends sudo && { id reporter 2>/dev/null || useradd -m reporter; } &&
			echo "reporter ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/reporter && chown -R reporter: .' >"$root.log" 2>&1
		run="setpriv --reuid=reporter --regid=reporter --init-groups env HOME=/home/reporter deploy/quickstart.sh --once"
	fi
	echo "== quickstart"
	in_root "$run"
	echo "== quickstart again"
	in_root "$run"
fi
if [ "$what" = package ] || [ "$what" = all ]; then
	echo "== package"
	in_root 'apt-get -qy install --no-install-recommends dpkg-dev file >/dev/null && cmake --preset release >/dev/null -DCOPYTASTER_TESTS=OFF &&
		cmake --build --preset release >/dev/null && cd build/release && cpack -G DEB >/dev/null && apt-get -qy install --no-install-recommends ./*.deb >/dev/null &&
		ls -ld /var/lib/copytaster/* /run/copytaster && getent passwd copytaster && copytaster check --config /etc/copytaster/copytaster.conf >/dev/null &&
		cp /usr/share/copytaster/sample/*.txt /var/lib/copytaster/drop/ && chown nobody /var/lib/copytaster/drop/*.txt &&
		setpriv --reuid=copytaster --regid=copytaster --init-groups copytaster run --config /etc/copytaster/copytaster.conf --once >/dev/null &&
		[ "$(ls /var/lib/copytaster/spool/done | wc -l)" -ge 12 ] && rm -rf /var/lib/copytaster/spool/* /var/lib/copytaster/state/* /var/lib/copytaster/out/* /var/lib/copytaster/out/.ledger &&
		apt-get -qy purge copytaster >/dev/null && [ ! -e /etc/copytaster ] && [ -d /var/lib/copytaster/drop ]'
	echo "package: installed, ran once as its own user, purged."
fi
if [ "$what" = tests ] || [ "$what" = all ]; then
	echo "== tests/run.sh"
	in_root tests/run.sh
fi
