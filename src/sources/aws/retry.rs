//! Retry: asking again for what may well be given the next time.
//!
//! The SDK does that for a request. This goes on where the SDK ends: a body that breaks off, and a service that
//! is busy, or out of reach, for longer than the SDK's quota of retries lasts.

use super::failure::Failure;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Asks until there is an answer, or a failure that will stay.
pub async fn retried<T, F: Future<Output = Result<T, Failure>>>(mut ask: impl FnMut() -> F) -> Result<T, Failure> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        match ask().await {
            Err(failure) if attempt < failure.patience() => tokio::time::sleep(wait(attempt)).await,
            answer => return answer,
        }
    }
}

/// Twice as long each time, and a random part of that: who failed together shall not come back together.
fn wait(attempt: u32) -> Duration {
    let most = FIRST_WAIT.saturating_mul(1 << attempt.min(16)).min(LONGEST_WAIT);
    let random = RandomState::new().build_hasher().finish() >> 11;
    most.mul_f64(random as f64 / (1u64 << 53) as f64)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_WAIT, wait};

    #[test]
    fn waits_are_spread_and_bounded() {
        assert!((1..40).all(|attempt| wait(attempt) <= LONGEST_WAIT));
        assert!((0..8).any(|_| wait(3) != wait(3)));
    }
}
