-- A parcel ($1) at a revision ($2), and as its last revision has it.
select v.revision, v.parcel_no, v.land_use, v.address, (v.legal_area_m2 * 10)::bigint as legal_area_tenths_m2,
       (v.computed_area_m2 * 10)::bigint as computed_area_tenths_m2, md5(st_asbinary(v.legal_geometry)) as "boundary_md5!",
       not (upper_inf(v.recorded) and is_in_force(v.legal, v.recorded, today(), 'infinity')) as "has_ended!"
from parcel_version v
where v.parcel_id = $1 and (v.revision = $2 or v.revision = (select max(revision) from parcel_version where parcel_id = $1))
order by v.revision
