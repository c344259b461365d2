//! Compressed bytes and their tags.

use bytes::Bytes;
use libdeflater::{CompressionLvl, Compressor, Decompressor};
use std::cell::RefCell;
use xxhash_rust::xxh3::xxh3_128;

/// The fastest level that compresses: what libdeflater calls its fastest, 0, stores.
const LEVEL: i32 = 1;

/// Content, compressed once; the form that caches keep and most clients take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The content as gzip.
    pub gzip: Bytes,
    /// Strong entity tag of the gzip form.
    pub etag: String,
    /// The size of the content itself.
    pub unpacked_bytes: usize,
}

impl Packed {
    /// Compresses content.
    pub fn of(content: &[u8]) -> Self {
        let gzip = Bytes::from(gzip(content));
        Self {
            etag: etag(&gzip, "gzip"),
            unpacked_bytes: content.len(),
            gzip,
        }
    }

    /// The content itself, for the few clients that take no gzip; `None` would mean that memory is damaged.
    pub fn unpacked(&self) -> Option<Vec<u8>> {
        let mut content = vec![0; self.unpacked_bytes];
        let length = Decompressor::new()
            .gzip_decompress(&self.gzip, &mut content)
            .ok()?;
        (length == content.len()).then_some(content)
    }
}

/// A compressor and the room that it writes into: making both anew costs more than a small tile.
struct Press {
    compressor: Compressor,
    room: Vec<u8>,
}

thread_local! {
    static PRESS: RefCell<Press> = RefCell::new(Press {
        compressor: Compressor::new(CompressionLvl::new(LEVEL).unwrap_or_default()),
        room: Vec::new(),
    });
}

/// Compresses as gzip; the same bytes give the same bytes.
pub fn gzip(content: &[u8]) -> Vec<u8> {
    PRESS.with_borrow_mut(|Press { compressor, room }| {
        let bound = compressor.gzip_compress_bound(content.len());
        if room.len() < bound {
            room.resize(bound, 0);
        }
        // The bound is always enough; were it not, an empty body would show at once.
        let length = compressor.gzip_compress(content, room).unwrap_or(0);
        room.get(..length).unwrap_or_default().to_vec()
    })
}

/// A strong entity tag of content in an encoding (RFC 9110, 8.8.3): another encoding is another representation.
///
/// The tag is the content's xxh3 of 128 bits, so the same bytes have the same tag in every server and after every restart. It is no
/// proof against somebody who looks for a collision: all that such a one gains is that a client keeps the older of two tiles.
pub fn etag(content: &[u8], encoding: &str) -> String {
    format!("\"{:032x}-{encoding}\"", xxh3_128(content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_comes_back_and_its_tag_is_that_of_the_bytes_sent() {
        let content = b"dat dai ".repeat(1000);
        let packed = Packed::of(&content);
        assert!(packed.gzip.len() < 200);
        assert_eq!(packed.unpacked(), Some(content));
        assert_eq!(packed.etag, etag(&packed.gzip, "gzip"));
        assert_eq!(Packed::of(b"").unpacked(), Some(Vec::new()));
    }

    #[test]
    fn a_tag_is_the_xxh3_of_128_bits() {
        // xxHash's own program: printf '' | xxh128sum
        assert_eq!(
            etag(b"", "identity"),
            "\"99aa06d3014798d86001c324468d497f-identity\""
        );
    }
}
