-- Certificates that cover parcels ($1), stand under rights ($2 certificate) or have a serial ($3), with the current parcels that they
-- cover.
select v.certificate_id, v.revision, v.serial, v.entry_no, v.issued_on, v.status, lower(v.legal) as "in_force_from!",
       array(select c.parcel_id from certificate_parcel c where c.certificate_id = v.certificate_id
             and exists (select from parcel_version p where p.parcel_id = c.parcel_id and upper_inf(p.recorded) and is_in_force(p.legal, p.recorded, today(), 'infinity'))
             order by 1) as "parcel_ids!"
from certificate_version v
where upper_inf(v.recorded) and is_in_force(v.legal, v.recorded, today(), 'infinity')
  and (v.certificate_id in (select certificate_id from certificate_parcel where parcel_id = any ($1))
       or v.certificate_id = any ($2) or v.serial_key = any ($3))
order by v.certificate_id
