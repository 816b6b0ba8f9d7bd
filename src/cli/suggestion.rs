//! A suggestion: the neighbour whose name is nearly the one that was typed.

use std::fs;
use std::path::Path;

pub(super) fn suggestion(typed: &Path) -> Option<String> {
    let name = typed.file_name()?.to_str()?;
    let folder = typed.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = fs::read_dir(folder).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let near = names.map(|near| (edits(name, &near), near)).filter(|(edits, near)| *edits <= 1 + near.len() / 5);
    let (_, nearest) = near.min()?;
    Some(typed.with_file_name(nearest).to_string_lossy().escape_debug().to_string())
}

/// Levenshtein distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let swap = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = swap.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::edits;

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("orders.jar", "orders.jar"), 0);
        assert_eq!(edits("oders.jra", "orders.jar"), 3);
        assert_eq!(edits("", "abc"), 3);
    }
}
