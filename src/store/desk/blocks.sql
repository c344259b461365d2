-- The blocks in force on parcels ($1) and on what they came from, by the parcel that is asked for.
with recursive ancestor (of, parcel_id) as (
    select id, id from unnest($1::bigint[]) as id
    union
    select a.of, l.parent_parcel_id from ancestor a join lineage l on l.child_parcel_id = a.parcel_id
)
select a.of as "of!", b.parcel_id, b.letter_no, b.agency, b.stops_changes
from ancestor a join block b on b.parcel_id = a.parcel_id
where upper_inf(b.recorded) and b.legal @> today()
order by 1, b.parcel_id, b.block_id
