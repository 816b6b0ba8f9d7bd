#!/usr/bin/env bash
# Prints a CycloneDX 1.6 bill of materials of the released binary: every crate that is compiled into it,
# with version, licence and checksum. `deploy/sbom.sh > keysift.cdx.json`; arguments go to `cargo
# metadata`, e.g. --no-default-features or --filter-platform TRIPLE. Needs cargo and Python.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo metadata --format-version 1 --locked "$@" | python3 -c '
import json
import sys
import tomllib

metadata = json.load(sys.stdin)
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
root = metadata["resolve"]["root"]
with open("Cargo.lock", "rb") as file:
    locked = {(p["name"], p["version"]): p.get("checksum") for p in tomllib.load(file)["package"]}


def needed(node):
    """Dependencies of the program, not of its tests."""
    return [d["pkg"] for d in node["deps"] if any(kind["kind"] in (None, "build") for kind in d["dep_kinds"])]


reached, open_ends = {root}, [root]
while open_ends:
    for dependency in needed(nodes[open_ends.pop()]):
        if dependency not in reached:
            reached.add(dependency)
            open_ends.append(dependency)


def purl(package):
    return f"pkg:cargo/{package['"'"'name'"'"']}@{package['"'"'version'"'"']}"


def component(package, kind):
    entry = {
        "type": kind,
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "purl": purl(package),
    }
    if package.get("license"):
        entry["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    checksum = locked.get((package["name"], package["version"]))
    if checksum:
        entry["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package.get("repository"):
        entry["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return entry


ordered = sorted(reached - {root}, key=lambda id: purl(packages[id]))
bom = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "metadata": {"component": component(packages[root], "application")},
    "components": [component(packages[id], "library") for id in ordered],
    "dependencies": [
        {
            "ref": purl(packages[id]),
            "dependsOn": sorted({purl(packages[d]) for d in needed(nodes[id]) if d in reached}),
        }
        for id in [root, *ordered]
    ],
}
json.dump(bom, sys.stdout, indent=2)
print()
'
