-- Sheets of communes ($1, since $2) that have current parcels and are none of some ($3).
select s.commune_code, s.sheet_no
from unnest($1::text[], $2::date[]) as ended (commune_code, commune_from)
join sheet s on s.commune_code = ended.commune_code and s.commune_from = ended.commune_from
where s.sheet_id <> all ($3::bigint[])
  and exists (select from parcel_version v where v.sheet_id = s.sheet_id and upper_inf(v.recorded) and is_not_over(v.legal, today()))
order by s.commune_code, s.sheet_no
