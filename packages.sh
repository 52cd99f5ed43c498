# Sourced by run.sh and test.sh.

# What the programs of this repository start by themselves, on ports and addresses of their own.
own_services=(caddy postgresql prometheus prometheus-alertmanager prometheus-blackbox-exporter prometheus-node-exporter redis-server)

is_installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# need PACKAGE...: installs the Debian packages that are missing. No service of theirs starts now, nor when the machine starts, when it would take a
# port that somebody needs; one that was there before stays as its owner set it.
need() {
  local package service missing=() services=()
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  ((${#missing[@]})) || return 0
  echo "installing ${missing[*]} ..."
  for service in "${own_services[@]}"; do [[ -e /lib/systemd/system/$service.service ]] || services+=("$service"); done
  apt-get update -qq || return 1
  # In a shell of its own, so that the guard goes however the installation ends.
  (
    guard=/usr/sbin/policy-rc.d
    if [[ ! -e $guard ]]; then
      trap 'rm -f "$guard"' EXIT
      printf '#!/bin/sh\nexit 101\n' > "$guard" && chmod +x "$guard" || exit 1
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  ) || return 1
  command -v systemctl >/dev/null || return 0
  for service in "${services[@]}"; do
    [[ ! -e /lib/systemd/system/$service.service ]] || systemctl --quiet disable "$service" 2>/dev/null || echo "the service $service stays enabled"
  done
}
