//! A permission that is missing, as far as a service says which.

/// What reading may take, beyond what the request itself is called after.
const KNOWN: [&str; 13] = [
    "kms:Decrypt",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3-outposts:GetObject",
    "s3-object-lambda:GetObject",
    "s3express:CreateSession",
    "kinesisanalytics:DescribeApplication",
    "kinesisanalytics:DescribeApplicationVersion",
    "kinesisanalytics:ListApplications",
    "kinesisanalytics:ListApplicationVersions",
    "sts:AssumeRole",
];

/// The permission that the message of a denial names, or else the one that the request takes. The message itself
/// is never quoted.
pub(super) fn missing(message: Option<&str>, permission: &'static str) -> &'static str {
    let message = message.unwrap_or_default();
    let named = |text: &str| -> Option<&'static str> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-');
        let word = text.split(|c| !is_part(c)).find(|word| !word.is_empty())?;
        KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(word))
    };
    // `User: … is not authorized to perform: kms:Decrypt on resource: …`
    let performed = message.split_once("to perform").and_then(|(_, rest)| named(rest.trim_start_matches(':')));
    // As S3 says it of a key that it must not know of.
    let of_key = message.contains("ciphertext refers to").then_some("kms:Decrypt");
    performed.or(of_key).unwrap_or(permission)
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn the_permission_is_the_one_that_the_message_names() {
        for (message, permission) in [
            ("User: arn:aws:iam::1:user/x is not authorized to perform: kms:Decrypt on resource: arn:k", "kms:Decrypt"),
            ("User: x is not authorized to perform: s3:GetObjectVersion", "s3:GetObjectVersion"),
            ("The ciphertext refers to a customer master key that does not exist", "kms:Decrypt"),
            ("User: kms:Decrypt is not authorized to perform: s3:GetObject on it", "s3:GetObject"),
            ("User: x is not authorized to perform: own:Secret on resource", "s3:ListBucket"),
            ("Access Denied", "s3:ListBucket"),
        ] {
            assert_eq!(missing(Some(message), "s3:ListBucket"), permission, "{message}");
        }
        assert_eq!(missing(None, "s3:ListBucket"), "s3:ListBucket");
    }
}
