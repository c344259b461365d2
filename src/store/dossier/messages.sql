-- Messages of provinces and communes ($1; null for everywhere) in a state ($2), after one ($3), 100 at most; or the one of a number ($4).
select m.citizen_message_id, m.kind, m.commune_code, m.parcel_id, m.posting_id, d.code as "dossier?", m.content, m.name, m.contact,
       m.score, m.criteria as "criteria: Json<Value>", m.state, m.answer, m.moderated_by, m.made_at
from citizen_message m
left join dossier d on d.dossier_id = m.dossier_id
left join administrative_unit u on u.level = 'commune' and u.code = m.commune_code and u.valid @> today()
where case when $4::bigint is not null then m.citizen_message_id = $4
      else ($1::text[] is null or m.commune_code = any ($1) or u.parent_code = any ($1)) and m.state = $2 and m.citizen_message_id > $3 end
order by m.citizen_message_id
limit 100
