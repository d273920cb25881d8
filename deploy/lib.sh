# Shell functions that deploy/quickstart.sh and tests/run.sh share. Sourced, never run.

# The packages of the lists that are not installed, one a line.
packages_missing() {
	local name
	sed -e 's/#.*//' "$@" | while read -r name; do
		[ -n "$name" ] || continue
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
	done
}

# Runs a command as root: directly when we are root, else with sudo.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "Missing packages can only be installed by root, and there is no sudo. Run this as root:" >&2
		echo "    $*" >&2
		return 1
	fi
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 update &&
		as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 \
			install --no-install-recommends "$@"
}

# packages_install LOG LIST…: installs what is missing from the lists; touches nothing when all is there.
packages_install() {
	local log=$1 missing
	shift
	missing=$(packages_missing "$@")
	if [ -z "$missing" ]; then
		echo "Packages: all there."
		return 0
	fi
	command -v apt-get >/dev/null || {
		echo "This needs a Debian 12 system with apt-get. Missing: $(echo $missing)" >&2
		return 1
	}
	# Ask for the password now: later its prompt would vanish in the log.
	[ "$(id -u)" -eq 0 ] || ! command -v sudo >/dev/null || sudo -v
	# shellcheck disable=SC2086  # one word a package
	step "Installing $(echo "$missing" | wc -l) packages" "$log" apt_install $missing
}

# step TITLE LOG COMMAND…: runs it with its output in LOG, shows the seconds go by on a terminal, and the end
# of the log when it fails. Returns the command's status.
step() {
	local title=$1 log=$2 began=$SECONDS status=0 pid line
	shift 2
	echo "== $title: $*" >>"$log"
	if [ -t 1 ]; then
		"$@" >>"$log" 2>&1 </dev/null &
		pid=$!
		while kill -0 "$pid" 2>/dev/null; do
			line=$(tail -c 400 "$log" | tr -cd '[:print:]\n' | grep . | tail -n 1 | cut -c1-60)
			printf '\r\033[K%s … %d s  %s' "$title" $((SECONDS - began)) "$line"
			sleep 0.5
		done
		wait "$pid" || status=$?
		printf '\r\033[K'
	else
		echo "$title …"
		"$@" >>"$log" 2>&1 </dev/null || status=$?
	fi
	if [ "$status" -eq 0 ]; then
		echo "$title: done in $((SECONDS - began)) s."
	else
		echo "$title: failed with status $status after $((SECONDS - began)) s. The end of $log:" >&2
		tail -n 25 "$log" >&2
	fi
	return "$status"
}
