-- What the index needs of all current parcels, or of some ($1). Uses: the register's, main use first; none if only the map says one.
select p.parcel_id as "parcel_id!", p.commune_code as "commune_code!", p.sheet_no as "sheet_no!", p.zone as "zone!",
       p.parcel_no as "parcel_no!", p.land_use,
       array(
           select u.code from land_use_row u
           where u.parcel_id = p.parcel_id and upper_inf(u.recorded) and u.legal @> today() order by u.ordinal, u.code
       ) as "uses!",
       coalesce(p.legal_area_m2, p.computed_area_m2)::float8 as "area_m2!",
       st_x(p.label_point) as "label_lon!", st_y(p.label_point) as "label_lat!", st_asbinary(p.geographic) as "geographic!"
from current_parcel p
where $1::bigint[] is null or p.parcel_id = any ($1)
