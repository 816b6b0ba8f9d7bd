//! Words that look like URIs: what is supported is said, and nothing else of them.

use super::{Desk, PASSWORD};

#[test]
fn a_scheme_that_is_not_supported_is_said_to_be_so() {
    let desk = Desk::new();
    for (word, hint) in [
        ("gs://bucket/jobs", ""),
        ("https://host.example/x.jar?X-Amz-Signature=0123456789abcdef", ""),
        ("HTTP://host.example/x.jar", ""),
        ("s3a://bucket/jobs", "; did you mean s3://?"),
        ("S3://bucket/jobs", "; did you mean s3://?"),
        ("file:///tmp/x.jar", "; name the path itself"),
        ("hdfs://name:8020/jobs", ""),
        ("git+ssh://host.example/x", ""),
    ] {
        // A build without AWS has nothing to suggest.
        let hint = if cfg!(feature = "aws") || word.starts_with("file") { hint } else { "" };
        let run = desk.run(&["scan", word]);
        assert_eq!(run.code(), 2, "{word}");
        let scheme = word.split("://").next().unwrap();
        let start = format!("keysift: {scheme}://…: unsupported scheme; supported are ");
        assert!(run.err().starts_with(&start) && run.err().trim_end().ends_with(hint), "{}", run.err());
        assert!(!run.err().contains("example") && !run.err().contains("0123456789abcdef"), "{}", run.err());
        #[cfg(feature = "aws")]
        assert!(run.err().contains("s3://BUCKET/PREFIX, msf://REGION/APPLICATION"), "{}", run.err());
        // The same from a list, with its line.
        let run = desk.pipe(&["scan", "--files-from", "-"], format!("\n{word}\n"));
        assert_eq!(run.code(), 2, "{word}");
        assert!(run.err().contains("standard input:2: ") && run.err().contains("unsupported scheme"), "{}", run.err());
    }
}

#[cfg(unix)]
#[test]
fn a_path_that_looks_like_a_uri_is_a_path_if_it_is_there() {
    let desk = Desk::new();
    desk.file("gs:/bucket/a.properties", PASSWORD);
    let run = desk.run(&["scan", "--format", "json", "gs://bucket"]);
    assert_eq!(run.places(), ["gs://bucket/a.properties:1"], "{}", run.err());
    // What is no scheme is a path, too.
    for word in ["a b://c", "1://c", "://c", "a_b://c"] {
        let run = desk.run(&["scan", word]);
        assert!(run.err().contains("no such file or folder"), "{word} {}", run.err());
    }
}

#[test]
fn a_target_of_the_configuration_has_a_scheme_that_is_supported() {
    for (uri, cause) in [
        ("gs://bucket", "gs://…: unsupported scheme"),
        ("bucket/jobs", "a path belongs into `path`"),
        ("https://host.example/secret", "https://…: unsupported scheme"),
    ] {
        let desk = Desk::new();
        desk.file("keysift.toml", format!("threads = 1\n\n[[target]]\nuri = \"{uri}\"\n")).file("a.txt", "x");
        for words in [&["scan"][..], &["scan", "a.txt"]] {
            let run = desk.run(words);
            assert_eq!(run.code(), 2, "{uri}");
            assert!(run.err().contains("keysift.toml:3:1: ") && run.err().contains(cause), "{}", run.err());
            assert!(!run.err().contains("host.example"), "{}", run.err());
        }
    }
}

/// One of two entries for one target was left out without a word.
#[test]
fn two_entries_for_one_target_that_differ_are_an_error() {
    let entry = |uri: &str, more: &str| format!("[[target]]\nuri = \"{uri}\"\n{more}\n");
    let path = |path: &str, more: &str| format!("[[target]]\npath = \"{path}\"\n{more}\n");
    let role = |name: &str| format!("role-arn = \"arn:aws:iam::123456789012:role/{name}\"");
    let mut cases = vec![
        (path("conf", "include = [\"*.yaml\"]") + &path("conf", "exclude = [\"*.yaml\"]"), Some("include")),
        (path("conf", "") + &path("./conf/", "exclude = [\"*.yaml\"]"), Some("exclude")),
        (path("conf", "") + &path("./conf/", ""), None),
        (path("conf", "") + &path("conf/sub", "exclude = [\"*.yaml\"]"), None),
    ];
    if cfg!(feature = "aws") {
        cases.extend([
            (entry("s3://bucket/jobs", &role("a")) + &entry("s3://bucket/jobs", &role("b")), Some("role-arn")),
            (entry("s3://bucket", "profile = \"a\"") + &entry("s3://bucket/", "profile = \"b\""), Some("profile")),
            (entry("s3://bucket", "") + &entry("s3://bucket", &role("b")), Some("role-arn")),
            (
                entry("msf://eu-west-1/orders", &role("a")) + &entry("msf://eu-west-1/orders/", &role("b")),
                Some("role-arn"),
            ),
            (entry("s3://bucket", "endpoint-url = \"http://a\"") + &entry("s3://bucket", ""), Some("endpoint-url")),
            (entry("s3://bucket", "max-size = \"1M\"") + &entry("s3://bucket", "max-size = \"2M\""), Some("max-size")),
            (entry("s3://bucket/a", &role("a")) + &entry("s3://bucket/b", &role("b")), None),
            (entry("s3://bucket/jobs", &role("a")) + &entry("s3://bucket/jobs/", &role("b")), None),
            (entry("s3://bucket/jobs", &role("a")) + &entry("s3://bucket/jobs", &role("a")), None),
        ]);
    }
    for (config, differs) in cases {
        let desk = Desk::new();
        desk.file("keysift.toml", &config).file("conf/sub/a.yaml", "x: 1\n");
        let run = desk.run(&["scan", "conf"]);
        match differs {
            Some(key) => {
                assert_eq!(run.code(), 2, "{config}");
                let cause = format!("the same target as in line 1, with another {key}");
                assert!(run.err().contains(&cause) && run.err().contains("keysift.toml:"), "{config} {}", run.err());
                assert!(!run.err().contains("123456789012"), "{}", run.err());
            }
            None => assert_eq!(run.code(), 0, "{config} {}", run.err()),
        }
    }
}
