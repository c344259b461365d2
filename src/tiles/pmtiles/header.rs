//! The header of an archive: where its sections are, and what they hold.

/// How long it is.
pub const HEADER_BYTES: usize = 127;

/// A section of the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Section {
    pub offset: u64,
    pub length: u64,
}

impl Section {
    /// The section of a length that begins where this one ends.
    pub fn then(self, length: u64) -> Self {
        let offset = self.offset + self.length;
        Self { offset, length }
    }
}

/// What the header says.
#[derive(Debug, Clone, Copy)]
pub struct Header {
    pub root: Section,
    pub metadata: Section,
    pub leaves: Section,
    pub tiles: Section,
    /// Tiles that can be asked for.
    pub addressed: u64,
    /// Entries of tiles in all directories.
    pub entries: u64,
    /// Different contents.
    pub contents: u64,
    pub min_zoom: u8,
    pub max_zoom: u8,
    /// West, south, east, north in degrees.
    pub bounds: [f64; 4],
}

const VERSION: u8 = 3;
const CLUSTERED: u8 = 1;
const GZIP: u8 = 2;
const MVT: u8 = 1;

impl Header {
    /// The bytes, numbers little-endian. The centre is that of the bounds, at the highest zoom.
    pub fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        out.extend(b"PMTiles");
        out.push(VERSION);
        for section in [self.root, self.metadata, self.leaves, self.tiles] {
            out.extend(section.offset.to_le_bytes());
            out.extend(section.length.to_le_bytes());
        }
        for count in [self.addressed, self.entries, self.contents] {
            out.extend(count.to_le_bytes());
        }
        out.extend([CLUSTERED, GZIP, GZIP, MVT, self.min_zoom, self.max_zoom]);
        let [west, south, east, north] = self.bounds;
        for degrees in self.bounds {
            out.extend(e7(degrees).to_le_bytes());
        }
        out.push(self.max_zoom);
        for degrees in [f64::midpoint(west, east), f64::midpoint(south, north)] {
            out.extend(e7(degrees).to_le_bytes());
        }
        let mut bytes = [0; HEADER_BYTES];
        bytes.copy_from_slice(&out);
        bytes
    }
}

/// Degrees in ten-millionths.
#[expect(
    clippy::cast_possible_truncation,
    reason = "degrees of a map are below 180; what is not comes to the edge of the number"
)]
fn e7(degrees: f64) -> i32 {
    (degrees * 1e7).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_written_as_pypi_pmtiles_writes_it() {
        let root = Section {
            offset: 127,
            length: 25,
        };
        let metadata = root.then(300);
        let leaves = metadata.then(0);
        let header = Header {
            root,
            metadata,
            leaves,
            tiles: leaves.then(70_150),
            addressed: 6,
            entries: 4,
            contents: 3,
            min_zoom: 13,
            max_zoom: 16,
            bounds: [106.56, 10.66, 106.58, 10.68],
        };
        // pmtiles 3.8.1: serialize_header with the same values.
        let expected = concat!(
            "504d54696c6573037f00000000000000190000000000000098000000000000002c01000000000000c401000000000000",
            "0000000000000000c4010000000000000612010000000000060000000000000004000000000000000300000000000000",
            "010202010d1000c4833f40965a0640d1863f80a35d0610a04a853fe01c5c06",
        );
        let written = header.to_bytes().map(|byte| format!("{byte:02x}"));
        assert_eq!(written.concat(), expected);
    }
}
