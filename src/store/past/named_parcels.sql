-- What parcels ($1) are called and how large they are, or were last, by what is known now; from when until when they are; and every use that
-- they ever had. Of a parcel that ended on the day on which it began nothing is in law by what is known now: as it was known last. By id.
select distinct on (p.parcel_id) p.parcel_id as "parcel_id!", p.national_code, p.commune_code as "commune_code!", p.commune_name as "commune_name!",
       p.sheet_no as "sheet_no!", p.parcel_no as "parcel_no!", p.legal_area_m2::float8 as legal_area_m2,
       p.computed_area_m2::float8 as "computed_area_m2!",
       coalesce(min(lower(p.legal)) filter (where upper_inf(p.recorded)) over life, lower(p.legal)) as "legal_from!",
       case when upper_inf(p.recorded) then upper(p.legal) else lower(p.legal) end as legal_until,
       upper_inf(p.recorded) and is_in_force(p.legal, p.recorded, today(), 'infinity') as "is_current!", used.codes
from parcel_in_time p
cross join lateral (
    select array_agg(distinct u.code) filter (where u.code is not null) as codes
    from (select r.code from land_use_row r where r.parcel_id = p.parcel_id
          union all select v.land_use from parcel_version v where v.parcel_id = p.parcel_id) as u (code)
) used
where p.parcel_id = any ($1)
window life as (partition by p.parcel_id)
order by p.parcel_id, upper_inf(p.recorded) desc, case when upper_inf(p.recorded) then lower(p.legal) end desc, upper(p.recorded) desc, p.revision desc
