-- The next serial of an agency ($1) on a day ($2): after the last one given here and after those that came from elsewhere.
insert into dossier_serial as s (agency, day, serial)
values ($1, $2, 1 + coalesce((select max(right(code, 4)::integer) from dossier
                              where code like $1 || '-' || to_char($2::date, 'YYMMDD') || '-____'), 0))
on conflict (agency, day) do update
set serial = greatest(s.serial + 1, excluded.serial)
returning serial
