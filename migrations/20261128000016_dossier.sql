-- Why: land changes because somebody files a dossier (hồ sơ thủ tục): it is received under a code of its own, handled in steps by
-- officers with roles, timed by a working-day clock, planned, approved by another than who planned it, and kept for ever. Steps,
-- deadlines, holidays and office hours differ by province and year: they are rows with a validity, not code.

-- Roles and areas of a local token. No areas: the whole register. Officers known until now keep all that they could do.
alter table access_token
    add column roles text[] not null default '{}'
        check (roles <@ array['reception', 'officer', 'approver', 'surveyor', 'commune', 'planner', 'auditor']),
    add column areas text[];
update access_token set roles = array['reception', 'officer', 'approver', 'surveyor', 'commune', 'planner', 'auditor']
where role = 'officer';

-- An approver who is absent lets another approve for a time.
create table delegation (
    delegation_id bigint generated always as identity primary key,
    principal text not null,
    delegate text not null,
    valid tstzrange not null check (not isempty(valid) and not upper_inf(valid)),
    areas text[],                               -- the principal's own; none for the whole register
    reason text not null,
    made_at timestamptz not null default clock_timestamp(),
    check (principal <> delegate)
);

-- How long a procedure may take, in working days, for the country (province_code null) or as a province has set it (Decree
-- 49/2026/NĐ-CP Art. 15). Codes stand without the suffix of the province.
create table procedure_rule (
    procedure_code text not null,
    province_code text,
    valid daterange not null check (not isempty(valid)),
    name_vi text not null,
    name_en text not null,
    max_days integer not null check (max_days between 1 and 400),
    remote_days integer not null default 0 check (remote_days between 0 and 400),   -- more in remote communes
    extended_days integer not null default 0 check (extended_days between 0 and 400), -- more with a recorded reason
    is_same_day boolean not null default false,     -- done on the day of receipt, or the next after cut_off
    cut_off time,
    is_online_only boolean not null default false,  -- paper intake needs a reason
    needs_tax boolean not null default false,
    source text not null,
    check (is_same_day = (cut_off is not null)),
    constraint procedure_rule_one_at_a_time
        exclude using gist (procedure_code with =, coalesce(province_code, '') with =, valid with &&)
);

insert into procedure_rule (procedure_code, valid, name_vi, name_en, max_days, remote_days, extended_days, is_same_day, cut_off,
                            is_online_only, needs_tax, source) values
    ('1.012784', '[2025-07-01,)', 'Tách thửa hoặc hợp thửa đất', 'Split or merge of parcels', 12, 10, 0, false, null, false, false,
     'national list of procedures 2025: 12 working days, 10 more in remote areas'),
    ('1.012783', '[2025-07-01,)', 'Cấp đổi Giấy chứng nhận', 'Exchange of a certificate', 5, 10, 0, false, null, false, false,
     'national list of procedures 2025'),
    ('1.012786', '[2025-07-01,)', 'Cấp lại Giấy chứng nhận do bị mất', 'Reissue of a lost certificate', 10, 10, 0, false, null, false, false,
     'national list of procedures 2025; after 15 days of posting at the commune'),
    ('correction', '[2025-07-01,)', 'Đính chính Giấy chứng nhận', 'Correction of a certificate', 8, 10, 0, false, null, false, false,
     'national list of procedures 2025'),
    ('1.012793', '[2025-07-01,)', 'Đăng ký biến động do thay đổi thông tin tổ chức', 'Change of an organisation', 8, 10, 0, false, null, false,
     true, 'national list of procedures 2025'),
    ('transfer', '[2025-07-01,)', 'Chuyển nhượng, tặng cho, thừa kế, góp vốn', 'Transfer, gift, inheritance, contribution', 10, 10, 0, false,
     null, false, true, 'practice of the offices: 8 to 10 working days, the tax office''s time not counted'),
    ('1.012781', '[2025-07-01,)', 'Cấp Giấy chứng nhận cho phần diện tích tăng thêm', 'Certificate for added area', 20, 10, 0, false, null,
     false, true, 'national list of procedures 2025'),
    ('1.012782', '[2025-07-01,)', 'Cấp Giấy chứng nhận cho phần diện tích còn lại', 'Certificate for the rest of a parcel', 20, 10, 0, false,
     null, false, true, 'national list of procedures 2025'),
    ('first-registration', '[2025-07-01,)', 'Đăng ký, cấp Giấy chứng nhận lần đầu', 'First registration and certificate', 20, 10, 0, false,
     null, false, true, 'practice of the offices: 17 working days to register, 3 to issue; 15 days of posting not counted'),
    ('withdrawal', '[2025-07-01,)', 'Thu hồi Giấy chứng nhận đã cấp không đúng quy định', 'Withdrawal of a wrong certificate', 25, 10, 0,
     false, null, false, false, 'national list of procedures 2025'),
    ('1.011441', '[2023-01-15,)', 'Đăng ký thế chấp quyền sử dụng đất', 'Registration of a mortgage', 1, 0, 3, true, '15:00', true, false,
     'Decree 99/2022/NĐ-CP Art. 16: the working day of receipt, after 15:00 the next; 3 working days with good reason'),
    ('1.011442', '[2023-01-15,)', 'Đăng ký thay đổi nội dung thế chấp', 'Change of a mortgage', 1, 0, 3, true, '15:00', true, false,
     'Decree 99/2022/NĐ-CP Art. 16'),
    ('1.011443', '[2023-01-15,)', 'Xóa đăng ký thế chấp', 'Discharge of a mortgage', 1, 0, 3, true, '15:00', true, false,
     'Decree 99/2022/NĐ-CP Art. 16');

