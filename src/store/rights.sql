-- The current rights in a parcel ($1) with party and certificate, in the order they were registered.
select p.kind as "party_kind!", p.name as "party_name!", p.personal_no, p.birth_year, p.residence,
       v.share_numerator || '/' || v.share_denominator as "share!",
       c.serial as "certificate_serial?", c.entry_no as "certificate_entry_no?", c.issued_on as "certificate_issued_on?"
from land_right_version v
join land_right r on r.right_id = v.right_id
join party_version p on p.party_id = r.party_id and upper_inf(p.recorded)
left join certificate_version c on c.certificate_id = r.certificate_id and upper_inf(c.recorded)
where v.parcel_id = $1 and upper_inf(v.recorded) and v.legal @> today()
order by v.right_id
