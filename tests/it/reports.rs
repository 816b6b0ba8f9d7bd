//! Reports: the document, and every format as a view of it.

mod document;
