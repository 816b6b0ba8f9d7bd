//! A near name: the one that was perhaps meant by another.

/// Nobody types longer ones; to compare them takes as long as both together.
const LONGEST: usize = 128;

/// The name with the fewest edits, if they are few for its length.
pub fn nearest(typed: &str, names: impl IntoIterator<Item = String>) -> Option<String> {
    if typed.len() > LONGEST {
        return None;
    }
    let near = names.into_iter().map(|name| (edits(typed, &name), name));
    near.filter(|(edits, name)| *edits <= 1 + name.len() / 5).min().map(|(_, name)| name)
}

/// Levenshtein distance, in which two neighbours that changed places count once.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before = vec![0; b.len() + 1];
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut next = vec![i + 1];
        for j in 0..b.len() {
            let mut least = (row[j] + usize::from(a[i] != b[j])).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                least = least.min(before[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{edits, nearest};

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("orders.jar", "orders.jar"), 0);
        assert_eq!(edits("oders.jra", "orders.jar"), 2);
        assert_eq!(edits("", "abc"), 3);
    }

    #[test]
    fn only_near_names_are_told() {
        let names = || ["orders", "payments"].map(str::to_owned);
        assert_eq!(nearest("ordrs", names()).as_deref(), Some("orders"));
        assert_eq!(nearest("clicks", names()), None);
    }
}
