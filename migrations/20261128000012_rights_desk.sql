-- Why: officers register rights as they register land. What lies on a parcel beside the rights of its holders gets its tables
-- (mortgages and leases; blocks on certificates and persons; what is written on certificates), every version says which operation made
-- it, and a number tells whether anything about a parcel's rights has changed since it was read.

-- Codes of changes as the registers print them (loại biến động), each with the kinds of operations that may be registered under it.
create table change_type (
    code text not null check (code ~ '^[A-Z]{2}$'),
    valid daterange not null check (not isempty(valid)),
    kinds text[] not null,
    name_vi text not null,
    name_en text not null,
    primary key (code, valid),
    constraint change_type_one_at_a_time exclude using gist (code with =, valid with &&)
);

insert into change_type (code, valid, kinds, name_vi, name_en)
select code, daterange('1994-01-01', null), kinds::text[], name_vi, name_en
from (values
    ('CD', '{transfer}', 'Chuyển đổi quyền sử dụng đất', 'exchange of parcels'),
    ('CN', '{transfer}', 'Chuyển nhượng', 'transfer'),
    ('TK', '{transfer}', 'Thừa kế', 'inheritance'),
    ('TA', '{transfer}', 'Tặng cho', 'gift'),
    ('GP', '{transfer}', 'Góp vốn', 'capital contribution'),
    ('XV', '{transfer}', 'Xóa góp vốn', 'end of a contribution'),
    ('CT', '{lease}', 'Cho thuê, cho thuê lại', 'lease or sublease'),
    ('TL', '{lease}', 'Cho thuê, cho thuê lại trong khu công nghiệp', 'lease in a zone'),
    ('XT', '{end-lease}', 'Xóa cho thuê', 'end of a lease'),
    ('TC', '{mortgage}', 'Thế chấp hoặc thay đổi thế chấp', 'mortgage or a change of it'),
    ('XC', '{discharge}', 'Xóa đăng ký thế chấp', 'discharge of a mortgage'),
    ('XN', '{transfer}', 'Chuyển quyền để xử lý nợ thế chấp', 'transfer for a mortgage debt'),
    ('GT', '{transfer}', 'Giải quyết tranh chấp', 'settlement of a dispute'),
    ('GK', '{transfer}', 'Giải quyết khiếu nại, tố cáo', 'settlement of a complaint'),
    ('GA', '{transfer}', 'Theo bản án, quyết định của Tòa án', 'judgment of a court'),
    ('DG', '{transfer}', 'Đấu giá quyền sử dụng đất', 'auction'),
    ('CP', '{transfer}', 'Chuyển đổi, chia tách, sáp nhập doanh nghiệp', 'conversion, split or merger of a company'),
    ('DC', '{transfer}', 'Hộ gia đình chuyển thành tổ chức kinh tế', 'household to economic organisation'),
    ('VC', '{transfer}', 'Nhập, chia quyền của vợ chồng', 'spouses join or divide'),
    ('TQ', '{transfer}', 'Nhập, chia quyền của hộ gia đình, nhóm người', 'household or group joins or divides'),
    ('BN', '{transfer}', 'Nhà đầu tư bán nhà ở', 'developer sells flats'),
    ('CM', '{change-use}', 'Chuyển mục đích sử dụng đất', 'change of use'),
    ('TG', '{transfer}', 'Thay đổi hình thức sử dụng đất', 'change of the form of tenure'),
    ('GH', '{extend}', 'Gia hạn sử dụng đất', 'extension'),
    ('TN', '{split,merge}', 'Tách thửa, hợp thửa', 'split or merger of parcels'),
    ('SA', '{retire}', 'Sạt lở tự nhiên', 'erosion'),
    ('TD', '{adjust,resurvey,register-first,renumber-sheet}', 'Thay đổi thông tin về thửa đất', 'information about the parcel'),
    ('TS', '{}', 'Thay đổi tài sản gắn liền với đất', 'information about assets'),
    ('DT', '{party-information}', 'Thay đổi thông tin về người sử dụng đất', 'information about the holder'),
    ('HC', '{restrict,lift}', 'Thay đổi hạn chế quyền', 'restrictions'),
    ('LK', '{restrict,lift}', 'Quyền đối với thửa đất liền kề', 'right over the neighbouring parcel'),
    ('CL', '{issue-certificate}', 'Cấp đổi, cấp lại Giấy chứng nhận', 'exchange or reissue of a certificate'),
    ('SN', '{correct}', 'Đính chính', 'correction'),
    ('TH', '{retire}', 'Nhà nước thu hồi đất', 'recovery by the State'),
    ('DH', '{merge-communes}', 'Thay đổi đơn vị hành chính', 'administrative unit')
) as list (code, kinds, name_vi, name_en);

-- A certificate's old term of agricultural land gives way to a term of years at the next registered change.
create table term_rule (
    land_use text not null,
    issued_before date not null,                -- certificates signed before this day
    term_years smallint not null check (term_years > 0),
    valid daterange not null check (not isempty(valid)),
    source text not null,
    primary key (land_use, valid),
    constraint term_rule_one_at_a_time exclude using gist (land_use with =, valid with &&)
);

