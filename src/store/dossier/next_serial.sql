-- The next serial of an agency ($1) on a day ($2), whose codes begin so ($3): after the last one given here and after those that came from elsewhere.
insert into dossier_serial as s (agency, day, serial)
values ($1, $2, 1 + coalesce((select max(right(code, 4)::integer) from dossier
                              where code >= $3::text || '-0000' and code <= $3::text || '-9999' and length(code) = length($3::text) + 5), 0))
on conflict (agency, day) do update
set serial = greatest(s.serial + 1, excluded.serial)
returning serial
