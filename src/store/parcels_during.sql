-- Parcels that are in law on any day of a span ($2 to $3, both included; null for no end) by what was known at an instant ($4; null for now)
-- and share a point with a place ($1, EWKB in degrees; null for everywhere), in a commune ($5; null for all): those after an id ($6), up
-- to a count ($7), by id, each with the last of these days.
select distinct on (p.parcel_id) p.parcel_id as "parcel_id!", coalesce(least(upper(p.legal) - 1, $3), greatest(lower(p.legal), today())) as "day!"
from (
    -- What is known now and what is known no longer stand in indexes of their own.
    select * from parcel_in_time where upper_inf(recorded)
    union all
    select * from parcel_in_time where not upper_inf(recorded)
) p
where is_not_over(p.legal, $2) and coalesce(lower(p.legal) <= $3, true)
    and is_in_force(p.legal, p.recorded, lower(p.legal), coalesce($4, 'infinity'::timestamptz))
    and ($1::bytea is null or (p.geographic && st_geomfromewkb($1) and st_intersects(p.geographic, st_geomfromewkb($1))))
    and ($5::text is null or p.commune_code = $5) and p.parcel_id > $6
order by p.parcel_id, lower(p.legal) desc
limit $7
