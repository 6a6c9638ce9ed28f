#!/usr/bin/env bash
# Pins every requirement with hashes and without any registry's address: `make lock`.
set -euo pipefail
cd "$(dirname "$0")"
compile() { python -m piptools compile -q --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
  --no-annotate --no-header --strip-extras --allow-unsafe "$@"; }
compile -o development.txt development.in
for layer in dependencies documents imaging; do
  compile -c development.txt -o "../layers/$layer/python/requirements.txt" "$layer.in"
done
compile -c development.txt -o local.txt local.in
compile -o deploy.txt deploy.in
