-- The communes, each with its province, in which the parcels of certificates ($1 serial key) lie or lay, and those of blocks by name ($2):
-- for one on a certificate the certificate's, for one on a person those that were named with it.
with target (serial_key, block_id, parcel_id) as (
    select v.serial_key, null::bigint, c.parcel_id
    from certificate_version v join certificate_parcel c on c.certificate_id = v.certificate_id
    where v.serial_key = any ($1) and upper_inf(v.recorded)
    union
    select null, b.block_id, c.parcel_id
    from named_block b
    join certificate_version v on v.serial_key = b.serial_key and upper_inf(v.recorded)
    join certificate_parcel c on c.certificate_id = v.certificate_id
    where b.block_id = any ($2) and upper_inf(b.recorded)
    union
    select null, b.block_id, named::bigint
    from named_block b
    join land_operation o on o.land_operation_id = b.land_operation_id
    cross join jsonb_path_query(o.request, '$.operations[*] ? (@.kind == "block").parcels[*] ? (@.type() == "number")') as named
    where b.block_id = any ($2) and upper_inf(b.recorded) and b.serial_key is null
)
select distinct t.serial_key, t.block_id, u.parent_code as province_code, s.commune_code as "commune_code!"
from target t
join parcel_version v on v.parcel_id = t.parcel_id and upper_inf(v.recorded)
join sheet s on s.sheet_id = v.sheet_id
left join administrative_unit u on u.level = 'commune' and u.code = s.commune_code and u.valid_from = s.commune_from
order by 1, 2, 4
