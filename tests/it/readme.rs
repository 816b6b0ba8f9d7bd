//! What the README promises of the shipped sample.

use crate::support::{keysift, project, stdout};

#[test]
fn the_shown_output_is_the_real_one() {
    let readme = std::fs::read_to_string(project("README.md")).unwrap();
    let mut blocks = readme.split("```\n").skip(1).step_by(2);
    let command = blocks.find(|block| block.starts_with("cargo run")).unwrap();
    let (_, arguments) = command.trim_end().split_once(" -- ").unwrap();
    let output = stdout(&keysift(&arguments.split(' ').collect::<Vec<_>>()));
    let shown = blocks.next().unwrap();
    for line in shown.lines() {
        // Three dots stand for what was left out.
        let found = match line.strip_suffix("...") {
            Some(start) => output.lines().any(|real| real.starts_with(start.trim_end())),
            None => output.lines().any(|real| real == line),
        };
        assert!(found, "{line}");
    }
}
