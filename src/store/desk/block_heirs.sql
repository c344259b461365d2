-- The current parcels that blocks ($2) laid on parcels ($1) act on: those that they were laid on and what these became, as far as the
-- block lies there.
with recursive laid as (
    select b.parcel_id, b.block_id, coalesce(b.part_geometry, (
        select v.legal_geometry from parcel_version v where v.parcel_id = b.parcel_id and upper_inf(v.recorded)
        order by lower(v.legal) desc limit 1)) as place
    from unnest($1::bigint[], $2::bigint[]) as wanted (parcel_id, block_id)
    join block b on b.parcel_id = wanted.parcel_id and b.block_id = wanted.block_id
    where upper_inf(b.recorded) and is_in_force(b.legal, b.recorded, today(), 'infinity')
), heir (of, parcel_id) as (
    select parcel_id, parcel_id from laid
    union
    select h.of, l.child_parcel_id from heir h join lineage l on l.parent_parcel_id = h.parcel_id
)
select distinct l.parcel_id as "laid_on!", l.block_id as "block_id!", c.parcel_id as "heir!"
from laid l
join heir h on h.of = l.parcel_id
join current_parcel c on c.parcel_id = h.parcel_id
where l.place is null or st_srid(l.place) <> st_srid(c.legal_geometry) or st_area(st_intersection(l.place, c.legal_geometry)) > 0.1
order by 1, 2, 3
