//! A syntax error: the first place at which a text is not what its format says.

#[derive(Clone, Copy, Debug)]
pub(super) struct SyntaxError {
    pub(super) at: usize,
    pub(super) message: &'static str,
}

impl SyntaxError {
    /// Says where in words; never what stands there, which may be a secret.
    pub(super) fn describe(self, text: &str) -> String {
        let before = &text.as_bytes()[..self.at.min(text.len())];
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let column = before[start..].iter().filter(|&&byte| byte & 0xC0 != 0x80).count() + 1;
        format!("line {line} column {column}: {}", self.message)
    }
}
