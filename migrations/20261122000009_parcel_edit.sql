-- Why: officers change parcels with psql and QGIS too. This view is the one door for that: its triggers take the commune's lock
-- before they read, check what stands for itself, derive every copy, and add a version; nothing is ever lost. Overlaps are not
-- judged here. Messages are for the officer: Vietnamese, then English.

create view parcel_edit as
select p.parcel_id, p.revision, p.commune_code, p.commune_name, p.sheet_no, p.parcel_no,
       (select u.code from current_land_use u where u.parcel_id = p.parcel_id order by u.ordinal, u.code limit 1) as land_use,
       p.address, p.legal_area_m2, p.computed_area_m2, p.zone, p.national_code, lower(p.legal) as in_force_from,
       p.legal_geometry, p.geographic
from current_parcel p;

-- Text as the program stores it (domain::tidy_text): NFC, single spaces; null where nothing is left.
create function tidy_text(given text) returns text language sql immutable strict parallel safe as $$
    select nullif(btrim(regexp_replace(normalize(given, nfc),
        '[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g')), '')
$$;

-- Text as it is searched (domain::fold_text): no marks, no capitals. Marks of Latin, Greek and Cyrillic.
create function fold_text(given text) returns text language sql immutable strict parallel safe as $$
    select replace(lower(regexp_replace(normalize(given, nfkd),
        '[\u0300-\u036f\u0483-\u0489\u1ab0-\u1ace\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]', '', 'g') collate "und-x-icu"), 'đ', 'd')
$$;

-- A polygon on the millimetre grid as geometry::check_rings puts it there: halves up, no repeated points, outer ring
-- counter-clockwise. Divided, not multiplied: 0.001 is no binary number.
create function on_grid(drawn geometry) returns geometry language sql immutable strict parallel safe as $$
    select st_removerepeatedpoints(st_forcepolygonccw(st_setsrid(st_makepolygon(rings[1], rings[2:]), st_srid(drawn))))
    from (
        select array_agg(ring order by number) as rings
        from (
            select path[1] as number, st_makeline(
                st_makepoint(floor(st_x(geom) * 1000 + 0.5) / 1000, floor(st_y(geom) * 1000 + 0.5) / 1000) order by path[2]) as ring
            from st_dumppoints(drawn) group by path[1]
        ) as one
    ) as every
$$;

-- The area in the plane of the zone to 0.1 m², half up, in whole numbers (domain::Area).
create function grid_area_m2(legal geometry) returns numeric language sql immutable strict parallel safe as $$
    select div(abs(sum(x * next_y - next_x * y)) + 100000, 200000) / 10
    from (
        select x, y, lead(x) over ring as next_x, lead(y) over ring as next_y
        from st_dumppoints(legal),
             lateral (select round(st_x(geom) * 1000)::bigint as x, round(st_y(geom) * 1000)::bigint as y) as point
        window ring as (partition by path[1] order by path[2])
    ) as edge
$$;

-- A point on the grid inside and far from the edges. In boxes a thousand times as long as wide the search would not end.
create function grid_label(legal geometry) returns geometry language plpgsql immutable strict parallel safe as $$
declare
    width double precision := st_xmax(legal) - st_xmin(legal);
    height double precision := st_ymax(legal) - st_ymin(legal);
    place geometry := st_pointonsurface(legal);
    pole geometry;
begin
    if greatest(width, height) < 1000 * least(width, height) then
        pole := st_snaptogrid((st_maximuminscribedcircle(legal)).center, 0.001);
        if st_contains(legal, pole) then
            return pole;
        end if;
    end if;
    return place;
end $$;

-- The drawn geometry as a boundary of a sheet in a zone, or what is wrong with it and where.
create function legal_boundary(drawn geometry, zone integer) returns geometry language plpgsql immutable as $$
declare
    srid integer := 900000 + zone;
    boundary geometry;
    fault valid_detail;
