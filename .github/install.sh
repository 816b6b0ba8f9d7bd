#!/usr/bin/env bash
# Puts keysift on the PATH of the following steps: the one that is there already, the one of the release
# that the action was asked for, or one that is built of the action's own sources.
set -euo pipefail

if command -v keysift >/dev/null; then
  keysift --version
  exit
fi

folder=$RUNNER_TEMP/keysift-bin
mkdir -p "$folder"

# release TARGET: the archive of a release, if the action was asked for by its tag.
release() {
  local archive=keysift-$1.tar.gz
  [[ $ACTION_REF =~ ^v[0-9]+\.[0-9]+\.[0-9]+ ]] || return 1
  local base=$SERVER/$ACTION_REPOSITORY/releases/download/$ACTION_REF
  curl --proto '=https' --fail --silent --show-error --location --retry 3 \
    --output "$folder/$archive" "$base/$archive" --output "$folder/$archive.sha256" "$base/$archive.sha256" || return 1
  # A wrong checksum is no reason to look elsewhere.
  (cd "$folder" && sha256sum --check "$archive.sha256" && tar -xzf "$archive" keysift) || exit 2
}

case "$RUNNER_OS-$RUNNER_ARCH" in
  Linux-X64) release x86_64-unknown-linux-musl && found=yes ;;
  Linux-ARM64) release aarch64-unknown-linux-musl && found=yes ;;
esac
if [ -z "${found:-}" ]; then
  cargo install --locked --path "$ACTION_PATH" --root "$RUNNER_TEMP/keysift-build"
  mv "$RUNNER_TEMP/keysift-build/bin/"keysift* "$folder/"
fi

"$folder/keysift" --version
echo "$folder" >>"$GITHUB_PATH"
