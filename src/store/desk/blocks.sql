-- The blocks in force on parcels ($1) and on what they came from, by the parcel that is asked for. One that was laid on a forebear lies
-- where that was.
with recursive ancestor (of, parcel_id) as (
    select id, id from unnest($1::bigint[]) as id
    union
    select a.of, l.parent_parcel_id from ancestor a join lineage l on l.child_parcel_id = a.parcel_id
), found as (
    select a.of, b.*, coalesce(b.part_geometry, case when a.parcel_id <> a.of then (
        select v.legal_geometry from parcel_version v where v.parcel_id = a.parcel_id and upper_inf(v.recorded)
        order by lower(v.legal) desc limit 1) end) as place
    from ancestor a join block b on b.parcel_id = a.parcel_id
    where upper_inf(b.recorded) and is_in_force(b.legal, b.recorded, today(), 'infinity')
)
select f.of as "of!", f.parcel_id as "parcel_id!", f.block_id as "block_id!", f.stops_issuing as "stops_issuing!",
       f.stops_transactions as "stops_transactions!", f.stops_changes as "stops_changes!", f.letter_no as "letter_no!",
       f.agency as "agency!", f.reason, upper(f.legal) as until, f.part, st_asbinary(f.place) as part_geometry,
       st_srid(f.place) as part_srid
from found f
order by 1, 2, 3
