//! The journal beside an unfinished archive: which tiles are in it so far, each record with its checksum.
//!
//! A record is written after its tile's bytes. Whatever was lost or torn when the writer was killed is found by its checksum, and
//! the archive goes on from the last tile that is whole.

use libdeflater::crc32;
use std::io::{self, Read};

/// The bytes of a content's digest (SHA-256).
pub type Digest = [u8; 32];

const MAGIC: &[u8; 8] = b"diaba-1\n";
/// Magic, identity, checksum.
pub const HEAD_BYTES: usize = 8 + 32 + 4;
/// Tile, offset, length, digest, checksum.
pub const RECORD_BYTES: usize = 8 + 8 + 4 + 32 + 4;

/// A tile that is in the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Which tile.
    pub tile_id: u64,
    /// Where its bytes begin.
    pub offset: u64,
    /// How many they are.
    pub length: u32,
    /// Their digest.
    pub digest: Digest,
}

/// The head: what the archive is to be of.
pub fn head(identity: &Digest) -> [u8; HEAD_BYTES] {
    sealed(&[MAGIC, identity])
}

impl Record {
    pub fn to_bytes(self) -> [u8; RECORD_BYTES] {
        sealed(&[
            &self.tile_id.to_le_bytes(),
            &self.offset.to_le_bytes(),
            &self.length.to_le_bytes(),
            &self.digest,
        ])
    }

    /// The next record; `None` at the end, and where the checksum is wrong.
    pub fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut bytes = [0; RECORD_BYTES];
        let is_whole = match from.read_exact(&mut bytes) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
            Err(error) => return Err(error),
        };
        let (tile_id, rest) = take(&bytes);
        let (offset, rest) = take(rest);
        let (length, rest) = take(rest);
        let (digest, _) = take(rest);
        let record = Self {
            tile_id: u64::from_le_bytes(tile_id),
            offset: u64::from_le_bytes(offset),
            length: u32::from_le_bytes(length),
            digest,
        };
        Ok((is_whole && record.to_bytes() == bytes).then_some(record))
    }
}

/// The first `N` bytes, and what follows them; zeros where there are fewer.
fn take<const N: usize>(bytes: &[u8]) -> ([u8; N], &[u8]) {
    bytes
        .split_first_chunk()
        .map_or(([0; N], &[]), |(first, rest)| (*first, rest))
}

/// Parts one after another, and their checksum.
fn sealed<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let mut bytes = parts.concat();
    let checksum = crc32(&bytes);
    bytes.extend(checksum.to_le_bytes());
    take(&bytes).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_whole_or_not_at_all() {
        let record = Record {
            tile_id: 4_907_677_421,
            offset: 1 << 40,
            length: 70_000,
            digest: [7; 32],
        };
        let bytes = record.to_bytes();
        assert_eq!(Record::read(&mut &bytes[..]).unwrap(), Some(record));
        for cut in 0..RECORD_BYTES {
            assert_eq!(Record::read(&mut &bytes[..cut]).unwrap(), None, "{cut}");
            let mut torn = bytes;
            torn[cut] ^= 1;
            assert_eq!(Record::read(&mut &torn[..]).unwrap(), None, "{cut}");
        }
        assert_eq!(Record::read(&mut &[0; RECORD_BYTES][..]).unwrap(), None);
    }
}
