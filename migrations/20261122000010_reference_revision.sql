-- Why: servers keep what codes are called in memory. Names change without any parcel changing, so a counter tells them when to read
-- again; it is read with every look at the change feed.

create table reference_state (
    is_only boolean primary key default true check (is_only),
    revision bigint not null default 0
);
insert into reference_state default values;

-- A statement that changes no row counts for nothing.
create function reference_changes() returns trigger language plpgsql as $$
begin
    if exists (select from changed) then
        update reference_state set revision = revision + 1;
        perform pg_notify('diaba_change', 'reference');
    end if;
    return null;
end $$;

do $$
declare watched regclass;
begin
    foreach watched in array array['administrative_unit', 'land_use_code']::regclass[] loop
        execute format('create trigger reference_insert after insert on %s referencing new table as changed
                        for each statement execute function reference_changes()', watched);
        execute format('create trigger reference_update after update on %s referencing new table as changed
                        for each statement execute function reference_changes()', watched);
        execute format('create trigger reference_delete after delete on %s referencing old table as changed
                        for each statement execute function reference_changes()', watched);
    end loop;
end $$;
