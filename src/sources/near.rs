//! A near name: the one that was perhaps meant by another.

/// The name with the fewest edits, if they are few for its length.
pub fn nearest(typed: &str, names: impl IntoIterator<Item = String>) -> Option<String> {
    let near = names.into_iter().map(|name| (edits(typed, &name), name));
    near.filter(|(edits, name)| *edits <= 1 + name.len() / 5).min().map(|(_, name)| name)
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
    use super::{edits, nearest};

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("orders.jar", "orders.jar"), 0);
        assert_eq!(edits("oders.jra", "orders.jar"), 3);
        assert_eq!(edits("", "abc"), 3);
    }

    #[test]
    fn only_near_names_are_told() {
        let names = || ["orders", "payments"].map(str::to_owned);
        assert_eq!(nearest("ordrs", names()).as_deref(), Some("orders"));
        assert_eq!(nearest("clicks", names()), None);
    }
}
