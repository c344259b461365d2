-- Ends mortgages and leases ($2) on parcels ($1) today in law. What held until today stays known.
with ended as (
    select * from unnest($1::bigint[], $2::bigint[]) as ended (parcel_id, encumbrance_id)
), closed as (
    update encumbrance v set recorded = tstzrange(lower(v.recorded), closing_time(v.recorded))
    from ended e
    where v.parcel_id = e.parcel_id and v.encumbrance_id = e.encumbrance_id and upper_inf(v.recorded)
        and is_not_over(v.legal, today())
    returning v.*
)
insert into encumbrance (parcel_id, encumbrance_id, revision, legal, kind, party_id, rank, sub_kind, contract_no, contract_on,
                         registered_at, amount_vnd, content, part, part_geometry, land_operation_id)
select parcel_id, encumbrance_id, revision + 1, daterange(lower(legal), today()), kind, party_id, rank, sub_kind, contract_no,
       contract_on, registered_at, amount_vnd, content, part, part_geometry, land_operation_id
from closed where lower(legal) < today()
