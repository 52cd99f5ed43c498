#!/usr/bin/env bash
# What is known against the packages the system is made of, and bills of material (CycloneDX) for whoever asks about one later.
#   deploy/dependencies.sh [FOLDER]    the report goes to the terminal, the bills into FOLDER (TestResults/sbom)
# Ends with 0 when nothing is known against any, 1 when something is, 3 when a registry has no advisories to ask: then "none found" says nothing.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
folder=${1:-TestResults/sbom}
result=0
worse() { ((result == 1)) || result=$1; }

echo "== NuGet: advisories and deprecation"
while read -r _ source; do
  [[ $source == http* ]] || continue
  index=$(curl -fsSL --max-time 30 "$source")
  grep -q VulnerabilityInfo <<<"$index" || { echo "$source has no VulnerabilityInfo: it judges no package"; worse 3; }
  # A package that was given up years ago: a registry that does not say so of it does not say so of any.
  registrations=$(grep -o 'https\?://[^"]*registration[^"]*' <<<"$index" | head -1)
  curl -fsSL --compressed --max-time 30 "${registrations%/}/windowsazure.storage/index.json" | grep -q '"deprecation"' || { echo "$source does not tell of deprecation"; worse 3; }
done < <(dotnet nuget list source --format short | grep '^E ')
for question in vulnerable deprecated; do
  if answer=$(dotnet list BztCluster.sln package --$question --include-transitive 2>&1); then
    # A package that has something against it stands in a line that begins with ">".
    if grep -E '^ +>' <<<"$answer"; then
      [[ $question == vulnerable ]] && result=1
    else
      echo "$question: none found"
    fi
  else
    echo "$question: the question failed"; tail -3 <<<"$answer"; worse 3
  fi
done

echo "== npm: advisories (peers of the tests; nothing of npm is in the product)"
if answer=$(npm audit --prefix Tests/Peers/node --json 2>/dev/null); then
  echo "none found"
elif grep -q '"vulnerabilities"' <<<"$answer"; then
  node -e 'for (const [name, of] of Object.entries(JSON.parse(require("fs").readFileSync(0)).vulnerabilities)) console.log(`${name}: ${of.severity} ${of.range}`)' <<<"$answer"
  result=1
else
  echo "the registry does not answer npm audit: nothing is known"; worse 3
fi

echo "== Bills of material"
dotnet tool restore >/dev/null && for project in Gateway Silo MobileApp BidTool; do
  dotnet tool run dotnet-CycloneDX $project/$project.csproj --disable-package-restore --recursive --output "$folder" --filename "$project.json" --output-format Json >/dev/null \
    && echo "$folder/$project.json: $(grep -c '"purl"' "$folder/$project.json") packages" || { echo "$project: no bill; build it first"; worse 3; }
done
exit $result
