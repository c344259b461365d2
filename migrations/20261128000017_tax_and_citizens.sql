-- Why: between check and approval the tax office and the citizen have their turn, and citizens follow, object and rate. What is sent
-- to the tax office is versioned and never lost; what comes back comes twice, late or out of order, and counts once.

-- The slip that tells the tax office what to assess (phiếu chuyển thông tin); a correction is a slip of its own.
create table tax_slip (
    dossier_id bigint not null references dossier,
    slip_no integer not null check (slip_no > 0),
    content jsonb not null,
    sent_by text not null,
    sent_at timestamptz not null default clock_timestamp(),
    primary key (dossier_id, slip_no)
);

create table tax_slip_event (
    dossier_id bigint not null,
    slip_no integer not null,
    event text not null check (event in ('sent', 'acknowledged', 'corrected', 'cancelled')),
    actor text not null,
    detail text,                                -- the tax office's reference, or the reason
    at timestamptz not null default clock_timestamp(),
    primary key (dossier_id, slip_no, event),
    foreign key (dossier_id, slip_no) references tax_slip
);

create table tax_notice (
    notice_no text primary key,
    dossier_id bigint not null references dossier,
    kind text not null check (kind in ('land-use-fee', 'land-rent', 'registration-fee', 'personal-income-tax', 'other')),
    amount_vnd bigint not null check (amount_vnd >= 0),
    issued_on date not null,
    pay_until date,
    received_by text not null,
    received_at timestamptz not null default clock_timestamp()
);
create index tax_notice_of_dossier on tax_notice (dossier_id);

create table tax_payment (
    payment_no text primary key,
    notice_no text not null references tax_notice,
    amount_vnd bigint not null check (amount_vnd > 0),
    paid_on date not null,
    received_by text not null,
    received_at timestamptz not null default clock_timestamp()
);
create index tax_payment_of_notice on tax_payment (notice_no);

do $$
declare kept text;
begin
    foreach kept in array array['tax_slip', 'tax_slip_event', 'tax_notice', 'tax_payment'] loop
        execute format('create trigger %I before update or delete or truncate on %I for each statement execute function refuse_change()',
                       kept || '_is_append_only', kept);
    end loop;
end $$;

-- Lists that hang at the commune for objections (niêm yết công khai).
create table posting (
    posting_id bigint generated always as identity primary key,
    dossier_id bigint not null references dossier,
    commune_code text not null,
    content text not null,
    posted_by text not null,
    posted_on date not null default today(),
    until date not null default today() + 15,   -- the last day for objections
    check (until > posted_on)
);

-- What citizens say: an error on a parcel, an objection to a posted list, a rating of a result. Nobody sees it before an officer has.
create table citizen_message (
    citizen_message_id bigint generated always as identity primary key,
    kind text not null check (kind in ('error', 'objection', 'rating')),
    commune_code text not null,
    parcel_id bigint,
    posting_id bigint references posting,
    dossier_id bigint references dossier,
    content text not null,
    name text,
    contact text,
    score smallint check (score in (1, 3, 5)),  -- not satisfied, satisfied, very satisfied
    criteria jsonb,
    state text not null default 'new' check (state in ('new', 'accepted', 'rejected', 'spam')),
    answer text,
    moderated_by text,
    moderated_at timestamptz,
    made_at timestamptz not null default clock_timestamp(),
    check ((kind = 'error') = (parcel_id is not null)),
    check ((kind = 'objection') = (posting_id is not null)),
    check ((kind = 'rating') = (score is not null)),
    check ((state = 'new') = (moderated_by is null))
);
create unique index citizen_message_one_rating on citizen_message (dossier_id) where kind = 'rating';
create index citizen_message_new on citizen_message (commune_code) where state = 'new';
