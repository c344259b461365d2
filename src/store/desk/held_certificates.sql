-- Certificates that cover parcels ($1) or what these came from, stand under rights ($2 certificate) or have a serial ($3), whatever became
-- of them; with the current parcels that they cover, and those of $1 that they cover or that came from what they cover.
with recursive ancestor (of, parcel_id) as (
    select id, id from unnest($1::bigint[]) as id
    union
    select a.of, l.parent_parcel_id from ancestor a join lineage l on l.child_parcel_id = a.parcel_id
), covering as (
    select c.certificate_id, array_agg(distinct a.of order by a.of) as parcel_ids
    from certificate_parcel c join ancestor a on a.parcel_id = c.parcel_id
    where c.parcel_id = any (array(select parcel_id from ancestor))
    group by c.certificate_id
), wanted as (
    select certificate_id from covering
    union
    select unnest($2::bigint[])
    union
    select certificate_id from certificate_version where serial_key = any ($3) and upper_inf(recorded)
)
select v.certificate_id, v.revision, v.serial, v.entry_no, v.issued_on, v.status, lower(v.legal) as "in_force_from!",
       array(select c.parcel_id from certificate_parcel c where c.certificate_id = v.certificate_id
             and exists (select from parcel_version p where p.parcel_id = c.parcel_id and upper_inf(p.recorded)
                         and is_in_force(p.legal, p.recorded, today(), 'infinity'))
             order by 1) as "parcel_ids!",
       coalesce(o.parcel_ids, '{}') as "covers!"
from wanted
join certificate_version v on v.certificate_id = wanted.certificate_id
left join covering o on o.certificate_id = v.certificate_id
where upper_inf(v.recorded) and is_in_force(v.legal, v.recorded, today(), 'infinity')
order by v.certificate_id
