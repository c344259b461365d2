-- Operations of a dossier ($1), on a parcel, its rights or its papers ($2), or whose request names a document by its number ($3); null for
-- any. Those before a number ($4; null for all), the latest first, up to a count ($5), with the parcels that each changed by kind of record.
select o.land_operation_id as operation_id, o.officer, o.dossier_code as dossier, o.made_at, o.report -> 'codes' as "codes?",
       t.position as "register_position?", touched.changes as "changes!"
from land_operation o
left join change_transaction t on t.txid = o.txid
cross join lateral (
    select coalesce(jsonb_object_agg(relation, parcels), '{}') as changes
    from (select c.relation, jsonb_agg(distinct id order by id) as parcels
          from change c cross join unnest(c.parcel_ids) as id where c.txid = o.txid group by c.relation) as of_relation
) touched
where ($1::text is null or o.dossier_code = $1)
    and ($2::bigint is null or o.land_operation_id in (select p.land_operation_id from land_operation_parcel p where p.parcel_id = $2))
    and ($3::text is null or texts_of(o.request) @> array[$3])
    and ($4::bigint is null or o.land_operation_id < $4)
order by o.land_operation_id desc limit $5
