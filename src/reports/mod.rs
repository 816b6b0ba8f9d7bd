//! Reports: every output format is a view of one report.
