-- Parcels that share a point with a place ($1, EWKB in degrees) as they are on a day ($2; null for today) by what was known at an instant
-- ($3; null for now): those after an id ($4), up to a count ($5), by id.
select p.parcel_id as "parcel_id!"
from (select st_geomfromewkb($1) as shape) as place
join parcel_as_of(coalesce($2, today()), coalesce($3, 'infinity'::timestamptz)) p
    on p.geographic && place.shape and st_intersects(p.geographic, place.shape)
where p.parcel_id > $4
order by 1 limit $5
