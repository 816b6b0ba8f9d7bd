//! Mutation: bytes changed at random, the same way in every run.

/// xorshift64.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// Up to seven changes from offset `first` on; at least `least` bytes stay.
pub fn mutate(bytes: &mut Vec<u8>, random: &mut Random, first: usize, least: usize) {
    for _ in 0..=random.below(6) {
        let at = first + random.below(bytes.len() - first);
        match random.below(5) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            2 => bytes.truncate(at.max(least)),
            3 => {
                // Lengths and indices at their extremes.
                let extreme = [0x00, 0xFF, 0x7F, 0x80][random.below(4)];
                let end = (at + 1 + random.below(4)).min(bytes.len());
                bytes[at..end].fill(extreme);
            }
            _ => {
                let end = (at + random.below(40)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let to = first + random.below(bytes.len() - first);
                bytes.splice(to..to, piece);
            }
        }
    }
}
