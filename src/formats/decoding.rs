//! Decoding: the bytes of an entry as text, if they are text.

use super::cleaning::{Cleaned, clean};
use super::excerpt::Excerpt;
use super::mixed::{self, Width, narrowed};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use std::borrow::Cow;

/// How much of an entry decides what it is.
const SAMPLE: usize = 32 << 10;
/// How much behind the first byte that is no UTF-8 decides on the encoding.
const FOREIGN_SAMPLE: usize = 256 << 10;
/// Where ISO-2022-JP, all of whose bytes are ASCII, begins with characters of two bytes.
const SHIFT_OUT: &[u8] = b"\x1B$B";

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decoded<'a> {
    Text(Text<'a>),
    Binary,
}

/// A text as readers see it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text<'a> {
    pub(super) text: Cow<'a, str>,
    /// The way back to the entry, where the text lacks what a terminal does not show.
    pub(super) excerpt: Option<Excerpt>,
    /// Why it is not read in full.
    pub(super) trouble: Option<&'static str>,
    /// Its bytes are no UTF-8: what else they may be is worth a look.
    pub(super) is_foreign: bool,
}

/// What the bytes say, in whatever encoding. `first_line` is the number of their first line.
pub(super) fn decode(bytes: &[u8], first_line: u32) -> Decoded<'_> {
    let Some((text, is_foreign)) = characters(bytes) else { return Decoded::Binary };
    let whole = |text| Text { text, excerpt: None, trouble: None, is_foreign };
    Decoded::Text(match clean(&text, first_line) {
        None => whole(text),
        Some(Cleaned { text, excerpt, complete }) => Text {
            excerpt: Some(excerpt),
            trouble: (!complete).then_some("it holds more escape sequences than are removed"),
            ..whole(Cow::Owned(text))
        },
    })
}

