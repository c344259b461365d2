-- Why: what came of dossiers is read in several places and was said differently in each: whether a notice still has to be paid, who may
-- go on with what lies in a commune that merged, who still approves for whom, what was filed first. Each is said once here.

-- A notice with what is paid on it. Whose slip was cancelled after it came, does not have to be paid.
create view tax_notice_standing as
select n.notice_no, n.dossier_id, n.kind, n.amount_vnd, n.issued_on, n.pay_until,
       coalesce((select sum(p.amount_vnd) from tax_payment p where p.notice_no = n.notice_no), 0)::bigint as paid_vnd,
       exists (select from tax_slip_event e
               where e.dossier_id = n.dossier_id and e.event = 'cancelled' and e.at > n.received_at) as is_cancelled
from tax_notice n;

-- The communes of today that took over from a commune's code, of the era that a day is in (the last one that had begun, also on the day
-- that it ended); none while that commune is there.
create function communes_of_today(commune text, at date) returns table (code text, province_code text)
    language sql stable parallel safe
begin atomic
    with recursive became (code, since) as (
        (select u.code, u.valid_from from administrative_unit u
         where u.level = 'commune' and u.code = commune order by u.valid_from <= at desc, abs(u.valid_from - at) limit 1)
        union
        select s.successor_code, s.successor_from
        from became b
        join administrative_unit u on u.level = 'commune' and u.code = b.code and u.valid_from = b.since and not is_not_over(u.valid, today())
        join administrative_succession s on s.level = 'commune' and s.predecessor_code = b.code and s.predecessor_from = b.since
    )
    select u.code, u.parent_code
    from became b join administrative_unit u on u.level = 'commune' and u.code = b.code and u.valid_from = b.since
    where b.code <> commune and is_not_over(u.valid, today());
end;

-- The province of a commune's code in the era that a day is in.
create function province_of(commune text, at date) returns text language sql stable parallel safe
begin atomic
    select u.parent_code from administrative_unit u
    where u.level = 'commune' and u.code = commune order by u.valid_from <= at desc, abs(u.valid_from - at) limit 1;
end;

-- Areas of an officer, with the communes and provinces that became one of them and whose codes nobody else has today.
create function areas_with_old(areas text[]) returns text[] language sql stable strict parallel safe
begin atomic
    with recursive known (code) as (
        select unnest(areas)
        union
        select s.predecessor_code
        from known k join administrative_succession s on s.successor_code = k.code
        where not exists (select from administrative_unit u
                          where u.level = s.level and u.code = s.predecessor_code and is_not_over(u.valid, today()))
    )
    select coalesce(array_agg(k.code order by k.code), '{}') from known k;
end;
create index administrative_succession_back on administrative_succession (successor_code);

-- An absence ends before its time when its principal is back.
alter table delegation
    add column ended_at timestamptz,
    add column ended_by text,
    add constraint delegation_ended_by_somebody check ((ended_at is null) = (ended_by is null));

-- What was filed first, which no correction changes: the same request again is known by it.
alter table dossier add column filing_sha256 bytea;
update dossier set filing_sha256 = content_sha256 where filing_key is not null;

-- What is open, and what ended lately, is a small part of what there ever was.
create index dossier_open_in_order on dossier (dossier_id) where status in (1, 2, 4, 5, 6, 7);
create index dossier_ended on dossier (ended_at) where ended_at is not null;
create index dossier_of_officer on dossier (officer_identity(officer), dossier_id) where officer is not null;
