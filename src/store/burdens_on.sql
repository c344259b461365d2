-- The mortgages and leases in force on a parcel ($1), in the order of their priority.
select e.encumbrance_id, e.kind, p.kind as "party_kind!", p.name as "party_name!", p.personal_no, e.rank, e.sub_kind, e.contract_no,
       e.contract_on, e.registered_at, e.amount_vnd, e.content, upper(e.legal) as until, e.part
from encumbrance e
join party_version p on p.party_id = e.party_id and upper_inf(p.recorded) and is_in_force(p.legal, p.recorded, today(), 'infinity')
where e.parcel_id = $1 and upper_inf(e.recorded) and is_in_force(e.legal, e.recorded, today(), 'infinity')
order by e.kind desc, e.rank, e.registered_at, e.encumbrance_id
