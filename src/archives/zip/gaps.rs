//! Gaps: the bytes of a zip that no listed entry, directory or end record covers.

use super::entry::Extent;

/// Fewer bytes than this hold nothing.
const TRIFLE: u64 = 4;

/// What the known parts of an archive leave over.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Coverage {
    pub(super) gaps: Vec<Extent>,
    /// Parts that begin inside of another one.
    pub(super) overlaps: usize,
}

/// Lays the parts out over `length` bytes.
pub(super) fn coverage(mut parts: Vec<Extent>, length: u64) -> Coverage {
    parts.sort_unstable();
    let mut coverage = Coverage::default();
    let mut covered = 0;
    for (start, end) in parts {
        if start > covered && start - covered >= TRIFLE {
            coverage.gaps.push((covered, start.min(length)));
        } else if start < covered && end > start {
            coverage.overlaps += 1;
        }
        covered = covered.max(end);
    }
    if length > covered && length - covered >= TRIFLE {
        coverage.gaps.push((covered, length));
    }
    coverage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_lie_between_parts_whatever_their_order() {
        let found = coverage(vec![(50, 60), (10, 20), (22, 50)], 100);
        assert_eq!(found, Coverage { gaps: vec![(0, 10), (60, 100)], overlaps: 0 });
    }

    #[test]
    fn parts_in_the_same_bytes_overlap() {
        assert_eq!(coverage(vec![(0, 50), (0, 50), (40, 60)], 60), Coverage { gaps: vec![], overlaps: 2 });
    }
}
