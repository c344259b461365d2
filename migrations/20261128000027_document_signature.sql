-- Why: papers are signed by officer and by office, one after the other; who did, with which certificate and what file came of it must
-- be known for ever, and only the very file that was handed out may be signed.

create table document_signature (
    code text not null references issued_document,
    seat text not null check (seat in ('officer', 'office')),
    officer text not null,                      -- who let it be signed
    signer text not null,                       -- the name in the certificate
    file_sha256 bytea not null check (length(file_sha256) = 32),    -- of the signed file, which is kept
    signed_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (code, seat)
);
create trigger document_signature_is_kept before update or delete or truncate on document_signature
    for each statement execute function refuse_change();