begin
    if drawn is null or st_isempty(drawn) then
        raise exception 'Thửa đất chưa có ranh giới / the parcel has no geometry' using errcode = 'not_null_violation';
    elsif st_srid(drawn) <> srid then
        raise exception 'Hệ tọa độ % không phải của tờ bản đồ (%) / SRID % is not the sheet''s, %', st_srid(drawn), srid, st_srid(drawn), srid
            using errcode = 'invalid_parameter_value',
                  hint = format('Vẽ trong hệ tọa độ SRID %s (EPSG:%s) / draw in SRID %1$s, which is EPSG:%2$s with the decreed shift', srid, zone);
    end if;
    if st_geometrytype(drawn) = 'ST_MultiPolygon' and st_numgeometries(drawn) = 1 then
        drawn := st_geometryn(drawn, 1);
    end if;
    if st_geometrytype(drawn) <> 'ST_Polygon' or st_npoints(drawn) > 200000 then
        raise exception 'Thửa đất phải là một vùng liền / a parcel is one polygon of at most 200,000 points, not % of %', st_geometrytype(drawn), st_npoints(drawn)
            using errcode = 'invalid_parameter_value', hint = 'Tách mỗi phần thành một thửa / make each part a parcel of its own';
    elsif not (st_xmin(drawn) >= 180000 and st_xmax(drawn) <= 820000 and st_ymin(drawn) >= 880000 and st_ymax(drawn) <= 2620000) then
        raise exception 'Tọa độ ngoài phạm vi Việt Nam / coordinates outside Viet Nam: % % to % %', st_xmin(drawn), st_ymin(drawn), st_xmax(drawn), st_ymax(drawn)
            using errcode = 'invalid_parameter_value',
                  hint = 'X là tọa độ Đông, Y là tọa độ Bắc, đơn vị mét / x is easting, y is northing, in metres';
    end if;
    boundary := on_grid(st_force2d(drawn));
    fault := st_isvaliddetail(boundary);
    if not fault.valid then
        raise exception 'Ranh giới tự cắt hoặc không hợp lệ / the boundary is not valid: % at % %', fault.reason, st_x(fault.location), st_y(fault.location)
            using errcode = 'invalid_parameter_value', hint = 'Sửa ranh giới tại điểm đó / mend the boundary there';
    end if;
    return boundary;
end $$;

-- A version with everything that follows from its legal geometry.
create function with_copies(version parcel_version) returns parcel_version language plpgsql stable as $$
begin
    version.computed_area_m2 := grid_area_m2(version.legal_geometry);
    version.geographic := st_transform(version.legal_geometry, 4326);
    version.label_point := st_transform(grid_label(version.legal_geometry), 4326);
    version.is_derived := false;
    return version;
end $$;

-- The current version of a parcel, with its commune locked; refused where it is not the one that was read, or blocked.
create function hold_parcel(held_id bigint, seen_revision integer, in_commune text) returns parcel_version language plpgsql as $$
declare
    version parcel_version;
    letter text;
begin
    perform pg_advisory_xact_lock(1, in_commune::integer);
    select v.* into version from current_parcel c join parcel_version v on v.parcel_id = c.parcel_id and v.revision = c.revision
    where c.parcel_id = held_id;
    if version.revision is distinct from seen_revision then
        raise exception 'Thửa % vừa được người khác thay đổi / parcel % was changed meanwhile: revision %, now %', held_id, held_id, seen_revision, version.revision
            using errcode = 'serialization_failure', hint = 'Đọc lại thửa rồi sửa lại / read the parcel again and repeat the change';
    end if;
    select letter_no || ', ' || agency into letter from block
    where parcel_id = held_id and stops_changes and upper_inf(recorded) and legal @> today() order by block_id limit 1;
    if letter is not null then
        raise exception 'Thửa % đang bị ngăn chặn biến động / changes of parcel % are stopped by letter %', held_id, held_id, letter
            using errcode = 'restrict_violation', hint = 'Chờ văn bản giải tỏa / wait until the block is lifted';
    end if;
    return version;
end $$;

-- Closes what the register knows of a parcel in a time to come; what held until today stays known. Gives the last revision.
create function close_parcel(closed_id bigint, in_time daterange) returns integer language plpgsql as $$
declare
    version parcel_version;
    last_revision integer;
begin
    select max(revision) into last_revision from parcel_version where parcel_id = closed_id;
    for version in
        update parcel_version set recorded = tstzrange(lower(recorded), clock_timestamp())
        where parcel_id = closed_id and upper_inf(recorded) and legal && in_time returning *
    loop
        if lower(version.legal) < today() then
            last_revision := last_revision + 1;
            version.revision := last_revision;
            version.legal := daterange(lower(version.legal), today());
            version.recorded := tstzrange(clock_timestamp(), null);
            insert into parcel_version values (version.*);
        end if;
    end loop;
    return last_revision;
end $$;

-- A number that no other parcel of the sheet has or had; the next one where none is asked for. Retired numbers never return.
create index parcel_version_old_number on parcel_version (sheet_id, parcel_no) where not upper_inf(recorded);
create function claim_number(in_sheet bigint, wanted integer, for_parcel bigint) returns integer language plpgsql as $$
declare
    number integer;
