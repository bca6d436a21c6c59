# Code that `.ci/openapi` and `.ci/openapi-control` source after `steps.sh`: programs with a document, and schemathesis.

PYTHON="$TOOLS/openapi-python"
if [ ! -x "$PYTHON/bin/schemathesis" ]; then
    python3 -m venv "$PYTHON"
    "$PYTHON/bin/pip" install -q schemathesis==4.32.5 openapi-spec-validator==0.9.0 tomli-w msgpack
fi

BUILT="${CARGO_TARGET_DIR:-target}/debug"
FOLDER="$(mktemp -d)"
SERVER=
stop() {
    [ -z "$SERVER" ] || kill "$SERVER" 2>/dev/null || true
    SERVER=
}
trap 'stop; rm -rf "$FOLDER"' EXIT

# Starts a program on a free port, and saves its document: `start shop`. Its database is a new file.
start() {
    local port
    port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
    URL="http://127.0.0.1:$port"
    PORT="$port" DATABASE="$FOLDER/$1.db" "$BUILT/$1" >"$FOLDER/$1.log" 2>&1 &
    SERVER=$!
    for _ in $(seq 100); do
        curl -sf "$URL/openapi.json" -o "$FOLDER/$1.json" && return 0
        sleep 0.1
    done
    cat "$FOLDER/$1.log"
    return 1
}

# Sends valid and invalid requests that are made from the document: `send_requests shop`, with options of schemathesis
# behind the name. Fails if there is a failure.
send_requests() {
    local settings="$PWD/tests/openapi"
    # It writes a cache into the current folder.
    (cd "$FOLDER" && SCHEMATHESIS_HOOKS=hooks PYTHONPATH="$settings" TOKEN="${TOKEN:-secret}" \
        "$PYTHON/bin/schemathesis" --config-file "$settings/schemathesis.toml" run "$URL/openapi.json" \
        --mode all --max-examples "${EXAMPLES:-100}" --no-color --generation-deterministic "${@:2}" \
        >"$FOLDER/$1.txt" 2>&1)
}
