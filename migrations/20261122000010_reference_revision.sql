-- Why: servers keep what codes are called in memory. Names change without any parcel changing, so a counter tells them when to read
-- again; it is read with every look at the change feed.

create table reference_state (
    is_only boolean primary key default true check (is_only),
    revision bigint not null default 0
);
insert into reference_state default values;

create function reference_changes() returns trigger language plpgsql as $$
begin
    update reference_state set revision = revision + 1;
    perform pg_notify('diaba_change', 'reference');
    return null;
end $$;

create trigger reference_changes after insert or update or delete on administrative_unit
    for each statement execute function reference_changes();
create trigger reference_changes after insert or update or delete on land_use_code
    for each statement execute function reference_changes();
