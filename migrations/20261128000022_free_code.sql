-- Why: a parcel whose label point has a code that was given before takes the next free cell around it. That looked at all 16,641 cells
-- within 64 rings each time: merging again what was split before, whose label point is the old one, took longer with every corner of the
-- outline. Rings are now looked at one after the other, and no further than the first that has a free cell. The cell found is the same.

create or replace function assign_code(for_parcel bigint, label_point geometry, inside geometry) returns void language plpgsql as $$
declare
    cell geometry := st_geomfromgeohash(st_geohash(label_point, 12));
    width double precision := 360 / 2 ^ 30;
    height double precision := 180 / 2 ^ 30;
    free text := st_geohash(label_point, 12);
begin
    insert into national_code (code, parcel_id, origin) values (free, for_parcel, 'computed') on conflict (code) do nothing;
    if found then
        return;
    end if;
    for ring in 1..64 loop
        -- clockwise from the north-west: eastwards, southwards, westwards, northwards
        for free in
            select g.code
            from generate_series(0, 8 * ring - 1) as step,
                 lateral (select case when step < 2 * ring then step - ring when step < 4 * ring then ring
                                      when step < 6 * ring then 5 * ring - step else -ring end as east,
                                 case when step < 2 * ring then ring when step < 4 * ring then 3 * ring - step
                                      when step < 6 * ring then -ring else step - 7 * ring end as north) as s,
                 lateral (select st_setsrid(st_makepoint(st_xmin(cell) + (east + 0.5) * width, st_ymin(cell) + (north + 0.5) * height), 4326) as centre) as c,
                 lateral (select st_geohash(centre, 12) as code) as g
            where not exists (select from national_code n where n.code = g.code) and st_contains(inside, centre)
            order by step
        loop
            -- Somebody may take it meanwhile.
            insert into national_code (code, parcel_id, origin) values (free, for_parcel, 'moved') on conflict (code) do nothing;
            if found then
                return;
            end if;
        end loop;
    end loop;
end $$;
