-- Keeps numbers ($2 sheets, $3 numbers) for a dossier ($1); what it had and is not among them is burnt.
with wanted as (
    select * from unnest($2::bigint[], $3::integer[]) as wanted (sheet_id, parcel_no)
), burnt as (
    update plan_number n set state = 'burnt'
    where n.dossier_id = $1 and n.state = 'reserved'
      and not exists (select from wanted w where w.sheet_id = n.sheet_id and w.parcel_no = n.parcel_no)
)
insert into plan_number (sheet_id, parcel_no, dossier_id)
select w.sheet_id, w.parcel_no, $1 from wanted w
where not exists (select from plan_number n where n.dossier_id = $1 and n.sheet_id = w.sheet_id and n.parcel_no = w.parcel_no)
