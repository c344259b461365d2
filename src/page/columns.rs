//! The columns of a page, in memory and as bytes.

/// Declares the columns: their sizes, and their way to and from bytes, follow from the one list.
macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {
        /// What a page is made of. Numbers are in the machine's own byte order.
        #[derive(Debug, Default, PartialEq, Eq)]
        pub struct Columns { $($(#[$doc])* pub $name: Box<[$type]>,)* }

        impl Columns {
            /// The bytes of all columns.
            pub fn size_bytes(&self) -> usize {
                size_of::<Self>() $(+ size_of_val(&*self.$name))*
            }

            /// Appends lengths and content.
            pub fn write(&self, out: &mut Vec<u8>) {
                $(out.extend_from_slice(bytemuck::bytes_of(&(self.$name.len() as u64)));)*
                $(out.extend_from_slice(bytemuck::cast_slice(&self.$name));)*
            }

            /// Takes columns from the front of bytes; `None` where these are too few.
            pub fn read(bytes: &mut &[u8]) -> Option<Self> {
                $(let $name = length(bytes)?;)*
                Some(Self { $($name: content(bytes, $name)?,)* })
            }
        }
    };
}

columns! {
    /// Parcel ids.
    ids: i64,
    /// One more than the 60 bits of the national code; 0 for none.
    national_codes: u64,
    /// Microseconds since 1970 when the register took the version in.
    recorded_us: i64,
    /// North-west corners of the parcels' boxes, world units.
    corners: [u32; 2],
    /// Label points, world units.
    labels: [u32; 2],
    /// The bits of the label points below a world unit, x in the high nibble.
    label_fines: u8,
    /// Width and height of the boxes; of wide parcels unused.
    sides: [u16; 2],
    /// Numbers in the sheet.
    parcel_nos: i32,
    /// Legal areas in tenths of square metres; `u32::MAX` for none.
    legal_areas: u32,
    /// Computed areas in tenths of square metres.
    computed_areas: u32,
    /// First days in force, Julian day numbers.
    in_force_from: i32,
    /// Each parcel's first ring.
    first_rings: u32,
    /// Versions.
    revisions: u16,
    /// Sheets, by place in the page's table.
    parcel_sheets: u16,
    /// Main uses, by place among the texts.
    land_uses: u16,
    /// All uses, by place among the texts.
    use_lists: u16,
    /// Addresses, by place among the texts.
    addresses: u16,
    /// Bits: see `pages`.
    flags: u8,
    /// Where each ring's points end.
    ring_ends: u32,
    /// Vertices relative to the parcel's corner, world units; of a wide parcel two entries each, high halves first.
    points: [u16; 2],
    /// The bits below a world unit of each entry's vertex, x in the high nibble.
    fines: u8,
    /// The sheets: Julian day of the commune's era, number, zone, scale (0 for none).
    sheets: [i32; 4],
    /// Where each sheet's hull ends.
    hull_ends: u32,
    /// The convex hulls of the sheets' parcels of this page.
    hull_points: [u32; 2],
    /// Where each text ends.
    text_ends: u32,
    /// The texts, UTF-8.
    texts: u8,
}

fn length(bytes: &mut &[u8]) -> Option<usize> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    usize::try_from(u64::from_ne_bytes(*length)).ok()
}

fn content<T: bytemuck::Pod>(bytes: &mut &[u8], length: usize) -> Option<Box<[T]>> {
    let (content, rest) = bytes.split_at_checked(length.checked_mul(size_of::<T>())?)?;
    *bytes = rest;
    let mut column = vec![T::zeroed(); length];
    bytemuck::cast_slice_mut(&mut column).copy_from_slice(content);
    Some(column.into())
}
