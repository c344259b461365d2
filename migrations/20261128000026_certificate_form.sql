-- Why: certificates are printed on blanks whose form the law changes, and what changes later is written on papers of every form that is
-- still around. Which form a day has, and how far a printer is off on it, is data: forms by the day of signature, printers as measured.

create table certificate_form (
    form text primary key,
    valid daterange not null check (not isempty(valid)),    -- signed on these days
    serial_digits smallint[] not null,                      -- the number of digits tells forms apart, not the letters
    template text,                                          -- what prints a certificate; none where no blank is left
    notes_template text not null,                           -- what writes a change on one
    name_vi text not null,
    name_en text not null,
    source text not null,
    constraint certificate_form_one_at_a_time exclude using gist (valid with &&)
);

insert into certificate_form values
    ('1993', '[,2004-07-01)', '{6}', null, 'certificate-notes-2004', 'Giấy chứng nhận theo Luật Đất đai 1993',
     'Certificate of the Land Law 1993', 'Luật Đất đai 1993'),
    ('2003', '[2004-07-01,2009-12-10)', '{6}', null, 'certificate-notes-2004', 'Giấy chứng nhận theo Luật Đất đai 2003',
     'Certificate of the Land Law 2003', 'Luật Đất đai 2003'),
    ('2009', '[2009-12-10,2014-07-01)', '{6}', 'certificate-2009', 'certificate-notes-2009',
     'Giấy chứng nhận theo Nghị định 88/2009/NĐ-CP', 'Certificate of Decree 88/2009', 'Nghị định 88/2009/NĐ-CP'),
    ('2014', '[2014-07-01,2025-01-01)', '{6,8}', 'certificate-2009', 'certificate-notes-2009',
     'Giấy chứng nhận theo Thông tư 23/2014/TT-BTNMT', 'Certificate of Circular 23/2014', 'Thông tư 23/2014/TT-BTNMT'),
    ('2024', '[2025-01-01,)', '{8}', 'certificate-2024', 'certificate-notes-2024', 'Giấy chứng nhận theo Thông tư 10/2024/TT-BTNMT',
     'Certificate of Circular 10/2024', 'Thông tư 10/2024/TT-BTNMT');

-- The last row of a printer and form counts.
create table printer_offset (
    printer text not null check (printer ~ '^[0-9A-Za-z._-]{1,60}$'),
    form text not null references certificate_form,
    right_mm double precision not null check (abs(right_mm) <= 20),
    down_mm double precision not null check (abs(down_mm) <= 20),
    officer text not null,
    measured_at timestamptz not null default clock_timestamp(),
    primary key (printer, form, measured_at)
);
create trigger printer_offset_is_kept before update or delete or truncate on printer_offset
    for each statement execute function refuse_change();