begin
    select coalesce(wanted, highest_parcel_no + 1) into number from sheet where sheet_id = in_sheet;
    if exists (select from parcel_version where sheet_id = in_sheet and parcel_no = number and parcel_id <> for_parcel and upper_inf(recorded))
        or exists (select from parcel_version where sheet_id = in_sheet and parcel_no = number and parcel_id <> for_parcel and not upper_inf(recorded))
    then
        raise exception 'Số thửa % đã dùng trong tờ bản đồ / number % has been used in this sheet', number, number
            using errcode = 'unique_violation', hint = 'Để trống để lấy số tiếp theo / leave it null to get the next one';
    end if;
    update sheet set highest_parcel_no = number where sheet_id = in_sheet and highest_parcel_no < number;
    return number;
end $$;

create function check_land_use(wanted text) returns void language plpgsql stable as $$
begin
    if wanted is not null and not exists (select from land_use_code where code = wanted and valid @> today() and not is_group) then
        raise exception 'Không có mã loại đất % / there is no land-use code %', wanted, wanted
            using errcode = 'invalid_parameter_value',
                  hint = 'select code, name_vi from land_use_code where valid @> today() and not is_group';
    end if;
end $$;

-- Where the register has uses of a parcel, the main one is what everybody sees: it changes from today on.
create function change_main_use(of_parcel bigint, wanted text) returns void language plpgsql as $$
declare
    main land_use_row;
    past land_use_row;
begin
    select * into main from land_use_row
    where parcel_id = of_parcel and upper_inf(recorded) and legal @> today() order by ordinal, code limit 1;
    if not found then
        return;
    elsif wanted is null or exists (
        select from land_use_row
        where parcel_id = of_parcel and code = wanted and upper_inf(recorded) and legal && daterange(today(), null)
    ) then
        raise exception 'Sổ địa chính không cho đổi như vậy / the register has uses of parcel %: they cannot be emptied, nor % come twice', of_parcel, wanted
            using errcode = 'restrict_violation', hint = 'select * from current_land_use where parcel_id = ' || of_parcel;
    end if;
    update land_use_row set recorded = tstzrange(lower(recorded), clock_timestamp())
    where parcel_id = of_parcel and code = main.code and revision = main.revision;
    main.recorded := tstzrange(clock_timestamp(), null);
    past := main;
    if lower(past.legal) < today() then
        past.legal := daterange(lower(past.legal), today());
        select max(revision) + 1 into past.revision from land_use_row where parcel_id = of_parcel and code = past.code;
        insert into land_use_row values (past.*);
    end if;
    main.code := wanted;
    main.legal := daterange(today(), upper(main.legal));
    select coalesce(max(revision), 0) + 1 into main.revision from land_use_row where parcel_id = of_parcel and code = wanted;
    insert into land_use_row values (main.*);
end $$;

-- The code of the label point or, where it is taken, of a free cell near by inside the parcel, in the order of
-- geometry::free_code: rings of cells, each clockwise from the north-west. Where there is none the parcel stays without.
create function assign_code(for_parcel bigint, label_point geometry, inside geometry) returns void language plpgsql as $$
declare
    cell geometry := st_geomfromgeohash(st_geohash(label_point, 12));
    width double precision := 360 / 2 ^ 30;
    height double precision := 180 / 2 ^ 30;
    free text := st_geohash(label_point, 12);
    origin text := 'computed';
begin
    loop
        insert into national_code (code, parcel_id, origin) values (free, for_parcel, origin) on conflict (code) do nothing;
        exit when found;
        select code into free
        from generate_series(-64, 64) as east, generate_series(-64, 64) as north,
             lateral (select greatest(abs(east), abs(north)) as ring) as r,
             lateral (select st_setsrid(st_makepoint(st_xmin(cell) + (east + 0.5) * width, st_ymin(cell) + (north + 0.5) * height), 4326) as centre) as c,
             lateral (select st_geohash(centre, 12) as code) as g
        where st_contains(inside, centre) and not exists (select from national_code n where n.code = g.code)
        order by ring, case
            when north = ring and east < ring then east + ring
            when east = ring and north > -ring then 3 * ring - north
            when north = -ring and east > -ring then 5 * ring - east
            else 7 * ring + north end
        limit 1;
        exit when not found;
        origin := 'moved';
    end loop;
end $$;

-- What a later load computes is never this: it sees that the parcel was changed outside.
create function outside_digest() returns bytea language sql immutable parallel safe as $$ select 'outside'::bytea $$;

create function insert_parcel_edit() returns trigger language plpgsql as $$
declare
    version parcel_version;
    zone integer;
