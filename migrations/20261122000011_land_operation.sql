-- Why: what an officer does to land is one transaction and one entry of history: who, under which dossier, what was asked, what came
-- of it. A client that lost the answer asks again with the same key and gets the same entry, never a second operation.

create table land_operation (
    land_operation_id bigint generated always as identity primary key,
    txid xid8 not null default pg_current_xact_id(),
    officer text not null,
    dossier_code text,
    request jsonb not null,
    report jsonb not null,
    idempotency_key text,
    request_sha256 bytea not null,
    made_at timestamptz not null default clock_timestamp(),
    constraint land_operation_once unique (officer, idempotency_key)
);

create trigger land_operation_is_kept before update or delete or truncate on land_operation
    for each statement execute function refuse_change();

-- What made a version, and a link between parent and child.
alter table parcel_version add column land_operation_id bigint;
alter table lineage add column land_operation_id bigint;
