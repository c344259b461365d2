-- The certificates that ever carried a serial ($1, as its key) by what was known at an instant ($2; null for now), by id.
select certificate_id as "certificate_id!" from certificate_version
where serial_key = $1 and upper_inf(recorded) and lower(recorded) <= coalesce($2, 'infinity'::timestamptz)
union
select certificate_id from certificate_version
where serial_key = $1 and not upper_inf(recorded) and lower(recorded) <= coalesce($2, 'infinity'::timestamptz)
order by 1
