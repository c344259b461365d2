-- What the desk ends and what is current are looked for by parcel, never by time. Almost every version holds today, so that an index of
-- ranges that answers `legal && daterange(today(), null)` reads the whole register for one parcel; before the first ANALYZE of a register
-- just loaded the planner would choose it.

-- As before, `legal @> at and recorded @> known`, but said so that no index of ranges answers it: a look into the exclusion constraints'
-- indexes read the whole register for each page of parcels.
create or replace function is_in_force(legal daterange, recorded tstzrange, at date, known timestamptz) returns boolean
    language sql immutable parallel safe
    return not isempty(legal) and coalesce(lower(legal) <= at, true) and coalesce(at < upper(legal), true)
       and not isempty(recorded) and coalesce(lower(recorded) <= known, true) and coalesce(known < upper(recorded), true);

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

-- As before, but planned once per connection: a function of this size in SQL is planned at every call.
create or replace function rights_revision(of_parcel bigint) returns bigint language plpgsql stable as $$
begin
    return (
        select coalesce(sum(case when upper_inf(recorded) then 1 else 2 end), 0)::bigint
        from (
            select recorded from land_right_version where parcel_id = of_parcel
            union all
            select recorded from land_use_row where parcel_id = of_parcel
            union all
            select recorded from encumbrance where parcel_id = of_parcel
            union all
            select recorded from restriction where parcel_id = of_parcel
            union all
            select recorded from block where parcel_id = of_parcel
            union all
            select v.recorded from land_right r join party_version v on v.party_id = r.party_id
            where r.parcel_id = of_parcel and r.right_id >= of_parcel >> 40 << 40 and r.right_id < (of_parcel >> 40) + 1 << 40
            union all
            select v.recorded from certificate_parcel c join certificate_version v on v.certificate_id = c.certificate_id
            where c.parcel_id = of_parcel
            union all
            select tstzrange(n.recorded_at, null) from certificate_parcel c join certificate_note n on n.certificate_id = c.certificate_id
            where c.parcel_id = of_parcel
        ) as versions
    );
end $$;

-- As before, but compared byte by byte: turning rows into JSON turned their geometries into GeoJSON, which took longer than the writing.
create or replace function keep_history() returns trigger language plpgsql as $$
declare closed record;
begin
    if tg_op = 'UPDATE' and upper_inf(old.recorded) and not upper_inf(new.recorded) and lower(new.recorded) = lower(old.recorded) then
        closed := old;
        closed.recorded := new.recorded;
        if closed *= new then
            return new;
        end if;
    end if;
    raise exception '% of % is refused: versions are history, close the recorded period and add a version',
        lower(tg_op), tg_table_name using errcode = 'restrict_violation';
end $$;
