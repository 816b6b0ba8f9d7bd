//! A name that is a whole key: the object of that name was meant, and what lies below it as below a folder, but
//! not what only begins so. Consoles and tools leave an empty object where a folder is.

use std::borrow::Cow;

/// What of a listing was meant. Which keys there are shows only as they come, in their order.
pub(super) struct Named<'a> {
    prefix: Cow<'a, str>,
    /// There is an object of this very name.
    is_key: bool,
}

impl<'a> Named<'a> {
    pub(super) fn new(prefix: &'a str) -> Self {
        Self { prefix: Cow::Borrowed(prefix), is_key: false }
    }

    /// What to list.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Notes that there is an object, or was.
    pub(super) fn meet(&mut self, key: &str) {
        self.is_key |= key == self.prefix && !key.ends_with('/');
    }

    /// Whether a key is meant. `is_last`: no page follows. Of any other one, what lies in the folder is left to
    /// its own listing, which spares those of the keys in between.
    pub(super) fn takes(&self, key: &str, is_last: bool) -> bool {
        let rest = key.strip_prefix(&*self.prefix);
        !self.is_key || rest.is_some_and(|rest| rest.is_empty() || is_last && rest.starts_with('/'))
    }

    /// Whether to go on with the folder instead of the next page, after a page whose last key is given.
    pub(super) fn goes_on_with_folder(&mut self, last: Option<&str>) -> bool {
        let is_done = self.is_key && last.is_some_and(|last| last != self.prefix);
        if is_done {
            self.prefix.to_mut().push('/');
            self.is_key = false;
        }
        is_done
    }
}

#[cfg(test)]
mod tests {
    use super::Named;

    #[test]
    fn a_whole_key_is_the_object_and_the_folder() {
        let mut named = Named::new("jobs/a");
        assert!(named.takes("jobs/a-old", false));
        named.meet("jobs/a");
        let meant = |is_last| ["jobs/a", "jobs/a.bak", "jobs/a/x", "jobs/ab"].map(|key| named.takes(key, is_last));
        assert_eq!(meant(true), [true, false, true, false]);
        assert_eq!(meant(false), [true, false, false, false]);
        assert!(!named.goes_on_with_folder(Some("jobs/a")));
        assert!(!named.goes_on_with_folder(None));
        assert!(named.goes_on_with_folder(Some("jobs/a.bak")));
        assert_eq!((named.prefix(), named.takes("jobs/a/x", false)), ("jobs/a/", true));
    }

    #[test]
    fn a_folder_and_the_beginning_of_keys_are_no_key() {
        for prefix in ["", "jobs/", "jobs/a"] {
            let mut named = Named::new(prefix);
            named.meet("jobs/");
            named.meet("jobs/ab");
            assert!(named.takes("jobs/ab", false), "{prefix}");
            assert!(!named.goes_on_with_folder(Some("jobs/ab")), "{prefix}");
        }
    }
}
