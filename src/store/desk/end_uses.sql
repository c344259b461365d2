-- Ends all uses of parcels ($1) by the register today in law. What held until today stays known.
with closed as (
    update land_use_row set recorded = tstzrange(lower(recorded), closing_time(recorded))
    where parcel_id = any ($1) and upper_inf(recorded) and is_not_over(legal, today())
    returning *
)
insert into land_use_row (parcel_id, code, revision, ordinal, legal, area_m2, origin, term)
select c.parcel_id, c.code, (select max(u.revision) + 1 from land_use_row u where u.parcel_id = c.parcel_id and u.code = c.code),
       c.ordinal, daterange(lower(c.legal), today()), c.area_m2, c.origin, c.term
from closed c where lower(c.legal) < today()
