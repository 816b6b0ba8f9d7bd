#!/usr/bin/env bash
# Fetches the test archives of others for benches/planted.py: of Go's and Python's standard libraries, of
# crates, of Go modules, of Python packages and of Apache Commons Compress. One folder for each.
#
#   benches/collections.sh [DIR]     DIR defaults to benches/.collections
#
# Needs cargo, go, mvn and python3 with pip. Packages are pinned by version and checksum; what the installed Go
# and Python bring is taken as it is. What is there already is not fetched again.
set -euo pipefail

dir=${1:-$(cd "$(dirname "$0")" && pwd)/.collections}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

# take NAME FROM: the files of a folder that may be archives, up to two megabytes. planted.py knows them by their bytes.
take() {
  [ -d "$2" ] || return 0
  mkdir -p "$work/out/$1"
  (cd "$2" && find . -type f -size -2048k \
    ! -name '*.rs' ! -name '*.go' ! -name '*.[ch]' ! -name '*.py' ! -name '*.pyc' ! -name '*.md' ! -name '*.po' \
    ! -name '*.html' ! -name '*.class' ! -name '*.toml' -print0 \
    | xargs -0 --no-run-if-empty cp --parents --target-directory="$work/out/$1")
  chmod -R u+w "$work/out/$1"
}

# collection NAME: whether it is to be fetched.
collection() { [ ! -e "$dir/$1" ]; }

# done_with NAME
done_with() {
  mv "$work/out/$1" "$dir/$1"
  echo "$dir/$1: $(find "$dir/$1" -type f | wc -l) files"
}

# module NAME MODULE@VERSION SUM
module() {
  local told
  told=$(cd "$work" && GOFLAGS=-mod=mod go mod download -json "$2")
  if ! grep --quiet --fixed-strings "\"Sum\": \"$3\"" <<<"$told"; then
    echo "$2: not the module the results were measured with" >&2
    exit 1
  fi
  take "$1/$(tr / - <<<"$2")" "$(sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p' <<<"$told")"
}

