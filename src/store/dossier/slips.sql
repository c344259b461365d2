-- The slips of a dossier ($1) in order, each with the last thing that became of it.
select s.slip_no, s.content, s.sent_by, s.sent_at, e.event as "state!", e.detail
from tax_slip s
join lateral (select event, detail from tax_slip_event e where e.dossier_id = s.dossier_id and e.slip_no = s.slip_no
              order by at desc limit 1) e on true
where s.dossier_id = $1
order by s.slip_no
