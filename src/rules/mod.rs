//! Rules: what counts as a credential, as data compiled once.

pub mod key;
pub mod schema;
pub mod vocabulary;
