-- Writes parcel versions that hold from today on: parcel, revision, sheet, number, use, address and its key, legal and computed area
-- in tenths of m², the three geometries as EWKB, whether they are derived; and the operation ($14) that made them.
insert into parcel_version (parcel_id, revision, legal, sheet_id, parcel_no, land_use, address, address_key, legal_area_m2,
                            computed_area_m2, legal_geometry, geographic, label_point, is_derived, content_digest, land_operation_id)
select parcel_id, revision, daterange(today(), null), sheet_id, parcel_no, land_use, address, address_key, legal_area / 10.0,
       computed_area / 10.0, st_geomfromewkb(legal_geometry), st_geomfromewkb(geographic), st_geomfromewkb(label_point), is_derived,
       convert_to('operation ' || $14::bigint, 'UTF8'), $14
from unnest($1::bigint[], $2::integer[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
            $10::bytea[], $11::bytea[], $12::bytea[], $13::boolean[])
     as version (parcel_id, revision, sheet_id, parcel_no, land_use, address, address_key, legal_area, computed_area,
                 legal_geometry, geographic, label_point, is_derived)
