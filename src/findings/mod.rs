//! Findings: candidates judged, grouped and owned.
