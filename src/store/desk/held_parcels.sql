-- Current parcels ($1) with all that an operation on land has to know of them, by id.
select p.parcel_id as "parcel_id!", p.revision as "revision!", p.commune_code as "commune_code!", p.sheet_id as "sheet_id!",
       p.sheet_no as "sheet_no!", p.zone as "zone!", p.scale_denominator, p.parcel_no as "parcel_no!", p.land_use, p.address,
       (p.legal_area_m2 * 10)::bigint as legal_area_tenths_m2, st_asbinary(p.legal_geometry) as "legal_geometry!",
       p.is_derived as "is_derived!", u.parent_code as province_code,
       area_kind_of(p.commune_code, p.commune_name, today()) as "area_kind!", s.highest_parcel_no as "highest_parcel_no!",
       (not upper_inf(p.legal)
        or exists (select from parcel_version o where o.parcel_id = p.parcel_id and upper_inf(o.recorded) and lower(o.legal) > today())
        or exists (select from land_use_row r where r.parcel_id = p.parcel_id and upper_inf(r.recorded)
                   and (lower(r.legal) > today() or (r.legal @> today() and not upper_inf(r.legal))))
        or exists (select from land_right_version r where r.parcel_id = p.parcel_id and upper_inf(r.recorded)
                   and (lower(r.legal) > today() or (r.legal @> today() and not upper_inf(r.legal))))) as "is_scheduled!",
       (select min(lower(o.legal)) from parcel_version o where o.parcel_id = p.parcel_id) as "since!",
       exists (select from lineage l where l.child_parcel_id = p.parcel_id) as "is_made!"
from current_parcel p
join sheet s on s.sheet_id = p.sheet_id
left join administrative_unit u on u.level = 'commune' and u.code = p.commune_code and u.valid_from = p.commune_from
where p.parcel_id = any ($1)
order by 1
