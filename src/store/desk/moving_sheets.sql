-- The sheets by commune ($1) and number ($2) that have current parcels, each of the oldest era that has; with those parcels' numbers.
select distinct on (wanted.place) wanted.place as "place!", s.sheet_id as "sheet_id!", s.commune_code as "commune_code!", s.commune_from as "commune_from!",
       s.sheet_no as "sheet_no!", s.zone as "zone!", s.highest_parcel_no as "highest_parcel_no!", held.numbers as "numbers!"
from unnest($1::text[], $2::integer[]) with ordinality as wanted (commune_code, sheet_no, place)
join sheet s on s.commune_code = wanted.commune_code and s.sheet_no = wanted.sheet_no
cross join lateral (
    select array_agg(v.parcel_no order by v.parcel_no) as numbers from parcel_version v
    where v.sheet_id = s.sheet_id and upper_inf(v.recorded) and is_not_over(v.legal, today())
) as held
where held.numbers is not null
order by wanted.place, s.commune_from, s.sheet_id
