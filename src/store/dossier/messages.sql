-- Messages of provinces and communes ($1; null for everywhere) in a state ($2), after one ($3), 100 at most; or the one of a number ($4).
-- What was said in a commune that merged since is said to those that took over.
select m.citizen_message_id, m.kind, m.commune_code, province_of(m.commune_code, said_on) as province_code,
       array(select t.code from communes_of_today(m.commune_code, said_on) t order by t.code) as "became!",
       array(select coalesce(t.province_code, '') from communes_of_today(m.commune_code, said_on) t order by t.code) as "provinces!",
       m.parcel_id, m.posting_id, d.code as "dossier?", m.content, m.name, m.contact,
       m.score, m.criteria as "criteria: Json<Value>", m.state, m.answer, m.moderated_by, m.made_at
from citizen_message m
cross join lateral (select (m.made_at at time zone 'Asia/Ho_Chi_Minh')::date as said_on) of_day
left join dossier d on d.dossier_id = m.dossier_id
where case when $4::bigint is not null then m.citizen_message_id = $4
      else m.state = $2 and m.citizen_message_id > $3
           and ($1::text[] is null or m.commune_code = any ((select areas_with_old($1))::text[])
                or province_of(m.commune_code, said_on) = any ($1)
                or exists (select from communes_of_today(m.commune_code, said_on) t where t.province_code = any ($1))) end
order by m.citizen_message_id
limit 100
