-- Facts and geometry of current parcels: by id ($1), ordered by id.
select parcel_id as "parcel_id!", national_code, commune_code as "commune_code!", commune_name as "commune_name!",
       sheet_no as "sheet_no!", parcel_no as "parcel_no!", address, legal_area_m2::float8 as legal_area_m2,
       computed_area_m2::float8 as "computed_area_m2!", zone as "zone!", scale_denominator, revision as "revision!",
       lower(legal) as "in_force_from!", lower(recorded) as "recorded_at!", st_x(label_point) as "label_lon!",
       st_y(label_point) as "label_lat!", st_asbinary(geographic) as "geographic!", st_asbinary(legal_geometry) as "legal_geometry!"
from current_parcel
where parcel_id = any ($1)
order by parcel_id
