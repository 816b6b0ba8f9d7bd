//! A filter: which files of a folder and entries of an archive the user wants scanned.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Globs as in an ignore file: one for a folder holds for all that is in it, `*` stays within a
/// folder, and a glob may begin at any folder below the target.
#[derive(Clone, Debug)]
pub struct Globs {
    /// See the path as the user wrote it, from its start.
    anchored: GlobSet,
    /// See the path from the named target on, and what lies in archives.
    floating: GlobSet,
    patterns: Vec<String>,
}

impl PartialEq for Globs {
    fn eq(&self, other: &Self) -> bool {
        self.patterns == other.patterns
    }
}

impl Globs {
    /// `None` without patterns.
    pub fn new(patterns: &[String]) -> Result<Option<Self>, globset::Error> {
        if patterns.is_empty() {
            return Ok(None);
        }
        let (mut anchored, mut floating) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for pattern in patterns {
            let text = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
            // One that begins anywhere must not begin above the target: where a checkout lies is
            // no reason to leave it out.
            let starts: &[&str] = if text.starts_with("**/") || text.starts_with('/') { &[""] } else { &["", "**/"] };
            for start in starts {
                for end in ["", "/**"] {
                    let glob = GlobBuilder::new(&format!("{start}{text}{end}")).literal_separator(true).build()?;
                    if start.is_empty() && !text.starts_with("**") {
                        anchored.add(glob.clone());
                    }
                    floating.add(glob);
                }
            }
        }
        let patterns = patterns.to_vec();
        Ok(Some(Self { anchored: anchored.build()?, floating: floating.build()?, patterns }))
    }

    /// As the user wrote them.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    pub fn holds(&self, path: &Path<'_>) -> bool {
        self.floating.is_match(path.below) || self.anchored.is_match(path.whole)
    }
}

/// What `--no-native` leaves out: native libraries, fonts and images. They make up most of some jars,
/// and nobody keeps a credential in them.
pub const NATIVE: [&str; 20] = [
    "*.so", "*.so.*", "*.dll", "*.dylib", "*.jnilib", "*.a", "*.lib", "*.exe", "*.ttf", "*.ttc", "*.otf", "*.woff",
    "*.woff2", "*.eot", "*.png", "*.jpg", "*.jpeg", "*.gif", "*.ico", "*.webp",
];

/// A listed file or folder, as globs see it.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    pub whole: &'a str,
    /// From the last name of the target on.
    pub below: &'a str,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    pub include: Option<Globs>,
    pub exclude: Option<Globs>,
}

impl Filter {
    /// Whether a file that was found, not named, is to be scanned.
    pub fn admits(&self, path: &Path<'_>) -> bool {
        self.include.as_ref().is_none_or(|globs| globs.holds(path)) && !self.leaves_out(path)
    }

    pub fn leaves_out(&self, path: &Path<'_>) -> bool {
        self.exclude.as_ref().is_some_and(|globs| globs.holds(path))
    }

    /// Whether an archive's entry is left out.
    pub fn excludes(&self, entry: &str) -> bool {
        self.exclude.as_ref().is_some_and(|globs| globs.floating.is_match(entry))
    }

    pub fn is_empty(&self) -> bool {
        self.include.is_none() && self.exclude.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::{Filter, Globs, Path};

    fn excludes(pattern: &str, whole: &str, below: &str) -> bool {
        let filter = Filter { include: None, exclude: Globs::new(&[pattern.to_owned()]).unwrap() };
        !filter.admits(&Path { whole, below })
    }

    #[test]
    fn a_folder_takes_what_is_in_it_along() {
        for pattern in ["node_modules", "node_modules/", "./node_modules", "**/node_modules", "node_modules/**"] {
            assert!(excludes(pattern, "app/web/node_modules/x/y.js", "app/web/node_modules/x/y.js"), "{pattern}");
        }
        assert!(!excludes("node_modules", "app/old_node_modules/y.js", "app/old_node_modules/y.js"));
    }

    #[test]
    fn what_lies_above_the_target_leaves_nothing_out() {
        assert!(!excludes("build", "/home/me/build/app/x.jar", "app/x.jar"));
        assert!(!excludes("**/build/**", "build/app/x.jar", "app/x.jar"));
        assert!(excludes("/home/me/build", "/home/me/build/app/x.jar", "app/x.jar"));
        assert!(excludes("../out/*.jar", "../out/x.jar", "out/x.jar"));
    }

    #[test]
    fn a_star_stays_within_a_folder() {
        assert!(excludes("lib/*.jar", "app/lib/x.jar", "app/lib/x.jar"));
        assert!(!excludes("lib/*.jar", "app/lib/more/x.jar", "app/lib/more/x.jar"));
        assert!(excludes("lib/**/*.jar", "app/lib/more/x.jar", "app/lib/more/x.jar"));
    }
}
