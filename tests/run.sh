#!/usr/bin/env bash
# Every test: ASan+UBSan and release, through ctest. Ends with ctest's closing lines; exits 0 only when tests ran and
# all passed.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. deploy/lib.sh

usage() {
	cat <<'TEXT'
Usage: tests/run.sh [--quick] [-R REGEX]

Installs what the tests need (as root or with sudo), builds with ASan+UBSan and as release, and runs all tests with both.

  --quick      only the release build
  -R REGEX     only the tests whose name matches (as ctest -R)
  --help       this text

Example:
  tests/run.sh
  tests/run.sh --quick -R 'unit\.'
TEXT
}

presets="sanitize release"
regex=
while [ $# -gt 0 ]; do
	case $1 in
	--quick) presets=release ;;
	-R) [ $# -gt 1 ] || { usage >&2; exit 64; }; regex=$2; shift ;;
	--help | -h) usage; exit 0 ;;
	*) echo "Unknown option: $1" >&2; usage >&2; exit 64 ;;
	esac
	shift
done

build() {
	cmake --preset "$1" -DCOPYTASTER_TESTS=ON && cmake --build --preset "$1" -j "$(nproc)"
}

# The other compiler has other warnings, and they are errors.
build_clang() {
	CC=clang cmake -S . -B build/clang -G Ninja -DCMAKE_BUILD_TYPE=Debug && cmake --build build/clang -j "$(nproc)"
}

mkdir -p build
log=build/tests.log
: >"$log"
packages_install "$log" deploy/build-deps.txt tests/test-deps.txt
for preset in $presets; do
	step "Building $preset" "$log" build "$preset"
done
if command -v clang >/dev/null; then
	step "Building with clang" "$log" build_clang
else
	echo "No clang here: its warnings are not checked."
fi
# The last run speaks last: an earlier failure ends the script with its own closing lines.
for preset in $presets; do
	echo "== ctest, $preset"
	ctest --preset "$preset" --no-tests=error --output-on-failure -j "$(nproc)" ${regex:+-R "$regex"}
done
