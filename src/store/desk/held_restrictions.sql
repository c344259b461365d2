-- The restrictions in force on parcels ($1).
select r.parcel_id, r.restriction_id, r.kind, r.content, r.document, (r.area_m2 * 10)::bigint as area_tenths_m2, upper(r.legal) as until,
       r.part, st_asbinary(r.part_geometry) as part_geometry, st_srid(r.part_geometry) as part_srid
from restriction r
where r.parcel_id = any ($1) and upper_inf(r.recorded) and is_in_force(r.legal, r.recorded, today(), 'infinity')
order by r.parcel_id, r.restriction_id
