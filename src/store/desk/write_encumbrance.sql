-- Writes a mortgage or lease ($2) on a parcel ($1) that holds from today on, by an operation ($15).
insert into encumbrance (parcel_id, encumbrance_id, revision, legal, kind, party_id, rank, sub_kind, contract_no, contract_on,
                         registered_at, amount_vnd, content, part, part_geometry, land_operation_id)
select $1, $2,
       coalesce((select max(e.revision) from encumbrance e where e.parcel_id = $1 and e.encumbrance_id = $2), 0) + 1,
       daterange(today(), $12), $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, st_geomfromewkb($14), $15
