-- Why: a paper that leaves the office must be checkable by whoever holds it. Each carries a code that is made from its content; the
-- row says what was issued under it and the digest of the file, and is never changed. The same paper made again is the same row.

create table issued_document (
    code text primary key check (code ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
    kind text not null,                 -- the template: extract, drawing, …
    subject text not null,              -- what it is about, in words that everybody may read
    parcel_id bigint,
    revision integer,                   -- of the parcel that it shows
    officer text not null,
    issued_on date not null,
    register_position bigint not null,
    content_sha256 bytea not null check (length(content_sha256) = 32),
    issued_at timestamptz not null default clock_timestamp()
);

create trigger issued_document_is_kept before update or delete or truncate on issued_document
    for each statement execute function refuse_change();

-- What an operation made, for the books of changes.
create index parcel_version_operation on parcel_version (land_operation_id) where land_operation_id is not null;
