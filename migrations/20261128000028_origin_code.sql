-- Why: the register keeps codes of where the right to use land came from (nguồn gốc sử dụng đất), and a certificate says it in words.
-- What is no code of these is printed as the register has it.

create table origin_code (
    code text not null,
    valid daterange not null check (not isempty(valid)),
    name_vi text not null,
    name_en text not null,
    source text not null,
    constraint origin_code_one_at_a_time exclude using gist (code with =, valid with &&)
);

insert into origin_code values
    ('CNQ', '[1993-10-15,)', 'Công nhận quyền sử dụng đất', 'Recognised', 'Thông tư 23/2014/TT-BTNMT'),
    ('CNQ-CTT', '[1993-10-15,)', 'Công nhận quyền sử dụng đất như giao đất có thu tiền sử dụng đất', 'Recognised as allocated with fee',
     'Thông tư 23/2014/TT-BTNMT'),
    ('CNQ-KTT', '[1993-10-15,)', 'Công nhận quyền sử dụng đất như giao đất không thu tiền sử dụng đất',
     'Recognised as allocated without fee', 'Thông tư 23/2014/TT-BTNMT'),
    ('DG-CTT', '[1993-10-15,)', 'Nhà nước giao đất có thu tiền sử dụng đất', 'Allocated with fee', 'Thông tư 23/2014/TT-BTNMT'),
    ('DG-KTT', '[1993-10-15,)', 'Nhà nước giao đất không thu tiền sử dụng đất', 'Allocated without fee', 'Thông tư 23/2014/TT-BTNMT'),
    ('DG-QL', '[1993-10-15,)', 'Nhà nước giao đất để quản lý', 'Allocated for management', 'Thông tư 23/2014/TT-BTNMT'),
    ('DT-TML', '[1993-10-15,)', 'Nhà nước cho thuê đất trả tiền một lần', 'Leased, paid once', 'Thông tư 23/2014/TT-BTNMT'),
    ('DT-THN', '[1993-10-15,)', 'Nhà nước cho thuê đất trả tiền hằng năm', 'Leased, paid yearly', 'Thông tư 23/2014/TT-BTNMT'),
    ('DT-KCN-TML', '[1993-10-15,)', 'Thuê đất trả tiền một lần của doanh nghiệp đầu tư hạ tầng khu công nghiệp',
     'Leased from the investor of an industrial zone, paid once', 'Thông tư 23/2014/TT-BTNMT'),
    ('DT-KCN-THN', '[1993-10-15,)', 'Thuê đất trả tiền hằng năm của doanh nghiệp đầu tư hạ tầng khu công nghiệp',
     'Leased from the investor of an industrial zone, paid yearly', 'Thông tư 23/2014/TT-BTNMT');
