-- Current parcels ($1) with all that an operation on land has to know of them, by id.
select p.parcel_id as "parcel_id!", p.revision as "revision!", p.commune_code as "commune_code!", p.sheet_id as "sheet_id!",
       p.sheet_no as "sheet_no!", p.zone as "zone!", p.scale_denominator, p.parcel_no as "parcel_no!", p.land_use, p.address,
       (p.legal_area_m2 * 10)::bigint as legal_area_tenths_m2, st_asbinary(p.legal_geometry) as "legal_geometry!",
       p.is_derived as "is_derived!", u.parent_code as province_code, s.highest_parcel_no as "highest_parcel_no!"
from current_parcel p
join sheet s on s.sheet_id = p.sheet_id
left join administrative_unit u on u.level = 'commune' and u.code = p.commune_code and u.valid_from = p.commune_from
where p.parcel_id = any ($1)
order by 1
