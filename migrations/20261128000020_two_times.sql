-- Why: the register is read as it was in law on a day and as it was known at an instant. What holds then is said once
-- (`is_in_force`), what a version shows of a parcel is said once (`parcel_in_time`), and every reading of the past asks these.

-- What was recorded by one operation is known from one instant, so that no instant shows half of it. Whoever holds the parcels sets
-- it; what nobody sets takes the clock.
create function recording_time() returns timestamptz language sql volatile parallel safe
    return coalesce(nullif(current_setting('diaba.recording_time', true), '')::timestamptz, clock_timestamp());

-- The instant at which a version stops being known: later than the one at which it began to be, also within one operation.
create function closing_time(recorded tstzrange) returns timestamptz language sql volatile parallel safe
    return greatest(recording_time(), lower(recorded) + interval '1 microsecond');

do $$
declare version_table text;
begin
    for version_table in
        select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            and a.attname = 'recorded' and a.atttypid = 'tstzrange'::regtype
    loop
        execute format('alter table %I alter column recorded set default tstzrange(recording_time(), null)', version_table);
    end loop;
end $$;

create or replace function close_parcel(closed_id bigint, in_time daterange) returns integer language plpgsql as $$
declare
    version parcel_version;
    last_revision integer;
begin
    select max(revision) into last_revision from parcel_version where parcel_id = closed_id;
    for version in
        update parcel_version set recorded = tstzrange(lower(recorded), closing_time(recorded))
        where parcel_id = closed_id and upper_inf(recorded) and legal && in_time returning *
    loop
        if lower(version.legal) < today() then
            last_revision := last_revision + 1;
            version.revision := last_revision;
            version.legal := daterange(lower(version.legal), today());
            version.recorded := tstzrange(upper(version.recorded), null);
            insert into parcel_version values (version.*);
        end if;
    end loop;
    return last_revision;
end $$;

-- Whether a version holds in law on a day by what is known at an instant; `infinity` is what is known now.
create function is_in_force(legal daterange, recorded tstzrange, at date, known timestamptz) returns boolean
    language sql immutable parallel safe
    return legal @> at and recorded @> known;

-- Every version of every parcel with what it shows.
create view parcel_in_time as
select v.parcel_id, v.revision, s.commune_code, s.commune_from, coalesce(u.name, s.commune_code) as commune_name, s.sheet_id, s.sheet_no, s.zone,
       s.scale_denominator, v.parcel_no, v.land_use, v.address, v.address_key, v.legal_area_m2, v.computed_area_m2,
       v.legal_geometry, v.geographic, v.label_point, v.is_derived, v.content_digest, v.legal, v.recorded,
       n.code as national_code
from parcel_version v
join sheet s on s.sheet_id = v.sheet_id
left join national_code n on n.parcel_id = v.parcel_id
left join administrative_unit u on u.level = 'commune' and u.code = s.commune_code and u.valid_from = s.commune_from;

-- What is current is what holds today by what is known now; written with `upper_inf` for the sake of the indexes of current versions.
create or replace view current_parcel as
select * from parcel_in_time where upper_inf(recorded) and legal @> today();

-- The functions below are single selects, so that the planner sees through them. What is known now and what is known no longer stand in
-- indexes of their own: the two halves let it use both.
create function parcel_as_of(at date, known timestamptz) returns setof parcel_in_time language sql stable parallel safe
begin atomic
    select * from parcel_in_time p where upper_inf(p.recorded) and is_in_force(p.legal, p.recorded, at, known)
    union all
    select * from parcel_in_time p where not upper_inf(p.recorded) and is_in_force(p.legal, p.recorded, at, known);
end;

-- The register's uses of parcels where it has any, else the one on the map. Main use first.
create function land_use_as_of(at date, known timestamptz)
    returns table (parcel_id bigint, ordinal smallint, code text, area_m2 numeric, origin text, term text)
    language sql stable parallel safe
begin atomic
    select r.parcel_id, r.ordinal, r.code, r.area_m2, r.origin, r.term
    from land_use_row r where is_in_force(r.legal, r.recorded, at, known)
    union all
    select v.parcel_id, 1::smallint, v.land_use, null, null, null
    from parcel_version v
    where v.land_use is not null and is_in_force(v.legal, v.recorded, at, known) and not exists (
        select from land_use_row r where r.parcel_id = v.parcel_id and is_in_force(r.legal, r.recorded, at, known));
end;

-- Who a party is does not begin with the day that the register first says it: of what is known then, the version of the day, else
-- the one nearest to it.
create function party_as_of(of_party bigint, at date, known timestamptz) returns setof party_version language sql stable parallel safe
begin atomic
    select * from party_version p where p.party_id = of_party and p.recorded @> known
    order by p.legal @> at desc, abs(lower(p.legal) - at), p.revision desc limit 1;
end;

-- Versions that are known no longer are looked for by place and by number as current ones are.
create index parcel_version_old_place on parcel_version using gist (geographic) where not upper_inf(recorded);
create index certificate_version_old_serial on certificate_version (serial_key) where not upper_inf(recorded);
create index if not exists land_right_party on land_right (party_id);
create index if not exists land_right_certificate on land_right (certificate_id) where certificate_id is not null;

-- What a dossier or a document changed is found by its number: the dossier's own, and every text of an operation's request.
create index if not exists land_operation_of_dossier on land_operation (dossier_code) where dossier_code is not null;
create function texts_of(request jsonb) returns text[] language sql immutable strict parallel safe
    return array(select distinct value #>> '{}' from jsonb_path_query(request, '$.** ? (@.type() == "string")') as value);
create index land_operation_texts on land_operation using gin (texts_of(request));
