-- Why: what stands in history of an officer of the office's own login is `name (id)`. The name is for people: it depends on what the login
-- was asked for, and its bearer may change it. Who is who is said by the id alone; an officer of a token issued here has no other
-- name than the whole text. What stands in the tables stays as it was written.

-- Whom a text of history names; the program says the same (`policy::identity`).
create function officer_identity(officer text) returns text language sql immutable strict parallel safe
    return coalesce(substring(officer from ' \(([^()]+)\)$'), officer);

-- Whoever asks again with the same key gets the same entry, under whatever name. What was entered before this is found too, and not
-- judged anew: the same person may have entered it twice.
alter table land_operation drop constraint land_operation_once;
create index land_operation_by_key on land_operation (officer_identity(officer), idempotency_key) where idempotency_key is not null;
do $$
begin
    execute format('create unique index land_operation_once on land_operation (officer_identity(officer), idempotency_key)
                    where land_operation_id > %s', (select coalesce(max(land_operation_id), 0) from land_operation));
end $$;
