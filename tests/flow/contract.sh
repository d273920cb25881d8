#!/usr/bin/env bash
# Every output of every verb, read with a plain JSON parser and checked field by field.
. "$(dirname "$0")/../lib.sh"
python3 "$here/flow/contract.py" "$bin" "$work" "$top/docs/man" >"$work/contract.log" 2>&1 || fail "the contract does not hold"
passed
