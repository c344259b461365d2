-- What the desk ends and what is current are looked for by parcel, never by time. Almost every version holds today, so that an index of
-- ranges that answers `legal && daterange(today(), null)` reads the whole register for one parcel; before the first ANALYZE of a register
-- just loaded the planner would choose it.

-- Whether a version holds in law on a day or on any later one; of no day, always.
create function is_not_over(legal daterange, at date) returns boolean language sql immutable parallel safe
    return not isempty(legal) and coalesce(at < upper(legal), true);

create or replace view current_parcel as
select * from parcel_in_time where upper_inf(recorded) and is_in_force(legal, recorded, today(), 'infinity');

create or replace view current_land_use as
select parcel_id, ordinal, code, area_m2, origin, term
from land_use_row where upper_inf(recorded) and is_in_force(legal, recorded, today(), 'infinity')
union all
select p.parcel_id, 1, p.land_use, null, null, null
from current_parcel p
where p.land_use is not null and not exists (
    select from land_use_row r where r.parcel_id = p.parcel_id and upper_inf(r.recorded) and is_in_force(r.legal, r.recorded, today(), 'infinity'));
