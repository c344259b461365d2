-- Writes a restriction ($2) on a parcel ($1) that holds from today on, by an operation ($10).
insert into restriction (parcel_id, restriction_id, revision, legal, kind, content, document, area_m2, part, part_geometry,
                         land_operation_id)
select $1, $2,
       coalesce((select max(r.revision) from restriction r where r.parcel_id = $1 and r.restriction_id = $2), 0) + 1,
       daterange(today(), $7), $3, $4, $5, $6::bigint / 10.0, $8, st_geomfromewkb($9), $10