-- The internal steps and the national status that each is told as. Rows of a procedure take the place of those of all ('').
create table procedure_step (
    procedure_code text not null default '',
    step text not null,
    ordinal smallint not null,
    status smallint not null check (status between 1 and 10),
    name_vi text not null,
    name_en text not null,
    primary key (procedure_code, step)
);

insert into procedure_step (step, ordinal, status, name_vi, name_en) values
    ('filed', 1, 1, 'Mới nộp', 'Filed'),
    ('received', 2, 2, 'Đã tiếp nhận', 'Received'),
    ('assigned', 3, 4, 'Đang thẩm tra', 'Being examined'),
    ('supplement', 4, 5, 'Chờ bổ sung giấy tờ', 'Waiting for papers'),
    ('checked', 5, 4, 'Đã thẩm tra', 'Examined'),
    ('tax', 6, 4, 'Chờ thông báo thuế', 'Waiting for the tax notice'),
    ('payment', 7, 6, 'Chờ nộp thuế, phí', 'Waiting for payment'),
    ('paid', 8, 4, 'Đã nộp thuế, phí', 'Paid'),
    ('approved', 9, 4, 'Đã phê duyệt', 'Approved'),
    ('signed', 10, 9, 'Đã ký, chờ trả kết quả', 'Signed'),
    ('returned', 11, 10, 'Đã trả kết quả', 'Handed out'),
    ('withdrawing', 12, 7, 'Công dân yêu cầu rút hồ sơ', 'Withdrawal asked'),
    ('refused', 13, 3, 'Không tiếp nhận', 'Not received'),
    ('stopped', 14, 8, 'Dừng xử lý', 'Stopped');

-- Office hours, for the country or a province: the sessions of one working day.
create table office_hours (
    province_code text,
    valid daterange not null check (not isempty(valid)),
    opens time not null,
    closes time not null check (closes > opens),
    source text not null,
    constraint office_hours_apart exclude using gist (
        coalesce(province_code, '') with =, valid with &&,
        int4range(extract(epoch from opens)::integer, extract(epoch from closes)::integer) with &&)
);

insert into office_hours (valid, opens, closes, source) values
    ('[1994-01-01,)', '07:30', '11:30', 'usual hours of the land offices'),
    ('[1994-01-01,)', '13:00', '17:00', 'usual hours of the land offices');

-- Days that are not as the week has them: holidays, and Saturdays worked for a bridge day.
create table calendar_day (
    province_code text,
    day date not null,
    is_working boolean not null,
    name_vi text not null,
    name_en text not null,
    source text not null
);
create unique index calendar_day_once on calendar_day (coalesce(province_code, ''), day);

