//! The unread: binaries that no reader knows, and that are packed or encrypted to all appearances.

use super::kinds;

/// Fewer bytes do not show whether they are random: a key is, too.
const LEAST: usize = 1 << 10;
/// How much is looked at.
const SAMPLE: usize = 64 << 10;

/// Why a binary of which only printable runs are read may hold more than they show; `None` for known kinds that
/// hold no container, and for what is not random. Those that are containers have been told of already.
pub fn unread(bytes: &[u8]) -> Option<&'static str> {
    let is_random = kinds::of(bytes).is_none() && is_random(bytes);
    is_random.then_some("of no known kind, and as random as compressed or encrypted data")
}

/// Whether the bytes are spread as evenly as those that chance has drawn, which no other data are: of what is not
/// packed, some bytes come many times as often as others. Counted in the middle, behind whatever headers there are.
fn is_random(bytes: &[u8]) -> bool {
    if bytes.len() < LEAST {
        return false;
    }
    let start = (bytes.len() - bytes.len().min(SAMPLE)) / 2;
    let sample = &bytes[start..][..bytes.len().min(SAMPLE)];
    let mut counts = [0u32; 256];
    for &byte in sample {
        counts[usize::from(byte)] += 1;
    }
    // Of so many bytes, chance leaves the entropy this far below 8 bits (Miller and Madow), and some more.
    let length = sample.len() as f64;
    let entropy: f64 = counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| {
            let share = f64::from(count) / length;
            -share * share.log2()
        })
        .sum();
    entropy > 8.0 - 255.0 / (2.0 * std::f64::consts::LN_2 * length) - 0.1
}

#[cfg(test)]
mod tests {
    use super::unread;

    fn noise(length: usize) -> Vec<u8> {
        let mut state = 7u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn random_bytes_of_no_known_kind_are_unread() {
        for length in [1024, 3000, 20_000, 500_000] {
            let random = [&b"\x05"[..], &noise(length)].concat();
            assert!(unread(&random).is_some(), "{length}");
            assert_eq!(unread(&[&b"\x7FELF\x02\x01\x01"[..], &random].concat()), None);
            let digits: Vec<u8> = random.iter().map(|byte| byte & 0x3F).collect();
            assert_eq!(unread(&digits), None);
        }
        assert_eq!(unread(&noise(500)), None);
        assert_eq!(unread(&[0; 5000]), None);
    }
}
