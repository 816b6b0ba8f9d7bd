//! Detection: rules against evidence, and parts paired.
