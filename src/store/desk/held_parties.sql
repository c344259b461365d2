-- Parties by id ($1), by number ($2) or by folded name ($3), as they are now.
select v.party_id, v.revision, v.kind, v.name, v.personal_no, v.birth_year, v.residence, lower(v.legal) as "in_force_from!"
from party_version v
where (v.party_id = any ($1) or v.personal_no = any ($2) or v.name_key = any ($3)) and upper_inf(v.recorded) and is_in_force(v.legal, v.recorded, today(), 'infinity')
order by v.party_id
