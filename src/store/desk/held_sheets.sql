-- Sheets by commune ($1) and number ($2), where their commune exists today; none whose parcels have moved to another sheet.
select distinct on (s.commune_code, s.sheet_no) s.sheet_id, s.commune_code, s.sheet_no, s.zone, s.highest_parcel_no, s.scale_denominator,
       u.parent_code as province_code, area_kind_of(s.commune_code, u.name, today()) as "area_kind!"
from unnest($1::text[], $2::integer[]) as wanted (commune_code, sheet_no)
join sheet s on s.commune_code = wanted.commune_code and s.sheet_no = wanted.sheet_no
join administrative_unit u on u.level = 'commune' and u.code = s.commune_code and u.valid_from = s.commune_from and u.valid @> today()
where not exists (select from sheet_succession o where o.predecessor_sheet_id = s.sheet_id)
order by s.commune_code, s.sheet_no, s.sheet_id
