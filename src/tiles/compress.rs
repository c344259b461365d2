//! Compressed bytes and their tags.

use libdeflater::{CompressionLvl, Compressor};
use sha2::{Digest, Sha256};

/// The fastest level that compresses: what libdeflater calls its fastest, 0, stores.
const LEVEL: i32 = 1;

/// Compresses as gzip; the same bytes give the same bytes.
pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::new(LEVEL).unwrap_or_default());
    let mut compressed = vec![0; compressor.gzip_compress_bound(content.len())];
    // The bound is always enough; were it not, an empty body would show at once.
    let length = compressor
        .gzip_compress(content, &mut compressed)
        .unwrap_or(0);
    compressed.truncate(length);
    compressed
}

/// A strong entity tag of content in an encoding (RFC 9110, 8.8.3): another encoding is another representation.
pub fn etag(content: &[u8], encoding: &str) -> String {
    let digest = Sha256::digest(content);
    let short = digest
        .iter()
        .take(12)
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    format!("\"{short}-{encoding}\"")
}
