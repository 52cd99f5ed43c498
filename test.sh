#!/usr/bin/env bash
# Installs what the tests need, builds with no warning, runs every test, and ends with "N passed, N failed".
#   ./test.sh            everything; what follows is handed to the test runner
#   ./test.sh screens    only the tests in a browser, with a picture of each stop in docs/screens
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DEBIAN_FRONTEND=noninteractive NPM_CONFIG_UPDATE_NOTIFIER=false

. ./packages.sh

step() { printf '\n== %s  (%s)\n' "$1" "$(date +%H:%M:%S)"; }

packages=(chromium firefox-esr fonts-wqy-microhei postgresql redis-server default-jdk-headless libpdfbox2-java libbcpkix-java
          prometheus prometheus-alertmanager prometheus-blackbox-exporter prometheus-node-exporter qpdf poppler-utils librsvg2-bin ghostscript groff mupdf-tools python3-reportlab img2pdf valgrind openssl curl softhsm2 opensc zsh
          caddy sslscan busybox docker-compose libfaketime)
[[ ${1:-} != screens ]] || packages+=(pngquant)
step "Debian packages"
command -v node >/dev/null || packages+=(nodejs)
need "${packages[@]}"
# Whose Node is not Debian's brings npm along.
command -v npm >/dev/null || need npm

step "Node peers"
# They load newer modules by require, which Node does from 20.19 on, and of the 22s from 22.12 on. Where the machine's is older (Debian 12's is 18)
# they run on one from npm, beside them and for nobody else.
if ! node -e 'process.exit(process.features.require_module ? 0 : 1)'; then
  runtime=node-linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
  npm install --prefix Tests/Peers/node-runtime "$runtime@20.19.5" --no-save --loglevel error --no-audit --no-fund
  export PATH="$PWD/Tests/Peers/node-runtime/node_modules/$runtime/bin:$PATH"
fi
npm ci --prefix Tests/Peers/node --loglevel error --no-audit --no-fund

step "Build"
dotnet build BztCluster.sln -c Release -nologo -v q
./run.sh build-app

run_tests() { Tests/bin/Release/net10.0/Bzt.Tests -xml "$1" -noLogo -noColor "${@:2}" || true; }
failing() { { grep -o '<test [^>]*result="Fail"[^>]*' "$1" || true; } | sed -n 's/.* type="\([^"]*\)".* method="\([^"]*\)".*/\1.\2/p' | sort -u; }
count() { { grep -o '<assembly [^>]*' "$1" || true; } | sed -n "s/.* $2=\"\([0-9]*\)\".*/\1/p" | head -1; }

if [[ ${1:-} == screens ]]; then
  step "Screens"
  rm -f docs/screens/*.png
  failed=0
  BZT_SCREENS=$PWD/docs/screens Tests/bin/Release/net10.0/Bzt.Tests -noLogo -noColor -namespace Bzt.Tests.Browser || failed=1
  # A palette is enough for flat screens, and a third of the size.
  pngquant --force --skip-if-larger --quality 70-98 --strip --ext .png docs/screens/*.png || true
  echo "$(ls docs/screens | grep -c '\.png$') pictures, $(cat docs/screens/*.png | wc -c | numfmt --to=iec) together"
  exit $failed
fi

step "Tests"
rm -rf TestResults && mkdir TestResults
run_tests TestResults/tests.xml "$@"
[[ -s TestResults/tests.xml ]] || { echo "the test run ended without results"; exit 1; }

# A test that fails is run once more, alone: one that passes then hangs on the machine's load, not on the code. It is named all the same.
mapfile -t first < <(failing TestResults/tests.xml)
passed=$(count TestResults/tests.xml passed); failed=$(( $(count TestResults/tests.xml failed) + $(count TestResults/tests.xml errors) )); skipped=$(count TestResults/tests.xml skipped)
results=(TestResults/tests.xml)
if ((${#first[@]} > 0 && ${#first[@]} <= 5)); then
  step "Once more, alone: ${#first[@]} test(s) that failed"
  run_tests TestResults/again.xml $(printf -- '-method %s ' "${first[@]}")
  if [[ -s TestResults/again.xml ]]; then
    results+=(TestResults/again.xml)
    mapfile -t second < <(failing TestResults/again.xml)
    for test in "${first[@]}"; do
      printf '%s\n' "${second[@]:-}" | grep -qxF "$test" && echo "failed twice: $test" || echo "failed, then passed alone: $test"
    done
    still=$(( $(count TestResults/again.xml failed) + $(count TestResults/again.xml errors) ))
    passed=$(( passed + failed - still )); failed=$still
  fi
fi

step "Features"
dotnet run Tests/features-report.cs -- docs/features.md TestResults/features.tsv "${results[@]}"

echo
if ((skipped)); then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
((failed == 0 && passed > 0))