/// The characters of a text, and whether they are other than UTF-8. `None` for a binary.
fn characters(bytes: &[u8]) -> Option<(Cow<'_, str>, bool)> {
    if let Some((to_char, body)) = utf32(bytes) {
        let units = body.as_chunks::<4>().0.iter();
        let text = units.map(|unit| char::from_u32(to_char(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
        return Some((Cow::Owned(text.collect()), false));
    }
    if let Some((little_endian, body)) = utf16(bytes) {
        return Some(match narrowed(body, Width::Wide { little_endian }) {
            Some(text) => (Cow::Owned(with_latin1(&text)), false),
            None => (mixed::decoded(body, little_endian), false),
        });
    }
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let sample = sample_of(body);
    if sample.is_empty() && !body.is_empty() || !is_text(&sample) {
        return None;
    }
    let body = if sample.contains(&0) || memchr::memchr(0, body).is_some() {
        narrowed(body, Width::Narrow).map_or(Cow::Borrowed(body), Cow::Owned)
    } else {
        Cow::Borrowed(body)
    };
    match body {
        Cow::Borrowed(body) => match std::str::from_utf8(body) {
            Ok(text) if memchr::memmem::find(body, SHIFT_OUT).is_none() => Some((Cow::Borrowed(text), false)),
            _ => Some((Cow::Owned(foreign(body)), true)),
        },
        Cow::Owned(body) => {
            let text = String::from_utf8(body).unwrap_or_else(|error| foreign(error.as_bytes()));
            Some((Cow::Owned(text), false))
        }
    }
}

/// What four bytes stand for.
type Unit = fn([u8; 4]) -> u32;

/// By its byte order mark, or by three of four bytes being NUL as in ASCII text, and two in that of other letters.
fn utf32(bytes: &[u8]) -> Option<(Unit, &[u8])> {
    let order = |unit: &[u8]| match unit {
        [text, 0, 0, 0] if is_printable(*text) => Some(true),
        [0, 0, 0, text] if is_printable(*text) => Some(false),
        _ => None,
    };
    let (little_endian, body) = match bytes {
        [0xFF, 0xFE, 0, 0, body @ ..] if body.len() % 4 == 0 && body.get(3).is_none_or(|&high| high == 0) => {
            (true, body)
        }
        [0, 0, 0xFE, 0xFF, body @ ..] => (false, body),
        _ => {
            let little_endian = order(bytes.get(..4)?)?;
            let sample = &bytes[..bytes.len().min(512)];
            let units = sample.chunks_exact(4);
            let all = units.len();
            let ascii = units.clone().filter(|unit| order(unit) == Some(little_endian)).count();
            let is_letter = |unit: &[u8]| match (little_endian, unit) {
                (true, &[low, high, 0, 0]) | (false, &[0, 0, high, low]) => {
                    char::from_u32(u32::from(high) << 8 | u32::from(low)).is_some_and(char::is_alphanumeric)
                }
                _ => false,
            };
            let letters = units.filter(|unit| order(unit) != Some(little_endian) && is_letter(unit)).count();
            if all < 4 || (ascii + letters) * 10 < all * 9 || ascii * 4 < all {
                return None;
            }
            (little_endian, bytes)
        }
    };
    Some((if little_endian { u32::from_le_bytes } else { u32::from_be_bytes }, body))
}

/// By its byte order mark, or by every other byte being NUL as in ASCII text.
fn utf16(bytes: &[u8]) -> Option<(bool, &[u8])> {
    match bytes {
        [0xFF, 0xFE, body @ ..] => return Some((true, body)),
        [0xFE, 0xFF, body @ ..] => return Some((false, body)),
        _ => {}
    }
    let sample = &bytes[..bytes.len().min(512)];
    let pairs = sample.len() / 2;
    // What begins otherwise is of two parts.
    let ascii = |text: usize, nul: usize| {
        let is_ascii = |pair: &&[u8]| pair[nul] == 0 && is_printable(pair[text]);
        sample.chunks_exact(2).take(1).all(|pair| is_ascii(&pair))
            && sample.chunks_exact(2).filter(is_ascii).count() * 10 >= pairs * 9
    };
    match pairs >= 8 {
        true if ascii(0, 1) => Some((true, bytes)),
        true if ascii(1, 0) => Some((false, bytes)),
        _ => None,
    }
}

/// The first bytes that say something: a log that was cut while it was written begins with a hole of NULs.
fn sample_of(bytes: &[u8]) -> Cow<'_, [u8]> {
    let first = &bytes[..bytes.len().min(SAMPLE)];
    if memchr::memmem::find(first, &HOLE).is_none() {
        return Cow::Borrowed(first);
    }
    let mut sample = Vec::with_capacity(SAMPLE);
    let mut rest = bytes;
    while sample.len() < SAMPLE && !rest.is_empty() {
        let end = memchr::memmem::find(rest, &HOLE).unwrap_or(rest.len());
        sample.extend_from_slice(&rest[..end.min(SAMPLE - sample.len())]);
        rest = &rest[end..];
        rest = &rest[leading_nuls(rest)..];
    }
    Cow::Owned(sample)
}

/// A run of NULs that stands for nothing.
const HOLE: [u8; 64] = [0; 64];

/// How many NULs the bytes begin with: there may be gigabytes.
pub(super) fn leading_nuls(bytes: &[u8]) -> usize {
    let whole = bytes.as_chunks().0.iter().take_while(|&chunk| *chunk == HOLE).count() * HOLE.len();
    whole + bytes[whole..].iter().take_while(|&&byte| byte == 0).count()
}

/// Text may hold some control characters, or characters of two bytes; a program's data hold more. Whatever is
/// mostly assignments is text.
fn is_text(sample: &[u8]) -> bool {
    let few = |controls: usize, bytes: usize| controls <= 1 + bytes / 50;
    // Counted in bytes of one lane each, which the compiler makes vectors of: every binary is counted.
    let controls = |block: &[u8]| block.iter().map(|&byte| u8::from(is_control(byte))).sum::<u8>();
    let nuls = |block: &[u8]| block.iter().map(|&byte| u8::from(byte == 0)).sum::<u8>();
    let count = |of: &dyn Fn(&[u8]) -> u8| sample.chunks(128).map(|block| usize::from(of(block))).sum::<usize>();
    let nuls = count(&nuls);
    if few(count(&controls), sample.len() - nuls) && (nuls <= 1 + sample.len() / 8 || is_separated(sample)) {
        return true;
    }
    nuls > 0 && narrowed(sample, Width::Narrow).is_some_and(|text| few(count_controls(&text), text.len()))
        || is_assignments(sample)
}

fn count_controls(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte == 0 || is_control(byte)).count()
}

/// Whether NULs stand between words, as at the end of each, and not in numbers.
fn is_separated(sample: &[u8]) -> bool {
    const SHORTEST: usize = 4;
    let (mut words, mut all) = (0, 0);
    for word in sample.split(|&byte| byte == 0).filter(|word| !word.is_empty()) {
        all += 1;
        words += usize::from(word.len() >= SHORTEST);
    }
    words * 2 > all
}

/// Whether most of it is lines, or words that end with NUL, of `key=value` or `key: value`.
fn is_assignments(sample: &[u8]) -> bool {
    let is_key = |key: &[u8]| !key.is_empty() && key.iter().copied().all(super::lookback::is_key_byte);
    let printable = |value: &[u8]| !value.iter().any(|&byte| is_control(byte));
    let mut assigned = 0;
    for line in sample.split(|byte| matches!(byte, 0 | b'\n' | b'\r')) {
        if let Some(separator) = memchr::memchr2(b'=', b':', line)
            && is_key(line[..separator].trim_ascii())
            && printable(&line[separator..])
        {
            assigned += line.len() + 1;
        }
    }
    assigned * 2 > sample.len()
}

/// What text has no use for: controls but blanks, and but those that `clean` removes. Without branches.
fn is_control(byte: u8) -> bool {
    let blank = (byte == b'\t') | (byte == b'\n') | (byte == b'\r') | (byte == 0x0C);
    let cleaned = (byte == 0) | (byte == 0x08) | (byte == 0x1B) | (byte == 0x1E);
    (byte < 0x20) & !blank & !cleaned | (byte == 0x7F)
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E | b'\t' | b'\n' | b'\r' | 0x0C)
}

