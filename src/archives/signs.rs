//! Signs: what else holds of a kind, where its magic alone is text or chance.

/// Where the magic alone could be the beginning of a text.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(24).any(|&byte| byte < b'\t')
}

/// Whether an ELF file is a dump of memory (`ET_CORE`).
pub(super) fn is_core(head: &[u8]) -> bool {
    matches!((head.get(5), head.get(16..18)), (Some(1), Some([4, 0])) | (Some(2), Some([0, 4])))
}

/// The font that Internet Explorer took: the version of its form, and its own magic.
pub(super) fn is_embedded_font(head: &[u8]) -> bool {
    matches!(head.get(8..12), Some([1 | 2, 0, 2, 0] | [0, 0, 1, 0]))
}

/// The signature of a boot sector.
pub(super) fn is_bootable(bytes: &[u8]) -> bool {
    bytes.get(510..512) == Some(&[0x55, 0xAA])
}

/// With a name that ends where its length says, in either order of bytes.
pub(super) fn is_binary_cpio(bytes: &[u8]) -> bool {
    let Some(&[first, second]) = bytes.get(20..22).and_then(|field| field.first_chunk()) else { return false };
    let length = if bytes[0] == 0xC7 { [first, second] } else { [second, first] };
    let length = usize::from(u16::from_le_bytes(length));
    (2..=1024).contains(&length) && bytes.get(26 + length - 1).is_none_or(|&last| last == 0)
}

pub(super) fn is_lzh(bytes: &[u8]) -> bool {
    matches!(bytes, [_, _, _, _, b'h' | b'z', b'0'..=b'9' | b'd' | b's', b'-', ..])
}

/// With a block size and a count of inodes that can be (ext4's superblock begins at 0x400).
pub(super) fn is_ext(bytes: &[u8]) -> bool {
    matches!(bytes.get(0x418..0x41C), Some([0..=6, 0, 0, 0]))
        && bytes.get(0x43A..0x43C).is_some_and(|state| state[1] == 0)
}

/// A sequence whose length is written in two bytes or more, and that begins with a member that can be.
pub(super) fn is_der(bytes: &[u8]) -> bool {
    match bytes {
        [_, 0x81, _, tag, ..] | [_, 0x82, _, _, tag, ..] | [_, 0x83, _, _, _, tag, ..] | [_, 0x80, tag, ..] => {
            matches!(tag, 0x02 | 0x06 | 0x30 | 0xA0)
        }
        _ => false,
    }
}
