-- The versions of a certificate ($1) that were known by an instant ($3; null for now); which of them is that of a day ($2; null for
-- today). What was ended on the recorded axis later had no end then.
select c.revision, c.serial, c.entry_no, c.issued_on, c.status,
       is_in_force(c.legal, c.recorded, m.at, m.known) as "is_in_force!", lower(c.legal) as "legal_from!", upper(c.legal) as legal_until,
       lower(c.recorded) as "recorded_from!", case when upper(c.recorded) <= m.known then upper(c.recorded) end as recorded_until
from (select coalesce($2, today()) as at, coalesce($3, 'infinity'::timestamptz) as known) as m
join certificate_version c on lower(c.recorded) <= m.known
where c.certificate_id = $1
order by lower(c.recorded), c.revision
