#!/usr/bin/env bash
# Installs what the tests need, builds with no warning, runs every test, and ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DEBIAN_FRONTEND=noninteractive NPM_CONFIG_UPDATE_NOTIFIER=false

step() { printf '\n== %s  (%s)\n' "$1" "$(date +%H:%M:%S)"; }

packages=(chromium fonts-wqy-microhei postgresql redis-server default-jdk-headless libpdfbox2-java libbcpkix-java
          qpdf poppler-utils librsvg2-bin ghostscript groff mupdf-tools python3-reportlab img2pdf valgrind openssl)
step "Debian packages"
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
command -v node >/dev/null || missing+=(nodejs npm)
if ((${#missing[@]})); then
  echo "installing: ${missing[*]}"
  apt-get update -qq
  # PostgreSQL and Redis are started by the tests themselves, on ports of their own.
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  rm -f /usr/sbin/policy-rc.d
fi

step "Node peers"
npm ci --prefix Tests/Peers/node --silent --no-audit --no-fund

step "Build"
dotnet build BztCluster.sln -c Release -nologo -v q
./run.sh build-app

step "Tests"
rm -rf TestResults && mkdir TestResults
Tests/bin/Release/net10.0/Bzt.Tests -xml TestResults/tests.xml -noLogo "$@" || true

step "Features"
dotnet run Tests/features-report.cs -- docs/features.md TestResults/tests.xml TestResults/features.tsv

# The counts come from the results file: a run that crashed has none, and fails here.
assembly=$(grep -m1 -o '<assembly [^>]*' TestResults/tests.xml)
count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$assembly"; }
passed=$(count passed); failed=$(( $(count failed) + $(count errors) )); skipped=$(count skipped)
grep -o '<test [^>]*result="Fail"[^>]*' TestResults/tests.xml | sed -n 's/.* name="\([^"]*\)".*/failed: \1/p' || true
echo
if ((skipped)); then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
((failed == 0 && passed > 0))
