-- A page of the dossiers in provinces and communes ($1; null for everywhere): of a status ($2), an officer ($3), a branch ($4), only late
-- ones ($5), after one ($6), so many ($7). The late ones and those of an officer have indexes of their own, in order: each is a part of
-- the question by itself, so that a plan that is kept uses them too.
with wanted as (
    select * from dossier where $5::boolean and status in (2, 4, 5, 6, 7) and due_at < now()
    union all
    select * from dossier where not $5::boolean and $3::text is not null and officer_identity(officer) = officer_identity($3)
    union all
    select * from dossier where not $5::boolean and $3::text is null
)
select dossier_id as "dossier_id!", code as "code!", procedure_code as "procedure_code!", commune_code as "commune_code!", branch as "branch!",
       officer, step as "step!", status as "status!", received_at, due_at, paused_for,
       coalesce(due_at < coalesce(ended_at, now()), false) as "is_late!"
from wanted
where ($1::text[] is null or commune_code = any ((select areas_with_old($1))::text[]) or province_code = any ((select areas_with_old($1))::text[]))
  and ($2::smallint is null or status = $2) and ($3::text is null or officer_identity(officer) = officer_identity($3))
  and ($4::text is null or branch = $4) and dossier_id > $6
order by dossier_id
limit $7
