#!/usr/bin/env bash
# Installs on Debian, as root, what test/windows needs: Wine 10 or later, and Windows' own Node 20 and 24. Where the
# system's own Wine is older, Wine comes from Debian trixie in a folder of its own, and /usr/local/bin/wine runs it there.
set -euo pipefail
cd "$(dirname "$0")"

npm ci --force --no-audit --no-fund # --force: these packages are for Windows

if [[ "$(wine --version 2>/dev/null)" =~ ^wine-[1-9][0-9] ]]; then exit 0; fi

apt-get update
if [[ "$(apt-cache policy wine)" =~ Candidate:\ [1-9][0-9]\. ]]; then
  apt-get install -y --no-install-recommends wine wine64
  exit 0
fi

home=/var/lib/wine-of-trixie
apt-get install -y --no-install-recommends bubblewrap debootstrap
if [[ ! -x "$home/usr/bin/wine" ]]; then
  rm -rf "$home"
  debootstrap --variant=minbase trixie "$home"
  chroot "$home" sh -c 'apt-get update && apt-get install -y --no-install-recommends wine wine64 && apt-get clean'
fi
# It sees the temporary folder, the home folder and the folder that it is started in.
cat >/usr/local/bin/wine <<RUN
#!/bin/sh
exec bwrap --bind $home / --dev-bind /dev /dev --proc /proc --bind /tmp /tmp --bind "\$HOME" "\$HOME" \\
  --bind "\$PWD" "\$PWD" --chdir "\$PWD" wine "\$@"
RUN
chmod +x /usr/local/bin/wine
