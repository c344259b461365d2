-- The blocks on a parcel ($1) as they are on a day ($2; null for today) by what was known at an instant ($3; null for now): laid on it, on
-- land of its forebears that is its own then, on certificates that cover it or covered these, whatever became of them, on its holders by
-- a number that is one person's for ever.
with recursive moment as (
    select coalesce($2::date, today()) as at, coalesce($3::timestamptz, 'infinity') as known
), ancestor (parcel_id) as (
    select $1::bigint
    union
    select l.parent_parcel_id from ancestor a join lineage l on l.child_parcel_id = a.parcel_id
), laid as (
    select b.*, coalesce(b.part_geometry, case when b.parcel_id <> $1 then (
        select v.legal_geometry from parcel_version v where v.parcel_id = b.parcel_id and upper_inf(v.recorded)
        order by lower(v.legal) desc limit 1) end) as place
    from moment cross join ancestor a
    join block b on b.parcel_id = a.parcel_id and is_in_force(b.legal, b.recorded, moment.at, moment.known)
), holder as (
    select r.certificate_id, p.personal_no
    from moment
    join land_right_version v on v.parcel_id = $1 and is_in_force(v.legal, v.recorded, moment.at, moment.known)
    join land_right r on r.right_id = v.right_id
    cross join lateral party_as_of(r.party_id, moment.at, moment.known) p
), covering as (
    select c.serial_key
    from moment
    join certificate_version c on lower(c.recorded) <= moment.known and c.certificate_id = any (array(
        select p.certificate_id from certificate_parcel p where p.parcel_id = any (array(select parcel_id from ancestor))
        union select certificate_id from holder where certificate_id is not null))
)
select b.block_id as "block_id!", 'parcel' as "laid_on!", b.stops_issuing as "stops_issuing!",
       b.stops_transactions as "stops_transactions!", b.stops_changes as "stops_changes!", b.letter_no as "letter_no!",
       b.agency as "agency!", b.reason as block_reason, lower(b.legal) as "in_force_from!", upper(b.legal) as in_force_until, b.part
from moment cross join laid b
join parcel_version c on c.parcel_id = $1 and is_in_force(c.legal, c.recorded, moment.at, moment.known)
where b.place is null or st_srid(b.place) <> st_srid(c.legal_geometry) or st_area(st_intersection(b.place, c.legal_geometry)) > 0.1
union all
select b.block_id, case when b.serial_key is null then 'holder' else 'certificate' end, b.stops_issuing, b.stops_transactions,
       b.stops_changes, b.letter_no, b.agency, b.reason, lower(b.legal), upper(b.legal), null
from moment
join named_block b on is_in_force(b.legal, b.recorded, moment.at, moment.known)
  and (b.serial_key = any (array(select serial_key from covering))
       or b.personal_no = any (array(select h.personal_no from holder h where h.personal_no ~ '^([0-9]{12}|[0-9]{10}(-[0-9]{3})?)$')))
order by 1, 2
