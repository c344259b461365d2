-- The mortgages and leases in force on parcels ($1), in the order of their priority.
select e.parcel_id, e.encumbrance_id, e.kind, e.party_id, e.rank, e.sub_kind, e.contract_no, e.contract_on, e.registered_at, e.amount_vnd,
       e.content, upper(e.legal) as until, e.part, st_asbinary(e.part_geometry) as part_geometry, st_srid(e.part_geometry) as part_srid
from encumbrance e
where e.parcel_id = any ($1) and upper_inf(e.recorded) and is_in_force(e.legal, e.recorded, today(), 'infinity')
order by e.parcel_id, e.kind desc, e.rank, e.registered_at, e.encumbrance_id
