-- Current parcels that come to within a hand's breadth of one of some parcels ($1), without those, by id.
select distinct p.parcel_id as "parcel_id!"
from current_parcel h
join current_parcel p on p.geographic && st_expand(h.geographic, 1e-6) and st_dwithin(p.geographic, h.geographic, 1e-6)
where h.parcel_id = any ($1) and p.parcel_id <> all ($1)
order by 1
