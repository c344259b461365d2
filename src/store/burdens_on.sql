-- The mortgages and leases on a parcel ($1) as they are on a day ($2; null for today) by what was known at an instant ($3; null for now),
-- in the order of their priority.
select e.encumbrance_id, e.kind, p.kind as "party_kind!", p.name as "party_name!", p.personal_no, e.rank, e.sub_kind, e.contract_no,
       e.contract_on, e.registered_at, e.amount_vnd, e.content, upper(e.legal) as until, e.part
from (select coalesce($2, today()) as at, coalesce($3, 'infinity'::timestamptz) as known) as moment
join encumbrance e on is_in_force(e.legal, e.recorded, moment.at, moment.known)
cross join lateral party_as_of(e.party_id, moment.at, moment.known) p
where e.parcel_id = $1
order by e.kind desc, e.rank, e.registered_at, e.encumbrance_id
