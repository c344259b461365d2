-- A page of the dossiers in provinces and communes ($1; null for everywhere): of a status ($2), an officer ($3), a branch ($4), only late
-- ones ($5), after one ($6), so many ($7).
select dossier_id, code, procedure_code, commune_code, branch, officer, step, status, received_at, due_at, paused_for,
       coalesce(due_at < coalesce(ended_at, now()), false) as "is_late!"
from dossier
where ($1::text[] is null or commune_code = any ((select areas_with_old($1))::text[]) or province_code = any ((select areas_with_old($1))::text[]))
  and ($2::smallint is null or status = $2) and ($3::text is null or officer_identity(officer) = officer_identity($3))
  and ($4::text is null or branch = $4)
  and (not $5::boolean or (due_at < now() and status in (2, 4, 5, 6, 7))) and dossier_id > $6
order by dossier_id
limit $7
