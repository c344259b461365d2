-- Current parcels of the current certificate with a serial key.
select parcel_id as "parcel_id!", commune_code as "commune_code!", commune_name as "commune_name!", sheet_no as "sheet_no!",
       parcel_no as "parcel_no!", address
from current_parcel
where parcel_id in (
    select cp.parcel_id from certificate_version c join certificate_parcel cp on cp.certificate_id = c.certificate_id
    where c.serial_key = $1 and upper_inf(c.recorded)
)
order by commune_code, sheet_no, parcel_no, parcel_id
limit $2
