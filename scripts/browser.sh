#!/bin/sh
# What the page tests need from the system: Debian's Chromium and a Chinese font.
set -eu
command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi "noto.*cjk" && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing chromium and fonts-noto-cjk …"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
else
    echo "page tests will be skipped; to run them, once as root: apt-get install chromium fonts-noto-cjk" >&2
fi