/// Bytes of which some are no UTF-8: of an encoding of some country, or of mixed origin. Then those that are no
/// UTF-8 are Latin-1, one by one, so that the file keeps what it says in either.
fn foreign(bytes: &[u8]) -> String {
    let first = bytes.iter().position(|byte| !byte.is_ascii() || *byte == 0x1B).unwrap_or_default();
    let sample = &bytes[first..bytes.len().min(first + FOREIGN_SAMPLE)];
    let (mut valid, mut invalid) = (0, 0);
    for chunk in sample.utf8_chunks() {
        valid += chunk.valid().bytes().filter(|byte| !byte.is_ascii()).count();
        invalid += chunk.invalid().len();
    }
    if valid > invalid {
        return with_latin1(bytes);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn with_latin1(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|&byte| char::from(byte)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Decoded, decode};
    use std::borrow::Cow;

    fn text(bytes: &[u8]) -> String {
        match decode(bytes, 1) {
            Decoded::Text(text) => text.text.into_owned(),
            Decoded::Binary => panic!("binary"),
        }
    }

    fn units(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let wanted = "password=grün\nkey=x";
        let (little, big) = (units(wanted, u16::to_le_bytes), units(wanted, u16::to_be_bytes));
        let latin: Vec<u8> = wanted.chars().map(|c| c as u8).collect();
        let unchanged = decode(wanted.as_bytes(), 1);
        assert!(matches!(unchanged, Decoded::Text(text) if matches!(text.text, Cow::Borrowed(text) if text == wanted)));
        assert_eq!(text(&[b"\xEF\xBB\xBF", wanted.as_bytes()].concat()), wanted);
        assert_eq!(text(&[b"\xFF\xFE", little.as_slice()].concat()), wanted);
        assert_eq!(text(&[b"\xFE\xFF", big.as_slice()].concat()), wanted);
        assert_eq!(text(&little), wanted);
        assert_eq!(text(&big), wanted);
        assert_eq!(text(&latin), wanted);
        let wide = |to_bytes: fn(u32) -> [u8; 4]| wanted.chars().flat_map(|c| to_bytes(c.into())).collect::<Vec<u8>>();
        let (little, big) = (wide(u32::to_le_bytes), wide(u32::to_be_bytes));
        assert_eq!(text(&[b"\xFF\xFE\0\0", little.as_slice()].concat()), wanted);
        assert_eq!(text(&[b"\0\0\xFE\xFF", big.as_slice()].concat()), wanted);
        assert_eq!(text(&little), wanted);
        assert_eq!(text(&big), wanted);
    }

    #[test]
    fn encodings_of_countries_are_detected() {
        for (encoding, comment) in [
            (encoding_rs::KOI8_R, "# Настройки подключения к базе данных\n"),
            (encoding_rs::WINDOWS_1251, "# Настройки подключения к базе данных\n"),
            (encoding_rs::GBK, "# 数据库连接配置，请不要提交到代码仓库\n"),
            (encoding_rs::BIG5, "# 資料庫連線設定，請勿提交到程式碼儲存庫\n"),
            (encoding_rs::SHIFT_JIS, "# データベース接続の設定ファイルです。表示\n"),
            (encoding_rs::EUC_JP, "# データベース接続の設定ファイルです。\n"),
            (encoding_rs::ISO_2022_JP, "# データベース接続の設定ファイルです。\n"),
            (encoding_rs::EUC_KR, "# 데이터베이스 연결 설정 파일입니다\n"),
            (encoding_rs::WINDOWS_1253, "# Ρυθμίσεις σύνδεσης με τη βάση δεδομένων\n"),
        ] {
            let wanted = format!("{comment}{comment}jdbc.password=x\n{comment}");
            let (bytes, _, failed) = encoding.encode(&wanted);
            assert!(!failed);
            assert_eq!(text(&bytes), wanted, "{}", encoding.name());
        }
    }

    #[test]
    fn texts_with_bytes_of_other_kinds_stay_texts() {
        let line = "2026-01-02 12:00:00 INFO  job started\n".repeat(40);
        let hole = [line.as_bytes(), &[0; 70_000], line.as_bytes()].concat();
        assert_eq!(text(&hole), [&*line, &*line].concat());
        assert_eq!(text(&[&[0; 70_000], line.as_bytes()].concat()), line);
        assert_eq!(text(b"PATH=/bin\0DB_PASSWORD=x\0HOME=/\0"), "PATH=/bin\nDB_PASSWORD=x\nHOME=/");
        let both = [line.as_bytes(), &units("db.password=x\r\n", u16::to_le_bytes)].concat();
        assert_eq!(text(&both), [&*line, "db.password=x\r\n"].concat());
        let noise: String = (1..7).map(char::from).collect();
        let pairs = format!("a.key=value\n{noise}\nother.key=some other value\nthird: value\n");
        assert_eq!(text(pairs.as_bytes()), pairs);
    }

    #[test]
    fn binaries_are_none() {
        assert_eq!(decode(&[0, 1, 2, 3, 0xFF, 0xD8, 4, 5], 1), Decoded::Binary);
        let random: Vec<u8> = (0..4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert_eq!(decode(&random, 1), Decoded::Binary);
        let numbers: Vec<u8> = (0..4096u32).flat_map(u32::to_le_bytes).collect();
        assert_eq!(decode(&numbers, 1), Decoded::Binary);
        assert!(matches!(decode(b"", 1), Decoded::Text(_)));
    }
}
