-- Why: certificates are printed on numbered blanks (phôi), and each blank must be accounted for: received with its series, used for
-- one certificate, spoilt, destroyed. A book like on paper: entries are added, never changed.

create table blank_batch (
    batch_id bigint generated always as identity primary key,
    series text not null check (series ~ '^[A-ZĐ]{1,2}$'),
    digits smallint not null check (digits between 6 and 8),
    first_no integer not null check (first_no > 0),
    last_no integer not null check (last_no >= first_no),
    reference text not null,            -- the delivery note
    officer text not null,
    entered_at timestamptz not null default clock_timestamp(),
    constraint blank_received_once exclude using gist (series with =, digits with =, int4range(first_no, last_no, '[]') with &&)
);

create table blank_fate (
    series text not null,
    digits smallint not null,
    serial_no integer not null,
    fate text not null check (fate in ('used', 'spoilt', 'destroyed')),
    reference text not null,            -- used: the certificate's entry number; spoilt: why; destroyed: the minutes
    officer text not null,
    entered_at timestamptz not null default clock_timestamp(),
    constraint blank_fate_once primary key (series, digits, serial_no, fate)
);

create trigger blank_batch_is_kept before update or delete or truncate on blank_batch
    for each statement execute function refuse_change();
create trigger blank_fate_is_kept before update or delete or truncate on blank_fate
    for each statement execute function refuse_change();
