//! Archives: containers, unpacked in memory entry by entry.
