-- The rights in a parcel ($1) with party and certificate as they are on a day ($2; null for today) by what was known at an instant
-- ($3; null for now), in the order they were registered.
select p.kind as "party_kind!", p.name as "party_name!", p.personal_no, p.birth_year, p.residence,
       v.share_numerator || '/' || v.share_denominator as "share!",
       c.serial as "certificate_serial?", c.entry_no as "certificate_entry_no?", c.issued_on as "certificate_issued_on?",
       c.status as "certificate_status?"
from (select coalesce($2, today()) as at, coalesce($3, 'infinity'::timestamptz) as known) as moment
join land_right_version v on is_in_force(v.legal, v.recorded, moment.at, moment.known)
join land_right r on r.right_id = v.right_id
cross join lateral party_as_of(r.party_id, moment.at, moment.known) p
left join certificate_version c on c.certificate_id = r.certificate_id and is_in_force(c.legal, c.recorded, moment.at, moment.known)
where v.parcel_id = $1
order by v.right_id
