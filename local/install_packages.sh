#!/usr/bin/env bash
# Installs Debian packages that tests look through: a browser and a PDF reader that are not ours.
# Without root, or not on Debian, it says which checks are left out. CI leaves none out.
set -euo pipefail
missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v pdfsig >/dev/null || missing+=(poppler-utils)
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "Installing ${missing[*]}"
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
elif [ -n "${CI:-}" ]; then
  echo "CI needs ${missing[*]}, and cannot install them here" >&2; exit 1
else
  echo "Left out, because ${missing[*]} cannot be installed here: the browser tests (chromium), the checks of sealed PDFs by pdfsig (poppler-utils)"
fi
