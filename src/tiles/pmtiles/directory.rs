//! Directories: which tile is where.

use crate::tiles::gzip;

/// The longest root directory: with the header it must stay under 16 KiB, so that one request brings both.
const MAX_ROOT_BYTES: usize = 16_384 - super::header::HEADER_BYTES;
/// Entries of a leaf directory, to begin with.
const LEAF_ENTRIES: usize = 4096;

/// Equal tiles in a row, or a leaf directory where `run_length` is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The first tile.
    pub tile_id: u64,
    /// Where its bytes begin in the section of tiles, or of leaf directories.
    pub offset: u64,
    /// How many bytes.
    pub length: u32,
    /// How many tiles have them.
    pub run_length: u32,
}

/// The directories of an archive, as they are written.
#[derive(Debug)]
pub struct Directories {
    /// The root.
    pub root: Vec<u8>,
    /// The leaves, one after another; nothing where the root holds all.
    pub leaves: Vec<u8>,
}

impl Directories {
    /// The directories of all entries: one where it is short enough, else leaves, longer and longer until the root fits.
    pub fn of(entries: &[Entry]) -> Self {
        let root = serialized(entries);
        if root.len() < MAX_ROOT_BYTES {
            let leaves = Vec::new();
            return Self { root, leaves };
        }
        let mut leaf_entries = LEAF_ENTRIES;
        loop {
            let directories = Self::with_leaves(entries, leaf_entries);
            if directories.root.len() < MAX_ROOT_BYTES {
                return directories;
            }
            leaf_entries *= 2;
        }
    }

    fn with_leaves(entries: &[Entry], leaf_entries: usize) -> Self {
        let (mut leaves, mut root) = (Vec::new(), Vec::new());
        for part in entries.chunks(leaf_entries) {
            let leaf = serialized(part);
            root.extend(part.first().map(|first| Entry {
                tile_id: first.tile_id,
                offset: leaves.len() as u64,
                length: u32::try_from(leaf.len()).unwrap_or(u32::MAX),
                run_length: 0,
            }));
            leaves.extend(leaf);
        }
        Self {
            root: serialized(&root),
            leaves,
        }
    }
}

fn serialized(entries: &[Entry]) -> Vec<u8> {
    gzip(&columns(entries))
}

/// The columns of a directory: how many, numbers as steps, runs, lengths, and offsets (0 right behind the one before, else one more).
fn columns(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(6 * entries.len() + 5);
    varint(&mut out, entries.len() as u64);
    let mut last = 0;
    for entry in entries {
        varint(&mut out, entry.tile_id - last);
        last = entry.tile_id;
    }
    for entry in entries {
        varint(&mut out, entry.run_length.into());
    }
    for entry in entries {
        varint(&mut out, entry.length.into());
    }
    let mut end = None;
    for entry in entries {
        let is_next = end == Some(entry.offset);
        varint(&mut out, if is_next { 0 } else { entry.offset + 1 });
        end = Some(entry.offset + u64::from(entry.length));
    }
    out
}

/// A number in groups of seven bits, lowest first.
fn varint(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(tile_id: u64, offset: u64, length: u32, run_length: u32) -> Entry {
        Entry {
            tile_id,
            offset,
            length,
            run_length,
        }
    }

    #[test]
    fn a_directory_is_written_as_pypi_pmtiles_writes_it() {
        let entries = [
            entry(5, 0, 100, 1),
            entry(6, 100, 50, 3),
            entry(12, 0, 100, 1),
            entry(13, 150, 70_000, 1),
        ];
        // pmtiles 3.8.1: serialize_directory, decompressed.
        let expected = [
            4, 5, 1, 6, 1, 1, 3, 1, 1, 100, 50, 100, 240, 162, 4, 1, 0, 1, 151, 1,
        ];
        assert_eq!(columns(&entries), expected);
    }

    #[test]
    fn a_root_that_grows_too_long_gets_leaves() {
        // Lengths that do not repeat, so that nothing compresses well.
        let mut offset = 0;
        let entries: Vec<_> = (0..200_000_u64)
            .map(|number| {
                let length = u32::try_from(number * 7919 % 65_521 + 1).unwrap();
                let entry = entry(3 * number + number % 2, offset, length, 1);
                offset += u64::from(length);
                entry
            })
            .collect();
        let small = Directories::of(&entries[..100]);
        assert!(small.leaves.is_empty());
        assert_eq!(read(&small.root), entries[..100]);
        let large = Directories::of(&entries);
        assert!(large.root.len() < 16_384 - 127);
        let (mut found, mut end) = (Vec::new(), 0);
        for leaf in read(&large.root) {
            assert_eq!((leaf.run_length, leaf.offset), (0, end));
            end += u64::from(leaf.length);
            let bytes =
                &large.leaves[usize::try_from(leaf.offset).unwrap()..usize::try_from(end).unwrap()];
            let held = read(bytes);
            assert_eq!(held[0].tile_id, leaf.tile_id);
            found.extend(held);
        }
        assert_eq!(end, large.leaves.len() as u64);
        assert!(found == entries);
    }

    /// Reads a directory as the specification has it.
    fn read(directory: &[u8]) -> Vec<Entry> {
        let mut bytes = vec![0; 1 << 20];
        let length = libdeflater::Decompressor::new().gzip_decompress(directory, &mut bytes);
        bytes.truncate(length.unwrap());
        let mut rest = bytes.into_iter();
        let mut number = || {
            let mut value = 0;
            for shift in (0..64).step_by(7) {
                let byte = rest.next().unwrap();
                value |= u64::from(byte & 0x7f) << shift;
                if byte < 0x80 {
                    break;
                }
            }
            value
        };
        let count = number();
        let mut column = || (0..count).map(|_| number()).collect::<Vec<_>>();
        let (steps, runs, lengths, offsets) = (column(), column(), column(), column());
        let (mut entries, mut tile_id, mut end) = (Vec::new(), 0, 0);
        for (((step, run), length), offset) in steps.into_iter().zip(runs).zip(lengths).zip(offsets)
        {
            tile_id += step;
            let offset = offset.checked_sub(1).unwrap_or(end);
            end = offset + length;
            entries.push(entry(
                tile_id,
                offset,
                length.try_into().unwrap(),
                run.try_into().unwrap(),
            ));
        }
        entries
    }
}
