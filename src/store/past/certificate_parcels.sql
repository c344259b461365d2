-- The parcels of a certificate ($1): as printed, and as they are called on a day ($2; null for today) by what was known at an instant
-- ($3; null for now), else as they were called last by then.
select cp.parcel_id, cp.printed_sheet_no, cp.printed_parcel_no, p.commune_code as "commune_code!", p.sheet_no as "sheet_no!",
       p.parcel_no as "parcel_no!", p.is_in_force as "is_in_force!"
from (select coalesce($2, today()) as at, coalesce($3, 'infinity'::timestamptz) as known) as m
cross join certificate_parcel cp
cross join lateral (
    select t.commune_code, t.sheet_no, t.parcel_no, is_in_force(t.legal, t.recorded, m.at, m.known) as is_in_force
    from parcel_in_time t where t.parcel_id = cp.parcel_id and lower(t.recorded) <= m.known
    order by is_in_force(t.legal, t.recorded, m.at, m.known) desc, t.recorded @> m.known desc, lower(t.legal) desc, t.revision desc limit 1
) p
where cp.certificate_id = $1
order by cp.parcel_id
