-- Facts and geometry of parcels by id ($1) as they are on a day ($2; null for today) by what was known at an instant ($3; null for
-- now), ordered by id.
select p.parcel_id as "parcel_id!", p.national_code, p.commune_code as "commune_code!", p.commune_name as "commune_name!",
       p.sheet_no as "sheet_no!", p.parcel_no as "parcel_no!", p.address, p.legal_area_m2::float8 as legal_area_m2,
       p.computed_area_m2::float8 as "computed_area_m2!", p.zone as "zone!", p.scale_denominator, p.revision as "revision!",
       lower(p.legal) as "in_force_from!", lower(p.recorded) as "recorded_at!", st_x(p.label_point) as "label_lon!",
       st_y(p.label_point) as "label_lat!", st_asbinary(p.geographic) as "geographic!", st_asbinary(p.legal_geometry) as "legal_geometry!"
from parcel_as_of(coalesce($2, today()), coalesce($3, 'infinity'::timestamptz)) p
where p.parcel_id = any ($1)
order by p.parcel_id
