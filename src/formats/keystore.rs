//! A key store: a file of keys, a secret as a whole. Stores of trusted certificates are none.

use super::evidence::Binding;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Entries looked at: a store of more holds certificates.
const MOST_ENTRIES: u32 = 10_000;
/// Characters of an alias or a principal that are told; it may have 64 KiB.
const LONGEST_NAME: usize = 256;
/// Content types of PKCS#7 that a PFX may have: `data` and `signedData` (RFC 7292, 4).
const PFX_CONTENT: [&[u8]; 2] = [
    &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01],
    &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02],
];
/// `bagtypes` of PKCS#12; the last byte says which (RFC 7292, 4.2).
const BAG: [u8; 12] = [0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01];
/// Key, PKCS#8 shrouded key, secret.
const BAGS_OF_KEYS: [u8; 3] = [1, 2, 5];
/// `id-PBES2` (RFC 8018, A.4).
const PBES2: [u8; 11] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D];

/// The file as a value that is bound to what it is. The value is its digest, by which copies of it are
/// one; what it opens is not in it to be read.
pub(super) fn read(bytes: &[u8], file_name: &str) -> Option<Binding> {
    let (role, kind) = recognise(bytes, file_name)?;
    Some(Binding {
        role: Some(role.into()),
        ..Binding::new(
            kind.chars().take(LONGEST_NAME).collect::<String>(),
            format!("sha256:{}", HEXLOWER.encode(&Sha256::digest(bytes))),
        )
    })
}

fn recognise(bytes: &[u8], file_name: &str) -> Option<(&'static str, String)> {
    let mut reader = Reader { bytes };
    match reader.u32()? {
        0xFEED_FEED => alias(reader).map(|alias| ("keystore-file", format!("JKS key {alias}"))),
        0xCECE_CECE => alias(reader).map(|alias| ("keystore-file", format!("JCEKS key {alias}"))),
        first if first >> 16 == 0x0502 => {
            principal(Reader { bytes: &bytes[2..] }).map(|name| ("keytab-file", format!("keytab of {name}")))
        }
        first if first >> 24 == 0x30 => der(bytes, file_name).map(|kind| ("keystore-file", kind.to_owned())),
        _ => None,
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<usize> {
        self.take(2).map(|b| usize::from(u16::from_be_bytes([b[0], b[1]])))
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
    }

    fn name(&mut self) -> Option<&'a str> {
        let length = self.u16()?;
        let name = std::str::from_utf8(self.take(length)?).ok()?;
        (!name.contains(char::is_control)).then_some(name)
    }

    /// The content of the DER element of this tag, or all that follows if its length is not definite.
    fn element(&mut self, tag: u8) -> Option<Self> {
        if *self.take(1)?.first()? != tag {
            return None;
        }
        let length = match *self.take(1)?.first()? {
            short @ 0..0x80 => usize::from(short),
            0x80 => self.bytes.len(),
            long => {
                let digits = self.take(usize::from(long & 0x7F)).filter(|digits| digits.len() <= 4)?;
                digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit))
            }
        };
        // A file that was cut off is read as far as it goes.
        Some(Self { bytes: self.take(length.min(self.bytes.len()))? })
    }
}

/// The alias of the first key in a JKS or JCEKS file (sun.security.provider.JavaKeyStore): private
/// keys have the tag 1, certificates 2, secret keys 3.
fn alias(mut reader: Reader<'_>) -> Option<String> {
    let version = reader.u32().filter(|version| matches!(version, 1 | 2))?;
    for _ in 0..reader.u32()?.min(MOST_ENTRIES) {
        let tag = reader.u32()?;
        let alias = reader.name()?;
        match tag {
            1 | 3 => return Some(alias.to_owned()),
            2 => {
                reader.take(8)?;
                if version == 2 {
                    reader.name()?;
                }
                let length = reader.u32()?;
                reader.take(length as usize)?;
            }
            _ => return None,
        }
    }
    None
}

/// The first principal of a Kerberos keytab, which starts with a count of components, the realm and
/// the components (MIT Kerberos, keytab file format, version 2).
fn principal(mut reader: Reader<'_>) -> Option<String> {
    // Negative lengths are holes that deleted entries left.
    for _ in 0..MOST_ENTRIES {
        let length = reader.u32()?.cast_signed();
        let mut entry = Reader { bytes: reader.take(length.unsigned_abs() as usize)? };
        if length <= 0 {
            continue;
        }
        let components = entry.u16().filter(|count| (1..=8).contains(count))?;
        let realm = entry.name().filter(|realm| !realm.is_empty())?;
        let mut names = Vec::new();
        for _ in 0..components {
            names.push(entry.name()?);
        }
        // Name type, time, version, key type and the key's length are still to come.
        return (entry.bytes.len() >= 13).then(|| format!("{}@{realm}", names.join("/")));
    }
    None
}

/// PKCS#12 (RFC 7292) and Bouncy Castle's BCFKS.
fn der(bytes: &[u8], file_name: &str) -> Option<&'static str> {
    let indefinite = bytes.get(1) == Some(&0x80);
    let mut file = Reader { bytes }.element(0x30)?;
    if file.bytes.starts_with(&[0x02, 0x01, 0x03]) {
        file.take(3)?;
        let content = file.element(0x30)?;
        if !PFX_CONTENT.iter().any(|oid| content.bytes.starts_with(oid)) {
            return None;
        }
        // Keys are shrouded one by one in bags that lie open, certificates are encrypted as a whole: so
        // write OpenSSL, the JDK and Windows. A store in pieces may hide the bags.
        let mut bags = memchr::memmem::find_iter(bytes, &BAG).filter_map(|at| bytes.get(at + BAG.len()));
        return match bags.any(|bag| BAGS_OF_KEYS.contains(bag)) {
            true => Some("PKCS#12 key"),
            false => (indefinite && !is_truststore(file_name)).then_some("PKCS#12"),
        };
    }
    // ObjectStore { EncryptedObjectStoreData { AlgorithmIdentifier, … }, … }: one level more than an
    // encrypted key of PKCS#8 has.
    let algorithm = file.element(0x30)?.element(0x30)?;
    (algorithm.bytes.starts_with(&PBES2) && !is_truststore(file_name)).then_some("BCFKS")
}

/// By its name, where nothing else can tell.
fn is_truststore(file_name: &str) -> bool {
    let name = file_name.to_ascii_lowercase();
    ["trust", "cacerts", "ca-certs"].iter().any(|word| name.contains(word))
}
