//! Encoded: a value that is base64 of what it means. Kubernetes Secrets, registry logins, code archives.

use super::{KeyPath, Page, Scalar};
use crate::formats::enclosed::Kind;
use data_encoding::BASE64;
use std::borrow::Cow;

impl KeyPath<'_> {
    /// Whether the values of the innermost level are base64.
    pub(in crate::formats) fn is_encoded(&self) -> bool {
        self.encoded && self.steps.last().is_some_and(|step| step.name == "data")
    }

    /// Reads a value for what it encodes; `false` if it is to be read as it is written.
    pub(super) fn decode(&mut self, page: &mut Page<'_>, name: &str, scalar: &Scalar<'_>) -> bool {
        match name {
            _ if self.is_encoded() => self.secret(page, name, scalar),
            // The file that `docker login` writes, and that of npm: base64 of `user:password`.
            "auth" | "_auth" => self.login(page, name, scalar),
            _ if name.ends_with(":_auth") => self.login(page, name, scalar),
            _ if name.ends_with(":_password") => self.secret(page, name, scalar),
            // CodeContent of a Managed Service for Apache Flink application.
            "ZipFileContent" | "zipFileContent" | "zip_file_content" => Self::archive(page, name, scalar),
            _ => false,
        }
    }

    /// A value of a Kubernetes Secret; `false` if it is not base64 of a text.
    fn secret(&mut self, page: &mut Page<'_>, name: &str, scalar: &Scalar<'_>) -> bool {
        let Some(bytes) = decoded(&scalar.value) else { return false };
        let text = text_of(&bytes);
        match text.map(|text| text.trim_end_matches(['\r', '\n'])) {
            // The members of a registry login are no file of their own.
            Some(text) if name.starts_with(".docker") && text.starts_with('{') => {
                page.embed("config.json", bytes, scalar.span.start);
            }
            Some(text) if !text.contains('\n') && Kind::of_name(name).is_none() => {
                let value = Cow::Borrowed(text);
                self.offer(page, name, &Scalar { value, span: scalar.span.clone(), escapes: false });
            }
            Some(_) => page.embed(name, bytes, scalar.span.start),
            // A key store is a file, but what has no file's name may be no base64 at all.
            None if name.contains('.') => page.embed(name, bytes, scalar.span.start),
            None => return false,
        }
        true
    }

    fn login(&mut self, page: &mut Page<'_>, name: &str, scalar: &Scalar<'_>) -> bool {
        let Some(bytes) = decoded(&scalar.value) else { return false };
        let Some((user, password)) = text_of(&bytes).and_then(|text| text.split_once(':')) else { return false };
        if user.is_empty() || password.is_empty() {
            return false;
        }
        let value = Cow::Borrowed(password);
        self.offer(page, &format!("{name}.password"), &Scalar { value, span: scalar.span.clone(), escapes: false });
        true
    }

    fn archive(page: &mut Page<'_>, name: &str, scalar: &Scalar<'_>) -> bool {
        let Some(bytes) = decoded(&scalar.value).filter(|bytes| bytes.starts_with(b"PK")) else { return false };
        page.embed(name, bytes, scalar.span.start);
        true
    }
}

fn decoded(value: &str) -> Option<Vec<u8>> {
    let compact: Cow<'_, str> = if value.contains(char::is_whitespace) {
        Cow::Owned(value.split_whitespace().collect())
    } else {
        Cow::Borrowed(value)
    };
    BASE64.decode(compact.as_bytes()).ok()
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')))
}
