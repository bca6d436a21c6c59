# Code that `.ci/run` and `.ci/full` source. Each step is timed, and the table of the seconds is printed at
# the end, after a failure too.

export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-never}"
# Nothing is compiled twice from one target directory, so incremental caches would only take time and space.
export CARGO_INCREMENTAL=0
# Enough for backtraces. All of the debug information makes the target directory several times as large.
export CARGO_PROFILE_DEV_DEBUG=line-tables-only

TOOLS="${CI_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/highball-ci}"

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

# Installs a version of a cargo subcommand into $TOOLS, with few optimisations, since it runs for seconds.
install_tool() {
    local name="$1" version="$2" build
    if "$TOOLS/bin/$name" --version 2>/dev/null | grep -qx "$name $version"; then
        return
    fi
    build="$(mktemp -d)"
    CARGO_TARGET_DIR="$build" \
        CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
        CARGO_PROFILE_RELEASE_LTO=off \
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        cargo install "$name" --locked --quiet --version "$version" --root "$TOOLS"
    rm -rf "$build"
}
