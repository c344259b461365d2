-- The work of each officer of each branch, in provinces and communes ($1; null for everywhere).
select branch, officer,
       count(*) filter (where status in (2, 4, 5, 6, 7)) as "open!",
       count(*) filter (where status = 1) as "waiting!",
       count(*) filter (where status in (2, 4, 5, 6, 7) and due_at >= now()
                        and (due_at at time zone 'Asia/Ho_Chi_Minh')::date <= today() + 1) as "due_soon!",
       count(*) filter (where status in (2, 4, 5, 6, 7) and due_at < now()) as "late!",
       count(*) filter (where status in (2, 4, 5, 6, 7) and paused_for is not null) as "paused!",
       count(*) filter (where status in (9, 10) and ended_at > now() - interval '30 days') as "done!",
       count(*) filter (where status in (9, 10) and ended_at > now() - interval '30 days' and due_at < ended_at) as "done_late!"
from dossier
where (status in (1, 2, 4, 5, 6, 7) or ended_at > now() - interval '30 days')
  and ($1::text[] is null or commune_code = any ((select areas_with_old($1))::text[]) or province_code = any ((select areas_with_old($1))::text[]))
group by branch, officer
order by branch, officer nulls first