insert into term_rule (land_use, issued_before, term_years, valid, source)
select land_use, '2024-08-01', 50, daterange('2026-01-01', null), 'Nghị định 49/2026/NĐ-CP, Điều 20 khoản 1'
from unnest(array['LUA', 'LUC', 'LUK', 'HNK', 'CLN', 'NTS', 'LMU', 'RSX']) as land_use;

-- The number of digits separates the forms of certificates: two letters and six digits before, two letters and eight since.
insert into rule_value (rule, valid, value, source) values
    ('certificate-serial-digits', daterange('2025-01-01', null), 8, 'Thông tư 10/2024/TT-BTNMT');

-- Mortgages and leases. One that lies on several parcels has one id and a row for each; a parcel's children take it over under its id.
create table encumbrance (
    parcel_id bigint not null,
    encumbrance_id bigint not null,
    revision integer not null check (revision > 0),
    legal daterange not null check (not isempty(legal)),
    recorded tstzrange not null default tstzrange(clock_timestamp(), null) check (not isempty(recorded)),
    kind text not null check (kind in ('mortgage', 'lease')),
    party_id bigint not null,                   -- mortgagee or lessee
    rank smallint check (rank > 0),
    sub_kind smallint check (sub_kind between 0 and 10),
    contract_no text not null,
    contract_on date,
    registered_at timestamptz not null,         -- when it was received: decides priority, to the minute
    amount_vnd bigint check (amount_vnd > 0),
    content text,
    part text,
    part_geometry geometry,                     -- in the sheet's zone, SRID 900000 + zone
    land_operation_id bigint,
    primary key (parcel_id, encumbrance_id, revision)
) partition by range (parcel_id);

create trigger encumbrance_is_history before update or delete on encumbrance for each row execute function keep_history();
select watch('encumbrance', 'encumbrance');

alter table restriction add column part text, add column part_geometry geometry, add column land_operation_id bigint;
alter table block add column part text, add column part_geometry geometry, add column land_operation_id bigint;
alter table land_right_version add column land_operation_id bigint;
alter table party_version add column land_operation_id bigint;
alter table certificate_version add column land_operation_id bigint;

-- Blocks on a certificate or a person, wherever the land is.
create table named_block (
    block_id bigint not null,
    revision integer not null check (revision > 0),
    legal daterange not null check (not isempty(legal)),
    recorded tstzrange not null default tstzrange(clock_timestamp(), null) check (not isempty(recorded)),
    serial_key text collate "C",
    personal_no text,
    name text,
    name_key text,
    stops_issuing boolean not null,
    stops_transactions boolean not null,
    stops_changes boolean not null,
    letter_no text not null,
    agency text not null,
    reason text,
    land_operation_id bigint,
    primary key (block_id, revision),
    check (stops_issuing or stops_transactions or stops_changes),
    check ((serial_key is null) <> (name_key is null))
);
create index named_block_serial on named_block (serial_key) where upper_inf(recorded);
create index named_block_number on named_block (personal_no) where upper_inf(recorded);
create index named_block_name on named_block (name_key) where upper_inf(recorded);
create trigger named_block_is_history before update or delete on named_block for each row execute function keep_history();

-- What is written on a certificate after its issue.
create table certificate_note (
    certificate_id bigint not null,
    recorded_at timestamptz not null default clock_timestamp(),
    noted_on date not null default today(),
    code text,
    content text not null,
    land_operation_id bigint
) partition by range (certificate_id);
create index certificate_note_certificate on certificate_note (certificate_id);
create trigger certificate_note_is_kept before update or delete on certificate_note for each row execute function refuse_change();

-- The registers that are there get their partitions; open_register makes those of others.
do $$
declare
    opened smallint;
    parent text;
    leaf text;
begin
    for opened in select register_no from register loop
        foreach parent in array array['encumbrance', 'certificate_note'] loop
            leaf := parent || '_' || opened;
            execute format('create table %I partition of %I for values from (%s) to (%s)', leaf, parent,
                           opened::bigint << 40, (opened::bigint + 1) << 40);
        end loop;
        perform watch(('encumbrance_' || opened)::regclass, 'encumbrance');
    end loop;
end $$;

-- Grows with every change of a parcel's rights, uses, mortgages, leases, restrictions and blocks, of its holders' particulars and of its
-- certificates, whoever makes it: a version that begins counts one, a version that is closed one more.
create function rights_revision(of_parcel bigint) returns bigint language sql stable as $$
    select coalesce(sum(case when upper_inf(recorded) then 1 else 2 end), 0)::bigint
    from (
        select recorded from land_right_version where parcel_id = of_parcel
        union all
        select recorded from land_use_row where parcel_id = of_parcel
        union all
        select recorded from encumbrance where parcel_id = of_parcel
        union all
        select recorded from restriction where parcel_id = of_parcel
        union all
        select recorded from block where parcel_id = of_parcel
        union all
        select v.recorded from land_right r join party_version v on v.party_id = r.party_id
        where r.parcel_id = of_parcel and r.right_id >= of_parcel >> 40 << 40 and r.right_id < (of_parcel >> 40) + 1 << 40
        union all
        select v.recorded from certificate_parcel c join certificate_version v on v.certificate_id = c.certificate_id
        where c.parcel_id = of_parcel
        union all
        select tstzrange(n.recorded_at, null) from certificate_parcel c join certificate_note n on n.certificate_id = c.certificate_id
        where c.parcel_id = of_parcel
    ) as versions
$$;
