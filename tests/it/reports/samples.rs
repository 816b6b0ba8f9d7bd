//! The samples in docs/output.md are what the tool prints.

use crate::support::{keysift, project, stdout};

/// Blocks come in pairs, a command and what it prints; `...` stands for what was left out.
#[test]
fn every_sample_is_current() {
    let text = std::fs::read_to_string(project("docs/output.md")).unwrap();
    let blocks: Vec<&str> = text.split("```").skip(1).step_by(2).collect();
    let mut shown = 0;
    for pair in blocks.windows(2) {
        let Some(words) = pair[0].strip_prefix("\nkeysift ") else { continue };
        let output = stdout(&keysift(&words.split_whitespace().collect::<Vec<_>>()));
        let (_, sample) = pair[1].split_once('\n').unwrap();
        for line in sample.lines().filter(|line| line.trim() != "...") {
            let found = match line.split_once("...") {
                Some((start, end)) => {
                    output.lines().any(|real| real.starts_with(start.trim_end()) && real.ends_with(end))
                }
                None => output.lines().any(|real| real == line),
            };
            assert!(found, "{words}: {line}\n{output}");
        }
        shown += 1;
    }
    assert_eq!(shown, 8, "a sample for each format");
}
