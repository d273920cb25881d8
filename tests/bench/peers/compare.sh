#!/usr/bin/env bash
# Compares `copytaster copies` with datasketch and rensa. This part makes the environment they need, once for each
# requirements.txt and Python, and hands over to peers.py.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${PYTHON:-python3}
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/copytaster-peers
wheels=

usage() {
	cat <<'TXT'
Usage: compare.sh [--cache DIR] [--wheels DIR] [OPTION]...

  --cache DIR    where the Python environment is kept (default $XDG_CACHE_HOME/copytaster-peers)
  --wheels DIR   install the packages from this folder, without network. To fill it, on a machine
                 with network and the same Python:  pip download -d DIR -r requirements.txt
  PYTHON         (environment) the Python to use, 3.11 or later (default python3)

Everything else goes to peers.py:

TXT
	# Its --help needs nothing but Python itself.
	exec "$python" -B "$here/peers.py" --help
}

die() {
	printf 'compare.sh: %s\n' "$@" >&2
	exit 1
}

rest=()
while [ $# -gt 0 ]; do
	case $1 in
	--cache=*) cache=${1#*=} ;;
	--wheels=*) wheels=${1#*=} ;;
	--cache | --wheels)
		[ $# -ge 2 ] || die "$1 takes a folder"
		if [ "$1" = --cache ]; then cache=$2; else wheels=$2; fi
		shift
		;;
	-h | --help) usage ;;
	*) rest+=("$1") ;;
	esac
	shift
done

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
	die "$python is missing or older than 3.11; name another one with PYTHON=..."

key=$({ cat "$here/requirements.txt"; "$python" -c 'import sys; print(sys.version, sys.executable)'; } | sha256sum | cut -c1-16)
env=$cache/$key
if [ ! -e "$env/complete" ]; then
	printf 'compare.sh: making the Python environment %s\n' "$env" >&2
	mkdir -p "$cache"
	rm -rf "$env"
	"$python" -m venv "$env" || die "no virtual environment could be made; on Debian: apt install python3-venv"
	from=()
	[ -z "$wheels" ] || from=(--no-index --find-links "$wheels")
	"$env/bin/python" -m pip install --quiet --disable-pip-version-check "${from[@]}" -r "$here/requirements.txt" ||
		die "the packages of $here/requirements.txt could not be installed." \
			"Without network: on a machine that has it and the same Python, run" \
			"    pip download -d wheels -r requirements.txt" \
			"bring the folder here and give it with --wheels wheels."
	: >"$env/complete"
fi
exec "$env/bin/python" -B "$here/peers.py" ${rest[@]+"${rest[@]}"}
