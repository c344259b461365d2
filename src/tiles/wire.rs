//! Protocol buffers: varints and what is made of them.

/// The largest value whose varint fits into one word.
const WORD_LIMIT: u64 = 1 << 56;

/// Appends the first bytes of a word. A fixed copy that is cut short is several times faster than a copy of variable length.
#[inline]
fn put(out: &mut Vec<u8>, word: u64, length: usize) {
    let end = out.len() + length;
    out.extend_from_slice(&word.to_le_bytes());
    out.truncate(end);
}

/// The bytes of a value's varint.
pub fn varint_size(value: u64) -> usize {
    (70 - (value | 1).leading_zeros() as usize) / 7
}

/// Appends a varint.
#[inline]
pub fn varint(out: &mut Vec<u8>, value: u64) {
    match u8::try_from(value) {
        Ok(byte @ ..0x80) => out.push(byte),
        _ => long_varint(out, value),
    }
}

/// Appends a varint, without a branch for each byte: groups of seven bits are moved to bytes.
fn long_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= WORD_LIMIT {
        let [low, ..] = value.to_le_bytes();
        out.push(low | 0x80);
        value >>= 7;
    }
    let halves = value & 0x0fff_ffff | (value & 0x00ff_ffff_f000_0000) << 4;
    let quarters = halves & 0x0000_3fff_0000_3fff | (halves & 0x0fff_c000_0fff_c000) << 2;
    let bytes = quarters & 0x007f_007f_007f_007f | (quarters & 0x3f80_3f80_3f80_3f80) << 1;
    let length = varint_size(value);
    let more = 0x8080_8080_8080_8080 & ((1 << (8 * (length - 1))) - 1);
    put(out, bytes | more, length);
}

/// Appends a key below 128 and a value of at most 28 bits, in one go.
pub fn tag(out: &mut Vec<u8>, key: u8, value: u32) {
    let value = u64::from(value);
    let halves = value & 0x3fff | (value & 0x0fff_c000) << 2;
    let bytes = halves & 0x007f_007f | (halves & 0x3f80_3f80) << 1;
    let length = varint_size(value);
    let more = 0x8080_8080 & ((1 << (8 * (length - 1))) - 1);
    put(out, u64::from(key) | (bytes | more) << 8, 1 + length);
}

/// Appends two signed numbers of less than 14 bits with their sign, zigzag.
#[inline]
pub fn small_pair(out: &mut Vec<u8>, first: i32, second: i32) {
    let (first, first_size) = small(first);
    let (second, second_size) = small(second);
    let word = u64::from(first) | u64::from(second) << (8 * first_size);
    put(out, word, first_size + second_size);
}

/// A zigzag varint of one or two bytes.
fn small(value: i32) -> (u32, usize) {
    let zigzag = (value << 1 ^ value >> 31).cast_unsigned();
    let is_long = zigzag > 0x7f;
    let bytes = zigzag & 0x7f | u32::from(is_long) << 7 | (zigzag >> 7) << 8;
    (bytes, 1 + usize::from(is_long))
}

/// Appends a number field.
#[inline]
pub fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

/// Appends the head of a field of so many bytes.
#[inline]
pub fn head(out: &mut Vec<u8>, field: u64, size_bytes: usize) {
    varint(out, field << 3 | 2);
    varint(out, size_bytes as u64);
}

/// Appends a field of bytes.
pub fn bytes(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    head(out, field, content.len());
    out.extend_from_slice(content);
}

/// The bytes of a field of bytes, whose number is below 16.
pub fn bytes_size(content_size: usize) -> usize {
    1 + varint_size(content_size as u64) + content_size
}

/// A field that was read: a number, or bytes.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    pub number: u64,
    /// 0 in a field of bytes.
    pub value: u64,
    /// Empty in a field of a number.
    pub content: &'a [u8],
}

/// The fields of a message, up to the first that is neither a number nor bytes.
pub fn fields(mut message: &[u8]) -> impl Iterator<Item = Field<'_>> {
    std::iter::from_fn(move || {
        let key = read_varint(&mut message)?;
        let value = read_varint(&mut message)?;
        let number = key >> 3;
        match key & 7 {
            0 => Some(Field {
                number,
                value,
                content: &[],
            }),
            2 => {
                let (content, rest) = message.split_at_checked(usize::try_from(value).ok()?)?;
                message = rest;
                Some(Field {
                    number,
                    value: 0,
                    content,
                })
            }
            _ => None,
        }
    })
}

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The varint as the Protocol Buffers documentation describes it, one byte after the other.
    fn plain(mut value: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
            value >>= 7;
        }
        bytes.push(u8::try_from(value).unwrap());
        bytes
    }

    #[test]
    fn varints_of_every_length_are_as_the_documentation_says() {
        let powers = (0..64).flat_map(|bits| {
            let power = 1_u64 << bits;
            [power - 1, power, power + 1, power | 0x5555]
        });
        for value in powers.chain([150, u64::MAX]) {
            let mut out = vec![7];
            varint(&mut out, value);
            assert_eq!(out[1..], plain(value), "{value}");
            assert_eq!(varint_size(value), out.len() - 1, "{value}");
        }
        let mut out = Vec::new();
        varint(&mut out, 150);
        assert_eq!(out, [0x96, 0x01], "the documentation's own example");
    }

    #[test]
    fn a_tag_is_two_varints() {
        for value in [
            0,
            1,
            127,
            128,
            16_383,
            16_384,
            2_097_151,
            2_097_152,
            (1 << 28) - 1,
        ] {
            let mut out = Vec::new();
            tag(&mut out, 4, value);
            assert_eq!(out, [plain(4), plain(value.into())].concat(), "{value}");
        }
    }

    #[test]
    fn pairs_are_two_zigzag_varints() {
        for first in [-4224, -65, -64, -1, 0, 1, 63, 64, 4224] {
            for second in [-4224, -64, 0, 63, 64, 4224] {
                let mut out = Vec::new();
                small_pair(&mut out, first, second);
                let zigzag =
                    |value: i32| u64::from(value.unsigned_abs()) * 2 - u64::from(value < 0);
                let expected = [plain(zigzag(first)), plain(zigzag(second))].concat();
                assert_eq!(out, expected, "{first} {second}");
            }
        }
    }
}
