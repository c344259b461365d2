//! An order in which neighbours come after one another.

use super::{PageParcel, WorldBox};

/// Sorts parcels along a Hilbert curve of their boxes' centres, so that neighbours come into one page.
pub fn hilbert_order(parcels: &mut [PageParcel]) {
    parcels.sort_by_cached_key(|parcel| {
        let bounds = WorldBox::around(parcel.rings.iter().flatten().map(|point| point.world()));
        let middle = |low: u32, high: u32| low / 2 + high / 2;
        (
            hilbert(
                middle(bounds.min.x, bounds.max.x),
                middle(bounds.min.y, bounds.max.y),
            ),
            parcel.parcel_id,
        )
    });
}

/// The distance along a Hilbert curve of order 32 (Hamilton's formulation, `xy2d`).
fn hilbert(mut x: u32, mut y: u32) -> u64 {
    let mut distance = 0;
    for bit in (0..32).rev() {
        let (right, lower) = (x >> bit & 1, y >> bit & 1);
        distance = distance << 2 | u64::from((3 * right) ^ lower);
        if lower == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
    }
    distance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hilbert_curve_steps_from_neighbour_to_neighbour() {
        let mut places: Vec<_> = (0..16_u32)
            .flat_map(|x| (0..16_u32).map(move |y| (x, y)))
            .collect();
        places.sort_by_key(|(x, y)| hilbert(*x, *y));
        assert!(
            places
                .windows(2)
                .all(|pair| pair[0].0.abs_diff(pair[1].0) + pair[0].1.abs_diff(pair[1].1) == 1)
        );
    }
}
