//! The AWS account of an access key id, decoded offline.

use data_encoding::BASE32;

/// The 12 digits of the account. `None` for ids from before the encoding, whose fifth character is
/// below Q: they may be live all the same.
pub fn account_id(access_key_id: &str) -> Option<String> {
    let body = access_key_id.as_bytes().get(4..20)?;
    if !matches!(body.first()?, b'Q'..=b'Z' | b'2'..=b'7') {
        return None;
    }
    let bytes = BASE32.decode(body).ok()?;
    let head = bytes.get(..6)?.iter().fold(0u64, |n, &byte| n << 8 | u64::from(byte));
    let account = (head & 0x7fff_ffff_ff80) >> 7;
    (account <= 999_999_999_999).then(|| format!("{account:012}"))
}

#[cfg(test)]
mod tests {
    use super::account_id;

    #[test]
    fn accounts_of_the_published_examples() {
        for (id, account) in [
            ("ASIAY34FZKBOKMUTVV7A", "609629065308"),
            ("ASIAQNZGKIQY56JQ7WML", "029608264753"),
            ("AKIARZPUZDIKGB2VALC4", "123456789012"),
            ("ASIAQAAAAAAAGMKEM7X5", "000000000000"),
        ] {
            assert_eq!(account_id(id).as_deref(), Some(account));
        }
        assert_eq!(account_id("AKIAIOSFODNN7EXAMPLE"), None);
        assert_eq!(account_id("AKIA"), None);
    }
}
