#!/usr/bin/env python3
"""Runs the steps of action.yml as a runner would, and prints the outputs: `.ci/action.py NAME=INPUT...`.

Steps that use other actions are named and passed over. The exit code is that of the last step. Needs PyYAML.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main():
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    given = dict(word.split("=", 1) for word in sys.argv[1:])
    assert given.keys() <= action["inputs"].keys(), given
    known = {f"inputs.{name}": given.get(name, spec["default"]) for name, spec in action["inputs"].items()}
    known |= {
        "github.action_path": str(ROOT),
        "github.action_ref": "",
        "github.action_repository": "example/keysift",
        "github.server_url": "https://example.com",
    }

    def filled(text):
        return re.sub(r"\$\{\{\s*(\S+?)\s*\}\}", lambda match: known[match[1]], str(text))

    code = 0
    with tempfile.TemporaryDirectory() as runner:
        files = {name: pathlib.Path(runner, name) for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.touch()
        environment = os.environ | {name: str(file) for name, file in files.items()}
        environment |= {"RUNNER_TEMP": runner, "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64"}
        for step in action["runs"]["steps"]:
            print(f"::group::{step['name']}" if "run" in step else f"passed over: {step['name']} ({step['uses']})")
            if "run" not in step:
                continue
            files["GITHUB_OUTPUT"].write_text("")
            settings = {name: filled(value) for name, value in step.get("env", {}).items()}
            # As runners start a step with `shell: bash`.
            words = [step["shell"], "--noprofile", "--norc", "-eo", "pipefail", "-c", filled(step["run"])]
            code = subprocess.run(words, env=environment | settings, check=False).returncode
            for line in files["GITHUB_OUTPUT"].read_text().splitlines():
                name, value = line.split("=", 1)
                known[f"steps.{step.get('id')}.outputs.{name}"] = value
            for folder in files["GITHUB_PATH"].read_text().split():
                environment["PATH"] = f"{folder}:{environment['PATH']}"
            if code != 0:
                break
        for name, spec in action["outputs"].items():
            print(f"{name}: {filled(spec['value'])}")
        sarif = pathlib.Path(filled(action["outputs"]["sarif"]["value"]))
        assert sarif.stat().st_size and files["GITHUB_STEP_SUMMARY"].stat().st_size, "no report, or no summary"
    sys.exit(code)


if __name__ == "__main__":
    main()
