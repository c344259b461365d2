-- The parcels that carry or carried a commune's code ($1), a sheet's number ($2) and a number ($3), each with what is current of it or came
-- of it: `found` became `successor`, in so many `generations`. Of several that carried them, those of a day ($4; null for all), else
-- those of the commune's era on that day.
with recursive carried as (
    select parcel_id, commune_from, legal from parcel_identity where commune_code = $1 and sheet_no = $2 and parcel_no = $3
), ranked as (
    select c.parcel_id, min(case when $4::date is null or c.legal @> $4 then 1 when u.valid @> $4 then 2 end) as rank
    from carried c
    left join administrative_unit u on u.level = 'commune' and u.code = $1 and u.valid_from = c.commune_from
    group by c.parcel_id
), found as (
    select parcel_id from ranked where rank = (select min(rank) from ranked)
), walk (found, parcel_id, generation) as (
    select parcel_id, parcel_id, 0 from found
    union
    select w.found, l.child_parcel_id, w.generation + 1 from walk w join lineage l on l.parent_parcel_id = w.parcel_id
)
select w.found as "found!", p.parcel_id as "successor?", min(w.generation) as generations
from walk w
left join current_parcel p on p.parcel_id = w.parcel_id
group by w.found, p.parcel_id
order by 1, 2