# python NAME: packages from requirements on standard input, unpacked
python() {
  mkdir -p "$work/pip" "$work/sdists/$1"
  cat >"$work/requirements.txt"
  python3 -m pip download --quiet --no-deps --no-binary :all: --require-hashes --dest "$work/pip" --requirement "$work/requirements.txt"
  for sdist in "$work"/pip/*.tar.gz; do tar -xzf "$sdist" -C "$work/sdists/$1"; done
  rm -rf "$work/pip"
  take "$1/packages" "$work/sdists/$1"
}

if collection go; then
  for name in archive/zip archive/tar compress/{bzip2,flate,gzip,lzw,zlib}; do
    take "go/$(tr / - <<<"$name")" "$(go env GOROOT)/src/$name/testdata"
  done
  # Holds a copy of archive/tar.
  module go github.com/vbatts/tar-split@v0.11.5 h1:3bHCTIheBm1qFTcgh9oPu+nNBtX+XJIupG/vacinCts=
  done_with go
fi

if collection cpython; then
  take cpython/installed "$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')/test"
  # Holds a copy of CPython's tests.
  python cpython <<'REQUIREMENTS'
backports.zstd==1.8.0 --hash=sha256:9dae4f4c481716e3db473d667457b4f508ff7459c0931b567a5c9677fb3db316
REQUIREMENTS
  done_with cpython
fi

if collection python-packages; then
  python python-packages <<'REQUIREMENTS'
libarchive-c==5.3 --hash=sha256:5ddb42f1a245c927e7686545da77159859d5d4c6d00163c59daff4df314dae82
patool==4.0.7 --hash=sha256:08dcb019997f55aa730a873185aeddbb397e2be757157769721942784cb4a97f
REQUIREMENTS
  done_with python-packages
fi

if collection crates; then
  mkdir "$work/fetch"
  printf '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\n' >"$work/fetch/Cargo.toml"
  touch "$work/fetch/lib.rs"
  cat >"$work/crates" <<'CRATES'
astral-tokio-tar 0.7.0 6f2e989b33246fe9240d39accf4dd9a01e0b6c1f3ce9dd095e0a47fa02505523
async-compression 0.4.52 6ad47a740fb906fffdd891e8b6d5fde2511600f7bfaebd68939fa08a14999459
async_zip 0.0.19 fb7f5f40e1eb30949a266fc900d37fd3267c7baf50c3705ac09c5d8ced5def63
bzip2 0.6.1 f3a53fac24f34a81bc9954b5d6cfce0c21e18ec6959f44f56e8e90e4bb7c346c
bzip2-sys 0.1.13+1.0.8 225bff33b2141874fe80d71e07d6eec4f85c5c216453dd96388240f96e1acc14
compress-tools 0.16.1 51fb07cbf6204adb9e71af7b689dc5caeca6147f9d9dd5c8f9ae3447147012c0
flate2 1.1.11 626d4928326b646e70f65ed36fc7cf9f206bdb68a0019ee7c6b4709da4e084c4
inflate 0.4.5 1cdb29978cc5797bd8dcc8e5bf7de604891df2a8dc576973d71a281e916db2ff
libdeflater 1.26.1 0cbb8285d2e2bd4b8d4155840ae81929354b4ba0d7b3c272c84761ffa2141e1f
libflate 1.4.0 5ff4ae71b685bbad2f2f391fe74f6b7659a34871c08b210fdc039e43bee07d18
lzma-sys 0.1.20 5fda04ab3764e6cde78b9974eec4f779acaba7c4e84b36eca3cf77c581b85d27
rawzip 0.5.2 ac9999039f74cd73c03158cddfe4362991703c74efe5ce5c8073026f80a5e48c
ruzstd 0.9.1 69e4ce4a039f42bf25920b95667e4d789e98749ab11bbb8d2c2936f788421bb5
zip 0.6.6 760394e246e4c28189f19d488c058bf16f564016aefac5d32bb1f3b51d5e9261
CRATES
  while read -r name version sum; do echo "$name = \"=$version\"" >>"$work/fetch/Cargo.toml"; done <"$work/crates"
  # With all that they depend on: cargo fetches no crate alone.
  (cd "$work/fetch" && cargo vendor --quiet --versioned-dirs vendor >/dev/null)
  while read -r name version sum; do
    if ! grep --quiet "\"package\":\"$sum\"" "$work/fetch/vendor/$name-$version/.cargo-checksum.json"; then
      echo "$name $version: not the crate the results were measured with" >&2
      exit 1
    fi
    take "crates/$name" "$work/fetch/vendor/$name-$version"
  done <"$work/crates"
  done_with crates
fi

if collection go-modules; then
  module go-modules github.com/STARRY-S/zip@v0.2.1 h1:pWBd4tuSGm3wtpoqRZZ2EAwOmcHK6XFf7bU9qcJXyFg=
  module go-modules github.com/cavaliergopher/cpio@v1.0.1 h1:KQFSeKmZhv0cr+kawA3a0xTQCU4QxXF1vhU7P7av2KM=
  module go-modules github.com/codeclysm/extract/v3@v3.1.1 h1:iHZtdEAwSTqPrd+1n4jfhr1qBhUWtHlMTjT90+fJVXg=
  module go-modules github.com/klauspost/compress@v1.17.11 h1:In6xLpyWOi1+C7tXUUWv2ot1QvBjxevKAaI6IXrJmUc=
  module go-modules github.com/mholt/archiver/v3@v3.5.1 h1:rDjOBX9JSF5BvoJGvjqK479aL70qh9DIpZCl+k7Clwo=
  module go-modules github.com/nlepage/go-tarfs@v1.2.1 h1:o37+JPA+ajllGKSPfy5+YpsNHDjZnAoyfvf5GsUa+Ks=
  module go-modules github.com/pierrec/lz4/v4@v4.1.21 h1:yOVMLb6qSIDP67pl/5F7RepeKYu/VmTyEXvuMI5d9mQ=
  module go-modules github.com/ulikunitz/xz@v0.5.12 h1:37Nm15o69RwBkXM0J6A5OlE67RZTfzUxTj8fB3dfcsc=
  # Some of its archives are in archives, among them those that fuzzing has found.
  python3 - "$work"/out/go-modules/github.com-klauspost-compress* <<'PY'
import pathlib, sys, zipfile

folder = pathlib.Path(sys.argv[1])
for name in "zip/testdata/FuzzReader-raw", "zstd/testdata/bad", "zstd/testdata/good", "zstd/testdata/regression":
    target = folder / name
    target.mkdir()
    with zipfile.ZipFile(f"{target}.zip") as archive:
        for number, entry in enumerate(archive.infolist()):
            if not entry.is_dir() and entry.file_size < 1 << 20:
                (target / f"{number:05}").write_bytes(archive.read(entry))
PY
  done_with go-modules
fi

if collection commons-compress; then
  mvn --batch-mode --quiet dependency:copy -Dartifact=org.apache.commons:commons-compress:1.27.1:jar:tests \
    "-DoutputDirectory=$work/mvn" </dev/null >/dev/null
  sha256sum --check --quiet <<<"b610a355e3fa06c83cb0928256b567a24208d73ad5c9f00f0dd102142b938954  $work/mvn/commons-compress-1.27.1-tests.jar"
  python3 -m zipfile -e "$work/mvn/commons-compress-1.27.1-tests.jar" "$work/commons"
  take commons-compress "$work/commons"
  done_with commons-compress
fi