begin
    perform pg_advisory_xact_lock(1, code::integer) from administrative_unit where level = 'commune' and code = new.commune_code limit 1;
    select s.sheet_id, s.zone into version.sheet_id, zone from sheet s
    where s.commune_code = new.commune_code and s.sheet_no = new.sheet_no order by s.commune_from desc, s.sheet_id limit 1;
    if not found then
        raise exception 'Không có tờ bản đồ % của xã % / commune % has no sheet %', new.sheet_no, new.commune_code, new.commune_code, new.sheet_no
            using errcode = 'foreign_key_violation',
                  hint = 'Ghi commune_code và sheet_no của tờ đã nạp / give commune_code and sheet_no of a sheet that was loaded';
    end if;
    perform check_land_use(new.land_use);
    version.parcel_id := nextval('register_id_' || (version.sheet_id >> 40));
    version.revision := 1;
    version.legal := daterange(today(), null);
    version.recorded := tstzrange(clock_timestamp(), null);
    version.parcel_no := claim_number(version.sheet_id, new.parcel_no, version.parcel_id);
    version.land_use := new.land_use;
    version.address := tidy_text(new.address);
    version.address_key := fold_text(version.address);
    version.legal_area_m2 := new.legal_area_m2;
    version.legal_geometry := legal_boundary(new.legal_geometry, zone);
    version.content_digest := outside_digest();
    version := with_copies(version);
    insert into parcel (parcel_id) values (version.parcel_id);
    insert into parcel_version values (version.*);
    perform assign_code(version.parcel_id, version.label_point, version.geographic);
    select * into new from parcel_edit where parcel_id = version.parcel_id;
    return new;
end $$;

create function update_parcel_edit() returns trigger language plpgsql as $$
declare
    version parcel_version := hold_parcel(old.parcel_id, old.revision, old.commune_code);
    before parcel_version := version;
begin
    if (new.parcel_id, new.revision, new.commune_code, new.commune_name, new.sheet_no, new.computed_area_m2, new.zone, new.national_code, new.in_force_from, new.geographic)
        is distinct from
        (old.parcel_id, old.revision, old.commune_code, old.commune_name, old.sheet_no, old.computed_area_m2, old.zone, old.national_code, old.in_force_from, old.geographic)
    then
        raise exception 'Chỉ sửa được / only these can be changed: parcel_no, land_use, address, legal_area_m2, legal_geometry'
            using errcode = 'generated_always', hint = 'Các cột khác tự tính hoặc cố định / the others are derived or fixed';
    end if;
    if new.legal_geometry is distinct from old.legal_geometry then
        version.legal_geometry := legal_boundary(new.legal_geometry, old.zone);
    end if;
    if new.parcel_no is distinct from old.parcel_no then
        version.parcel_no := claim_number(version.sheet_id, new.parcel_no, version.parcel_id);
    end if;
    if new.land_use is distinct from old.land_use then
        perform check_land_use(new.land_use);
        perform change_main_use(old.parcel_id, new.land_use);
        version.land_use := new.land_use;
    end if;
    if new.address is distinct from old.address then
        version.address := tidy_text(new.address);
        version.address_key := fold_text(version.address);
    end if;
    version.legal_area_m2 := new.legal_area_m2;
    if version is distinct from before then
        if version.legal_geometry is distinct from before.legal_geometry then
            version := with_copies(version);
        end if;
        version.revision := close_parcel(version.parcel_id, daterange(today(), upper(version.legal))) + 1;
        version.legal := daterange(today(), upper(version.legal));
        version.recorded := tstzrange(clock_timestamp(), null);
        version.content_digest := outside_digest();
        version.load_id := null;
        version.source_row := null;
        insert into parcel_version values (version.*);
        select * into new from parcel_edit where parcel_id = old.parcel_id;
    end if;
    return new;
end $$;

-- The parcel ends today in law. All that was known of it stays known.
create function delete_parcel_edit() returns trigger language plpgsql as $$
begin
    perform hold_parcel(old.parcel_id, old.revision, old.commune_code);
    perform close_parcel(old.parcel_id, daterange(today(), null));
    return old;
end $$;

create trigger parcel_edit_insert instead of insert on parcel_edit for each row execute function insert_parcel_edit();
create trigger parcel_edit_update instead of update on parcel_edit for each row execute function update_parcel_edit();
create trigger parcel_edit_delete instead of delete on parcel_edit for each row execute function delete_parcel_edit();

-- They act with the rights of the register's owner, so that a role may be given this view alone, and so does what follows at
-- commit; nobody's temporary tables may stand in for the register's.
do $$
declare door text;
begin
    foreach door in array array['insert_parcel_edit', 'update_parcel_edit', 'delete_parcel_edit', 'record_change', 'take_position'] loop
        execute format('alter function %I() security definer set search_path = %s, pg_temp', door, current_setting('search_path'));
    end loop;
end $$;
