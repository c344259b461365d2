-- Certificates that cover parcels ($1), stand under rights ($2 certificate) or have a serial ($3), with the current parcels that they
-- cover.
with wanted as (
    select certificate_id from certificate_parcel where parcel_id = any ($1)
    union
    select unnest($2::bigint[])
    union
    select certificate_id from certificate_version where serial_key = any ($3) and upper_inf(recorded)
)
select v.certificate_id, v.revision, v.serial, v.entry_no, v.issued_on, v.status, lower(v.legal) as "in_force_from!",
       array(select c.parcel_id from certificate_parcel c where c.certificate_id = v.certificate_id
             and exists (select from parcel_version p where p.parcel_id = c.parcel_id and upper_inf(p.recorded)
                         and is_in_force(p.legal, p.recorded, today(), 'infinity'))
             order by 1) as "parcel_ids!"
from wanted
join certificate_version v on v.certificate_id = wanted.certificate_id
where upper_inf(v.recorded) and is_in_force(v.legal, v.recorded, today(), 'infinity')
order by v.certificate_id
