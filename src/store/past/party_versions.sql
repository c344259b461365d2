-- The versions of a party ($1) that were known by an instant ($3; null for now); which of them is that of a day ($2; null for today).
select p.revision, p.kind, p.name, p.personal_no, p.birth_year, p.residence, p.revision is not distinct from
           (select f.revision from party_as_of($1, m.at, m.known) f) as "is_in_force!",
       lower(p.legal) as "legal_from!", upper(p.legal) as legal_until, lower(p.recorded) as "recorded_from!",
       case when upper(p.recorded) <= m.known then upper(p.recorded) end as recorded_until
from (select coalesce($2, today()) as at, coalesce($3, 'infinity'::timestamptz) as known) as m
join party_version p on lower(p.recorded) <= m.known
where p.party_id = $1
order by lower(p.recorded), p.revision
