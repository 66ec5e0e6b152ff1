#!/usr/bin/env bash
# The engine's tests on SpiderMonkey with its own assertions, once without and once for each way to make
# the collector a nuisance. Shows values that are not rooted, missing barriers and misused interfaces.
#
#   HOLDFAST_GC_ZEAL=7,3 scripts/test-zeal.sh values     one mode (or several, with spaces), some tests
#
# The library is another one than usual and so is the target folder. It comes prebuilt from the file
# that MOZJS_ARCHIVE_DEBUG names, else from ../shared/cache, else from source (18 minutes on two cores).
set -euo pipefail
cd "$(dirname "$0")/.."

archive=${MOZJS_ARCHIVE_DEBUG:-}
if [ -z "$archive" ]; then
  triple=$(rustc -vV | sed -n 's/^host: //p')
  cached=$PWD/../shared/cache/libmozjs-$triple-debugmozjs-O3.tar.gz
  if [ -f "$cached" ]; then archive=$cached; fi
fi
if [ -n "$archive" ]; then
  export MOZJS_ARCHIVE=$archive
else
  unset MOZJS_ARCHIVE # the usual one has no assertions
fi
export CARGO_TARGET_DIR=${ZEAL_TARGET_DIR:-$PWD/target-zeal}

# Mode, then how often. 2: collects everything at every nth allocation. 4: checks the barriers before
# writes. 7: collects the nursery. 10: collects in many slices. 11: checks what incremental marking
# found. 14: compacts, so that everything moves. 15: walks the heap after each collection.
modes=${HOLDFAST_GC_ZEAL:-none 2,7 4,3 7,3 10,9 11,31 14,5 15,61}

# One fills the heap to its limit, object by object, which would take hours; the other counts what is left until the
# collector comes by itself.
its_own_time='test(a_heap_limit_stops_a_hungry_script_and_the_realm_goes_on) | test(host_objects_do_not_pile_up)'

failed=()
for mode in $modes; do
  echo "== GC zeal: $mode"
  without='none()'
  unset HOLDFAST_GC_ZEAL
  if [ "$mode" != none ]; then
    export HOLDFAST_GC_ZEAL=$mode
    without=$its_own_time
  fi
  cargo nextest run -p holdfast-engine --features debugmozjs --no-fail-fast -E "not ($without)" "$@" ||
    failed+=("$mode")
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "error: tests failed under GC zeal ${failed[*]}" >&2
  echo "  one mode again: HOLDFAST_GC_ZEAL=${failed[0]} scripts/test-zeal.sh" >&2
  exit 1
fi
