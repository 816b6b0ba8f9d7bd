//! The Python of the blind sets, compiled by each interpreter that this machine has: bytecode must give what
//! the source gives.

use super::template::Filler;
use super::{fill, judge, seeds};
use crate::support::{project, scan};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

/// Compiles what lies in a folder, and leaves nothing but bytecode.
const COMPILE: &str = "
import os, py_compile, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        source = os.path.join(folder, name)
        if name.endswith('.py'):
            py_compile.compile(source, source + 'c', name, True)
        os.remove(source)
";

/// Interpreters from 3.6 on, by version: the default one, and those of pyenv.
fn interpreters() -> BTreeMap<String, PathBuf> {
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let root = root.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".pyenv")));
    let installed = root.into_iter().flat_map(|root| std::fs::read_dir(root.join("versions"))).flatten().flatten();
    let installed = installed.map(|version| version.path().join("bin/python3"));
    let version = |python: &PathBuf| {
        let program = "import sys; print('3.%02d' % sys.version_info[1])";
        let output = Command::new(python).args(["-c", program]).output().ok()?;
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    };
    let found = installed.chain([PathBuf::from("python3")]);
    found
        .filter_map(|python| Some((version(&python)?, python)))
        .filter(|(version, _)| version >= &"3.06".to_owned())
        .collect()
}

#[test]
fn what_python_compiles_to_gives_what_the_source_gives() {
    let interpreters = interpreters();
    assert!(!interpreters.is_empty());
    let mut wrong = Vec::new();
    for (version, python) in &interpreters {
        let target = tempfile::tempdir().unwrap();
        let mut filler = Filler::new(seeds().start);
        for folder in ["texts/python", "texts/py", "texts/kinds", "clean"] {
            let base = project("testdata/blind").join(folder);
            fill(&base, &base, &target.path().join(folder), &mut filler);
        }
        let output = Command::new(python).args(["-c", COMPILE]).arg(target.path()).output().unwrap();
        assert!(output.status.success(), "{version}: {}", String::from_utf8_lossy(&output.stderr));
        let (report, _) = scan(target.path().to_str().unwrap());
        filler.planted.retain(|one| one.file.ends_with(".py"));
        assert!(filler.planted.len() > 100);
        wrong.extend(judge(&report, &filler.planted).into_iter().map(|line| format!("{version}: {line}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
