#!/usr/bin/env bash
# Makes secrets/ for a demonstration of docker-compose.yml: random passwords, a certificate authority and a certificate for the host
# and the names under it, two platforms. What the silos need for the providers (secrets/silo.json) comes from the simulators.
#   Samples/Demo/compose-secrets.sh [HOST]     HOST is bzt.localhost when absent
set -euo pipefail
cd "$(dirname "$0")/../.."
host=${1:-bzt.localhost}
[[ ! -e secrets ]] || { echo "secrets/ is there already." >&2; exit 1; }

# The folder is closed; the files in it are open to the containers' user, who is not this one.
mkdir -m 700 secrets
cd secrets
umask 022
secret() { openssl rand -hex "$2" | tr -d '\n' > "$1"; }
secret postgres-password 24
secret platform-secret 24
secret simulators-password 8
secret simulators-token 24
secret grafana-password 8
printf 'Host=postgres;Username=bzt;Password=%s;Database=bzt;Max Auto Prepare=50;Auto Prepare Min Usages=2' "$(<postgres-password)" > storage-connection

# Whoever plays with it looks at Grafana and Prometheus: alerts are kept and reach nobody.
printf 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n' > alertmanager.yml
printf '[{"targets": ["https://%s/health/ready"]}]\n' "$host" > targets.json

console=$(openssl rand -hex 8)
other=$(openssl rand -hex 24)
cat > gateway.json <<END
{
  "CaConsole": { "Password": "$console" },
  "Platforms": [
    { "Id": "yichang-ggzy", "Name": "宜昌公共资源电子交易平台", "RecognitionGroup": "hubei", "ClientSecret": "$(<platform-secret)",
      "RedirectUris": ["https://platform.$host:8443/signin-bzt"] },
    { "Id": "jingzhou-ggzy", "Name": "荆州公共资源交易中心", "RecognitionGroup": "hubei", "ClientSecret": "$other",
      "RedirectUris": ["http://127.0.0.1:8765/callback"], "MaySignHashes": true }
  ]
}
END

# What `./run.sh compose demo` and LoadTests (--secrets) need; no container sees it.
(umask 077; cat > development.json) <<END
{
  "SimulatorsPassword": "$(<simulators-password)", "SimulatorsToken": "$(<simulators-token)", "CaConsolePassword": "$console",
  "PlatformSecret": "$(<platform-secret)", "OtherPlatformSecret": "$other", "TradingPlatformPassword": "none", "SandboxSecret": "none"
}
END

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj "/CN=BztCluster demonstration" \
  -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign -keyout ca.key -out tls-ca.crt 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$host" -keyout tls.key -out tls.csr 2>/dev/null
openssl x509 -req -in tls.csr -CA tls-ca.crt -CAkey ca.key -CAcreateserial -days 365 -out tls.crt 2>/dev/null \
  -extfile <(printf 'subjectAltName=DNS:%s,DNS:*.%s\nextendedKeyUsage=serverAuth\n' "$host" "$host")
# It vouches for this one certificate and is not needed again.
rm ca.key tls.csr tls-ca.srl
chmod 644 tls.key
# PostgreSQL's user in its container, where this one may give folders away.
mkdir -p ../backup/wal
chown -R 999:999 ../backup 2>/dev/null || chmod -R 777 ../backup
echo "secrets/ made for https://$host; trust secrets/tls-ca.crt in the browser that is to use it."
