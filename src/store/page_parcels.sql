-- What the index needs of all current parcels, or of some ($1).
select p.parcel_id as "parcel_id!", p.commune_code as "commune_code!", p.sheet_no as "sheet_no!", p.zone as "zone!",
       p.parcel_no as "parcel_no!", coalesce(main_use.code, p.land_use) as land_use,
       coalesce(p.legal_area_m2, p.computed_area_m2)::float8 as "area_m2!",
       st_x(p.label_point) as "label_lon!", st_y(p.label_point) as "label_lat!", st_asbinary(p.geographic) as "geographic!"
from current_parcel p
left join land_use_row main_use
    on main_use.parcel_id = p.parcel_id and main_use.ordinal = 1 and upper_inf(main_use.recorded) and main_use.legal @> today()
where $1::bigint[] is null or p.parcel_id = any ($1)
