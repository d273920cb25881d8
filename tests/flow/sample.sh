#!/usr/bin/env bash
# The sample feed through `run --once`: every file accounted for, verdicts as deploy/sample/README.md has them, claims that
# stand where they say, and no line of chrome among them.
. "$(dirname "$0")/../lib.sh"
site
cat >"$work/expected.tsv" <<'TSV'
01-ferry.txt             ORIGINAL   -         -
02-ferry-resend.txt      EXACT      -         01-ferry.txt
03-dam.txt               ORIGINAL   -         -
04-ferry-brief.txt       CONTAINED  -         01-ferry.txt|02-ferry-resend.txt
05-grain-wednesday.txt   ORIGINAL   -         -
06-grain-thursday.txt    ORIGINAL   TEMPLATE  -
07-ferry-second-wire.txt ORIGINAL   -         -
08-ferry-longer-take.txt CONTAINS   -         01-ferry.txt|02-ferry-resend.txt
09-ferry-update.txt      NEAR       -         01-ferry.txt|02-ferry-resend.txt
10-city-blog.txt         PARTIAL    -         -
11-dam-light-edit.txt    NEAR       -         03-dam.txt
12-ferry-corrected.txt   NEAR       -         01-ferry.txt|02-ferry-resend.txt|09-ferry-update.txt
TSV

# One by one: the order decides who is the original.
n=0
for file in "$top"/deploy/sample/*.txt; do
	drop "$file"
	n=$((n + 1))
	"$bin/copytaster" run --config "$work/copytaster.conf" --workers 2 --once >"$work/claims.json" 2>"$work/run.log"
	expect "exit status of run --once after $(basename "$file")" $? 0
	expect "files in done/ after $(basename "$file")" "$(count "$spool/done")" "$n"
done
expect "files left in the drop folder" "$(count "$work/drop")" 0
expect "files left in active/" "$(count_active)" 0
expect "receipts" "$(receipts)" "$n"
outputs --articles "$n" --claims-min 40 --closed --verdicts "$work/expected.tsv" \
	--never 'Reporting by' --never 'Read more' --never 'Follow us' --never 'Sign up' --never 'All rights reserved' \
	--never 'HNA/Petra Stahl' --never 'The Lestra Post' --never 'The Sandhaven Courier' \
	--claimed 'at least nine of them drowned' --claimed '11 people died' --claimed '96 people on board'
audit
passed