insert into calendar_day (day, is_working, name_vi, name_en, source) values
    ('2026-01-01', false, 'Tết Dương lịch', 'New Year', 'Labour Code 2019 Art. 112'),
    ('2026-01-02', false, 'Nghỉ hoán đổi', 'Bridge day', 'swapped with Saturday 2026-01-10'),
    ('2026-01-10', true, 'Làm bù', 'Working Saturday', 'worked for 2026-01-02'),
    ('2026-02-16', false, 'Tết Nguyên đán', 'Lunar New Year', 'Labour Code 2019 Art. 112; five days from 29 Chạp'),
    ('2026-02-17', false, 'Tết Nguyên đán', 'Lunar New Year', 'Labour Code 2019 Art. 112'),
    ('2026-02-18', false, 'Tết Nguyên đán', 'Lunar New Year', 'Labour Code 2019 Art. 112'),
    ('2026-02-19', false, 'Tết Nguyên đán', 'Lunar New Year', 'Labour Code 2019 Art. 112'),
    ('2026-02-20', false, 'Tết Nguyên đán', 'Lunar New Year', 'Labour Code 2019 Art. 112'),
    ('2026-04-27', false, 'Giỗ Tổ Hùng Vương (nghỉ bù)', 'Hùng Kings, for Sunday 2026-04-26', 'Labour Code 2019 Art. 111, 112'),
    ('2026-04-30', false, 'Ngày Chiến thắng', 'Reunification Day', 'Labour Code 2019 Art. 112'),
    ('2026-05-01', false, 'Ngày Quốc tế lao động', 'Labour Day', 'Labour Code 2019 Art. 112'),
    ('2026-08-22', true, 'Làm bù', 'Working Saturday', 'worked for 2026-08-31'),
    ('2026-08-31', false, 'Nghỉ hoán đổi', 'Bridge day', 'swapped with Saturday 2026-08-22'),
    ('2026-09-01', false, 'Quốc khánh', 'National Day', 'Labour Code 2019 Art. 112'),
    ('2026-09-02', false, 'Quốc khánh', 'National Day', 'Labour Code 2019 Art. 112'),
    ('2027-01-01', false, 'Tết Dương lịch', 'New Year', 'Labour Code 2019 Art. 112'),
    ('2027-04-30', false, 'Ngày Chiến thắng', 'Reunification Day', 'Labour Code 2019 Art. 112'),
    ('2027-05-03', false, 'Ngày Quốc tế lao động (nghỉ bù)', 'Labour Day, for Saturday 2027-05-01', 'Labour Code 2019 Art. 111, 112'),
    ('2027-09-02', false, 'Quốc khánh', 'National Day', 'Labour Code 2019 Art. 112');

create table remote_commune (
    commune_code text not null,
    valid daterange not null check (not isempty(valid)),
    source text not null,
    constraint remote_commune_one_at_a_time exclude using gist (commune_code with =, valid with &&)
);

-- The dossier itself. A code is unique in the country and a dossier may touch parcels of two old registers, so it is not
-- partitioned as the parcels are.
drop table dossier_parcel;
drop table dossier;

create table dossier (
    dossier_id bigint generated always as identity primary key,
    code text collate "C" not null constraint dossier_code_once unique check (code ~ '^[0-9A-Z.]+-[0-9]{6}([0-9]{2})?-[0-9]{4,7}$'),
    is_numbered_here boolean not null,
    procedure_code text not null,               -- as given, with the province's suffix
    commune_code text not null,
    province_code text,
    agency text not null,                       -- the part of the code before the day
    branch text not null,                       -- who handles it
    channel smallint not null check (channel between 1 and 3),
    paper_reason text,
    applicant_name text not null,
    applicant_no text,
    phone text,
    summary text,
    filed_at timestamptz not null,
    received_at timestamptz,
    step text not null,
    status smallint not null check (status between 1 and 10),
    step_before text,                           -- where a withdrawal that is taken back leads
    officer text,
    due_at timestamptz,                         -- none before receipt, and while the clock stands
    paused_for text,
    is_extended boolean not null default false,
    supplements integer not null default 0,
    ended_at timestamptz,                       -- status 3, 8, 9 or 10
    version integer not null,
    content_sha256 bytea not null,              -- of what was filed last: the same again changes nothing
    filing_key text constraint dossier_filed_once unique    -- who numbered it here, and under which idempotency key
);
create index dossier_open on dossier (branch, officer) where status in (1, 2, 4, 5, 6, 7);

-- Every step: who, when, from, to, why.
create table dossier_step (
    dossier_id bigint not null references dossier,
    version integer not null check (version > 0),
    verb text not null,
    from_step text,
    to_step text not null,
    from_status smallint,
    to_status smallint not null,
    actor text not null,
    on_behalf_of text,
    reason text,
    due_at timestamptz,
    at timestamptz not null default clock_timestamp(),
    primary key (dossier_id, version)
);
create trigger dossier_step_is_append_only before update or delete or truncate on dossier_step
    for each statement execute function refuse_change();

-- When the clock stood, and why.
create table dossier_pause (
    dossier_id bigint not null references dossier,
    started_at timestamptz not null,
    ended_at timestamptz check (ended_at >= started_at),
    reason text not null,
    primary key (dossier_id, started_at)
);
create unique index dossier_pause_one_open on dossier_pause (dossier_id) where ended_at is null;

create table dossier_parcel (
    dossier_id bigint not null references dossier,
    parcel_id bigint not null,
    put_at timestamptz not null default clock_timestamp(),     -- of several open dossiers the first reserves the parcel
    primary key (parcel_id, dossier_id)
);
create index dossier_parcel_of_dossier on dossier_parcel (dossier_id);

