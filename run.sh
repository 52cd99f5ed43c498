#!/usr/bin/env bash
# The whole system on this machine.
#   ./run.sh [--lan]           everything embedded, until Ctrl-C (--lan: for a real phone in the same network)
#   ./run.sh demo DIR          the main job without a person; its artifacts in DIR
#   ./run.sh cluster           two silos, two gateways, PostgreSQL, Redis, until Ctrl-C
#   ./run.sh cluster demo DIR  the main job against the cluster
#   ./run.sh compose demo DIR  the main job against the containers of docker-compose.yml (docs/operations.md)
set -euo pipefail
invoked_from=$PWD
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

. ./packages.sh

build() {
  echo "building (the first time takes some minutes) ..."
  dotnet build BztCluster.sln -c Release -nologo -v q "-clp:ErrorsOnly;NoSummary"
}

publish() { # publish NAME DIR PROJECT SOURCES [-- OPTIONS]: unless what lies in DIR is of the very sources that lie here
  local name=$1 dir=$2 project=$3 sources=(global.json Directory.Build.props Directory.Packages.props) stamp=$2.stamp
  shift 3
  while (($#)) && [[ $1 != -- ]]; do sources+=("$1"); shift; done
  # Taken before: what is edited meanwhile is another state than the stamp's. The programs read its first line (Binaries.cs).
  mkdir -p "${dir%/*}"
  { echo "${sources[*]}"; find "${sources[@]}" \( -name obj -o -name bin \) -prune -o -type f -printf '%p %s %T@\n' | LC_ALL=C sort; } > "$stamp"
  if cmp -s "$stamp" "$dir/.stamp"; then rm "$stamp"; return; fi
  echo "publishing $name ..."
  rm -rf "$dir"
  dotnet publish "$project" -c Release -o "$dir" -nologo -v q "-clp:ErrorsOnly;NoSummary" "${@:2}"
  mv "$stamp" "$dir/.stamp"
}

build_app() { publish "the phone app" out/app MobileApp/MobileApp.csproj MobileApp Contracts Protocol; }

# Compiled ahead, as in containers. The gateway's folder holds the silo's program too.
build_cluster() {
  publish "gateway and silo" out/cluster Gateway/Gateway.csproj Protocol Contracts Documents Grains.Interfaces Grains Silo Gateway MobileApp/wwwroot/css MobileApp/wwwroot/icons \
    -- --os linux --no-self-contained
}

in_caller() { case $1 in /*) echo "$1";; *) echo "$invoked_from/$1";; esac; }

demo() { dotnet Samples/Demo/bin/Release/net10.0/bztdemo.dll "$@"; }

need libfontconfig1 fonts-wqy-microhei
case "${1:-}" in
  build-app) build_app ;;
  build-cluster) build_cluster ;;
  ''|--lan) build; build_app; exec dotnet Samples/Demo/bin/Release/net10.0/bztdemo.dll serve ${1:+"$1"} ;;
  demo) [[ -n "${2:-}" ]] || { echo "usage: ./run.sh demo DIR" >&2; exit 2; }
        need librsvg2-bin; build; demo play "$(in_caller "$2")" ;;
  cluster) need postgresql redis-server; build; build_cluster
        if [[ "${2:-}" == demo ]]; then
          [[ -n "${3:-}" ]] || { echo "usage: ./run.sh cluster demo DIR" >&2; exit 2; }
          need librsvg2-bin; demo cluster play "$(in_caller "$3")"
        else build_app; exec dotnet Samples/Demo/bin/Release/net10.0/bztdemo.dll cluster; fi ;;
  compose) [[ "${2:-}" == demo && -n "${3:-}" ]] || { echo "usage: ./run.sh compose demo DIR" >&2; exit 2; }
        need librsvg2-bin; build; SSL_CERT_FILE=$PWD/secrets/tls-ca.crt demo compose play "$(in_caller "$3")" ;;
  *) echo "usage: ./run.sh [--lan] | demo DIR | cluster | cluster demo DIR | compose demo DIR" >&2; exit 2 ;;
esac
