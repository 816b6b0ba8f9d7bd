//! A savepoint: the `_metadata` file of a Flink savepoint or checkpoint, with the state inlined in it.

use super::lengths;
use super::store::Store;

/// `Checkpoints.HEADER_MAGIC_NUMBER` (org.apache.flink.runtime.checkpoint).
const MAGIC: [u8; 4] = 0x4960_672D_u32.to_be_bytes();

pub(super) fn is_savepoint(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// State is written by the serializers of its types. All of them write a string behind its length, and
/// what has no serializer of its own as a Java object stream or as Kryo's.
pub(super) fn read(bytes: &[u8], store: &mut Store<'_>) {
    lengths::read(bytes, 0, 0, store);
}
