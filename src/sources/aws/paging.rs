//! Paging: the way through a listing that comes page by page, as far as its markers lead.

use super::failure::Failure;

/// Finds out whether markers lead in a circle, by comparing each with one of those before it, which is replaced
/// after 1, 2, 4, … steps (Brent).
#[derive(Debug)]
pub struct Way<M> {
    earlier: Option<M>,
    steps: u64,
    until: u64,
}

impl<M> Default for Way<M> {
    fn default() -> Self {
        Self { earlier: None, steps: 0, until: 1 }
    }
}

impl<M: Clone + PartialEq> Way<M> {
    /// The marker of the next page. `None` if there is none, although the page says that more follows.
    pub fn on(&mut self, marker: Option<M>) -> Result<M, Failure> {
        let marker = marker.ok_or_else(|| unusable("the listing says that it goes on, and not where"))?;
        if self.earlier.as_ref() == Some(&marker) {
            return Err(unusable("the listing leads in a circle"));
        }
        self.steps += 1;
        if self.steps == self.until {
            self.earlier = Some(marker.clone());
            self.until *= 2;
        }
        Ok(marker)
    }
}

fn unusable(cause: &str) -> Failure {
    Failure::Unusable(cause.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Way;

    #[test]
    fn circles_of_any_length_are_found_and_nothing_else() {
        for (first, length) in [(0, 1), (1, 1), (7, 2), (100, 31), (0, 1000)] {
            let mut way = Way::default();
            let markers = (0..first).chain((0..length).cycle().map(|step| 1_000_000 + step));
            let steps = markers.take(5000).take_while(|marker| way.on(Some(*marker)).is_ok()).count();
            assert!(steps < 4 * (first + length) + 4, "{first} {length}: {steps}");
        }
        let mut way = Way::default();
        assert!((0..5000).all(|marker| way.on(Some(marker)).is_ok()));
        assert!(way.on(None).is_err());
    }
}
