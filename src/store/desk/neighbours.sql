-- Current parcels that come to within a hand's breadth of one of some parcels ($1), without those, or of boundaries drawn in a zone
-- (EWKB, $2), by id.
select p.parcel_id as "parcel_id!"
from current_parcel h
join current_parcel p on p.geographic && st_expand(h.geographic, 1e-6) and st_dwithin(p.geographic, h.geographic, 1e-6)
where h.parcel_id = any ($1) and p.parcel_id <> all ($1)
union
select p.parcel_id
from unnest($2::bytea[]) as drawn (ewkb), lateral st_transform(st_geomfromewkb(ewkb), 4326) as h (geographic)
join current_parcel p on p.geographic && st_expand(h.geographic, 1e-6) and st_dwithin(p.geographic, h.geographic, 1e-6)
where p.parcel_id <> all ($1)
order by 1
