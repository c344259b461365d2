-- Closes the version ($2) of a certificate ($1) as it is now. What held until today stays known, except where it is corrected ($3).
with closed as (
    update certificate_version set recorded = tstzrange(lower(recorded), closing_time(recorded))
    where certificate_id = $1 and revision = $2 and upper_inf(recorded)
    returning *
), past as (
    insert into certificate_version (certificate_id, revision, legal, serial, serial_key, entry_no, issued_on, status, land_operation_id)
    select certificate_id, revision + 1, daterange(lower(legal), today()), serial, serial_key, entry_no, issued_on, status,
           land_operation_id
    from closed where lower(legal) < today() and not $3::boolean
)
select revision as "revision!", lower(legal) as "in_force_from!", lower(legal) < today() and not $3::boolean as "is_past_kept!" from closed
