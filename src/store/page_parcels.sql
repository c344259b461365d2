-- What a page needs of some parcels ($1) as they are on a day ($2; null for today) by what was known at an instant ($3; null for now).
-- Uses: the register's, main use first; none if only the map says one. Of another time also every use since, as it is known now:
-- land that is nobody's business today was not open then.
select v.parcel_id as "parcel_id!", n.code as "national_code?", s.commune_code as "commune_code!", s.commune_from as "commune_from!",
       s.sheet_no as "sheet_no!", s.zone as "zone!", s.scale_denominator, v.parcel_no as "parcel_no!", v.land_use,
       u.codes as "codes?", u.areas_tenths_m2 as "areas_tenths_m2?: Vec<Option<i64>>", u.origins as "origins?: Vec<Option<String>>",
       u.terms as "terms?: Vec<Option<String>>", v.address, (v.legal_area_m2 * 10)::bigint as legal_area_tenths_m2,
       (v.computed_area_m2 * 10)::bigint as "computed_area_tenths_m2!", v.revision as "revision!",
       lower(v.legal) as "in_force_from!", lower(v.recorded) as "recorded_at!", st_x(v.label_point) as "label_lon!",
       st_y(v.label_point) as "label_lat!", st_asbinary(v.geographic) as "geographic!", since.codes as "codes_since?"
from parcel_version v
join sheet s on s.sheet_id = v.sheet_id
left join national_code n on n.parcel_id = v.parcel_id
left join lateral (
    select array_agg(r.code order by r.ordinal, r.code) as codes,
           array_agg((r.area_m2 * 10)::bigint order by r.ordinal, r.code) as areas_tenths_m2,
           array_agg(r.origin order by r.ordinal, r.code) as origins,
           array_agg(r.term order by r.ordinal, r.code) as terms
    from land_use_row r
    where r.parcel_id = v.parcel_id and is_in_force(r.legal, r.recorded, coalesce($2, today()), coalesce($3, 'infinity'::timestamptz))
) u on true
left join lateral (
    select array_agg(distinct used.code) as codes
    from (select r.code, r.legal from land_use_row r where r.parcel_id = v.parcel_id and upper_inf(r.recorded)
          union all
          select m.land_use, m.legal from parcel_version m where m.parcel_id = v.parcel_id and upper_inf(m.recorded)) as used
    where used.code is not null and is_not_over(used.legal, coalesce($2, today()))
) since on $2::date is not null or $3::timestamptz is not null
where v.parcel_id = any ($1) and is_in_force(v.legal, v.recorded, coalesce($2, today()), coalesce($3, 'infinity'::timestamptz))
