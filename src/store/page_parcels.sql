-- What the index needs of some current parcels ($1). Uses: the register's, main use first; none if only the map says one.
select p.parcel_id as "parcel_id!", p.national_code, p.commune_code as "commune_code!", p.commune_from as "commune_from!",
       p.sheet_no as "sheet_no!", p.zone as "zone!", p.scale_denominator, p.parcel_no as "parcel_no!", p.land_use,
       u.codes as "codes?", u.areas_tenths_m2 as "areas_tenths_m2?: Vec<Option<i64>>", u.origins as "origins?: Vec<Option<String>>",
       u.terms as "terms?: Vec<Option<String>>", p.address, (p.legal_area_m2 * 10)::bigint as legal_area_tenths_m2,
       (p.computed_area_m2 * 10)::bigint as "computed_area_tenths_m2!", p.revision as "revision!",
       lower(p.legal) as "in_force_from!", lower(p.recorded) as "recorded_at!", st_x(p.label_point) as "label_lon!",
       st_y(p.label_point) as "label_lat!", st_asbinary(p.geographic) as "geographic!"
from current_parcel p
left join lateral (
    select array_agg(r.code order by r.ordinal, r.code) as codes,
           array_agg((r.area_m2 * 10)::bigint order by r.ordinal, r.code) as areas_tenths_m2,
           array_agg(r.origin order by r.ordinal, r.code) as origins,
           array_agg(r.term order by r.ordinal, r.code) as terms
    from land_use_row r
    where r.parcel_id = p.parcel_id and upper_inf(r.recorded) and r.legal @> today()
) u on true
where p.parcel_id = any ($1)
