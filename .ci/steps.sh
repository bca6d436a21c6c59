# Code that `.ci/run` and `.ci/full` source. Each step is timed, and the table of the seconds is printed at
# the end, after a failure too.

# Options of cargo for a working tree with changes, which a checkout in CI does not have.
DIRTY=(--allow-dirty)
if [ -n "${CI:-}" ]; then
    DIRTY=()
fi

STEP=
STARTED=0
TABLE=()

# Ends the current step, and starts the one with this name.
step() {
    end_step
    STEP="$1"
    STARTED=$SECONDS
    printf '\n== %s\n' "$STEP"
}

end_step() {
    if [ -n "$STEP" ]; then
        TABLE+=("$(printf '%6d s  %s' $((SECONDS - STARTED)) "$STEP")")
    fi
    STEP=
}

print_table() {
    local code=$?
    local result=passed
    if [ "$code" != 0 ]; then
        result="failed in \"$STEP\""
    fi
    end_step
    printf '\n== seconds of each step\n'
    printf '%s\n' "${TABLE[@]}"
    printf '%6d s  in all: %s\n' "$SECONDS" "$result"
}

trap print_table EXIT
