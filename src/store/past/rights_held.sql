-- The rights of a party ($1) or on a certificate ($2), of which one is null, in law on a day ($3; null for today) by what was known at
-- an instant ($4; null for now), by parcel and right.
select r.right_id, v.parcel_id, v.kind, v.share_numerator || '/' || v.share_denominator as "share!", r.party_id,
       p.name as "party_name!", c.serial as "certificate_serial?", lower(v.legal) as "legal_from!", upper(v.legal) as legal_until,
       lower(v.recorded) as "recorded_from!", case when upper(v.recorded) <= m.known then upper(v.recorded) end as recorded_until
from (select coalesce($3, today()) as at, coalesce($4, 'infinity'::timestamptz) as known) as m
cross join land_right r
join land_right_version v
    on v.parcel_id = r.parcel_id and v.right_id = r.right_id and is_in_force(v.legal, v.recorded, m.at, m.known)
cross join lateral party_as_of(r.party_id, m.at, m.known) p
left join certificate_version c on c.certificate_id = r.certificate_id and is_in_force(c.legal, c.recorded, m.at, m.known)
where r.party_id = $1 or r.certificate_id = $2
order by v.parcel_id, r.right_id
