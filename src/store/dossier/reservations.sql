-- For each of some parcels ($1) the open dossier that reserves it: of those received, and neither done nor ended, the first that named it.
select distinct on (p.parcel_id) p.parcel_id, d.code, d.officer, greatest(p.put_at, d.received_at) as "since!", d.due_at
from dossier_parcel p
join dossier d on d.dossier_id = p.dossier_id
where p.parcel_id = any ($1) and d.received_at is not null and d.status in (2, 4, 5, 6, 7)
order by p.parcel_id, greatest(p.put_at, d.received_at), d.dossier_id