-- Where dossiers may be filed and numbered here, because no one-stop system does it: the code that the numbers stand under.
create table numbering (
    province_code text not null,
    agency text not null check (agency ~ '^[0-9A-Z.]{1,40}$'),
    valid daterange not null check (not isempty(valid)),
    constraint numbering_one_at_a_time exclude using gist (province_code with =, valid with &&)
);

-- The last number that an agency gave on a day.
create table dossier_serial (
    agency text collate "C" not null,
    day date not null,
    serial integer not null check (serial between 1 and 9999),
    primary key (agency, day)
);

-- Papers, once each by their content; the bytes are files of the data folder.
create table attachment (
    sha256 bytea primary key check (octet_length(sha256) = 32),
    size_bytes bigint not null check (size_bytes > 0),
    media_type text not null check (media_type in ('application/pdf', 'image/jpeg', 'image/png')),
    stored_at timestamptz not null default clock_timestamp()
);

create table attachment_kind (
    code text primary key,
    name_vi text not null,
    name_en text not null
);
insert into attachment_kind values
    ('HDCQ', 'Hợp đồng chuyển quyền', 'Contract of transfer'), ('HDTHC', 'Hợp đồng thế chấp', 'Contract of mortgage'),
    ('PCT', 'Phiếu chuyển thông tin thuế', 'Tax slip'), ('PKTHS', 'Phiếu kiểm tra hồ sơ', 'Check of the dossier'),
    ('PXNKQDD', 'Phiếu xác nhận kết quả đo đạc', 'Confirmation of a survey'),
    ('PLYKDC', 'Phiếu lấy ý kiến khu dân cư', 'Opinion of the residents'), ('DKTC', 'Phiếu yêu cầu đăng ký thế chấp', 'Request for a mortgage'),
    ('DKTD', 'Phiếu yêu cầu thay đổi thế chấp', 'Request to change a mortgage'),
    ('DKXTC', 'Phiếu yêu cầu xóa thế chấp', 'Request to discharge a mortgage'),
    ('QDTT', 'Quyết định tách, hợp thửa', 'Decision on a split or merge'), ('GCN', 'Giấy chứng nhận', 'Certificate'),
    ('GTLQ', 'Giấy tờ liên quan khác', 'Other papers');

create table dossier_attachment (
    dossier_id bigint not null references dossier,
    ordinal integer not null,
    sha256 bytea not null references attachment,
    kind text not null references attachment_kind,
    name text not null,
    copy_kind smallint not null check (copy_kind between 0 and 2),  -- LoaiBan: original, copy, electronic
    attached_by text not null,
    attached_at timestamptz not null default clock_timestamp(),
    primary key (dossier_id, ordinal),
    constraint dossier_attachment_once unique (dossier_id, sha256, kind)
);

-- Plans as they were stored; a later one takes the earlier's place.
create table dossier_plan (
    dossier_id bigint not null references dossier,
    plan_no integer not null check (plan_no > 0),
    canonical text not null,                    -- operations, report, and what the plan relies on, as it was hashed
    sha256 bytea not null,
    planned_by text not null,
    planned_at timestamptz not null default clock_timestamp(),
    primary key (dossier_id, plan_no)
);
create trigger dossier_plan_is_append_only before update or delete or truncate on dossier_plan
    for each statement execute function refuse_change();

-- Numbers kept for the children of a plan; a burnt one never returns.
create table plan_number (
    sheet_id bigint not null,
    parcel_no integer not null,
    dossier_id bigint not null references dossier,
    state text not null default 'reserved' check (state in ('reserved', 'used', 'burnt')),
    primary key (sheet_id, parcel_no)
);
create index plan_number_of_dossier on plan_number (dossier_id);

create table plan_approval (
    dossier_id bigint not null,
    plan_no integer not null,
    approver text not null,
    on_behalf_of text,
    signature text not null,                    -- JWS (ES256) over the plan's digest
    land_operation_id bigint not null,
    approved_at timestamptz not null default clock_timestamp(),
    primary key (dossier_id, plan_no),
    foreign key (dossier_id, plan_no) references dossier_plan
);
create trigger plan_approval_is_append_only before update or delete or truncate on plan_approval
    for each statement execute function refuse_change();

create index land_operation_of_dossier on land_operation (dossier_code) where dossier_code is not null;

-- What is to be told to the national portal and the tax office, in the transaction that it happened in; sent later, in the
-- order of each dossier.
create table outbox (
    outbox_id bigint generated always as identity primary key,
    dossier_id bigint not null references dossier,
    version integer not null,
    kind text not null,
    payload jsonb not null,
    made_at timestamptz not null default clock_timestamp(),
    sent_at timestamptz,
    attempts integer not null default 0,
    last_error text,
    constraint outbox_once unique (dossier_id, version, kind)
);
create index outbox_waiting on outbox (dossier_id, version) where sent_at is null;
