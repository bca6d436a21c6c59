#!/usr/bin/env bash
# Copies RapiDoc from its package on npm, unchanged, and checks the copies. Requires npm.
#
# For another version, change VERSION, run this, review the difference and replace the checksums.
set -euo pipefail
cd "$(dirname "$0")"
VERSION=9.3.8

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
npm pack --silent --pack-destination "$scratch" "rapidoc@$VERSION" >/dev/null
tar -xzf "$scratch/rapidoc-$VERSION.tgz" -C "$scratch"
cp "$scratch"/package/dist/rapidoc-min.js{.gz,.LICENSE.txt} "$scratch/package/LICENSE.txt" .

sha256sum --check <<'SUMS'
b083f080f1727f019ccf551228392e0fc39a0be450ba19bca451ea31d6be2ec9  rapidoc-min.js.gz
b6366d212427ca41732dd93ce56a47ceaf7a0902edc2e90b22ca6a9d6feff20e  rapidoc-min.js.LICENSE.txt
92682ac573adb5e1357f1f41dd0eaa2f0e9dd6116b569218978c2469c1cd085c  LICENSE.txt
SUMS
