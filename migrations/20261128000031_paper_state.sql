-- Why: whoever checks a paper learns whether it still holds, and that was judged by the first of its parcels and by the land alone: a paper
-- whose holder had sold, whose certificate was withdrawn or whose second parcel had been cut was called current. Each parcel of a paper is
-- kept with the numbers that change with it, and the certificate that a paper is printed on. And what officers did is found by parcel and
-- by commune: versions of parcels alone do not name the operations on rights and papers.

-- How a parcel stood when the paper was made. The same paper made again of another state has a row for that too: it holds where any does.
create table issued_document_parcel (
    code text not null references issued_document,
    parcel_id bigint not null,
    revision integer not null,
    uses_revision bigint,       -- null for papers of before, of which only the parcel's own revision is known
    rights_revision bigint,     -- null where the paper says nothing of rights
    unique nulls not distinct (code, parcel_id, revision, uses_revision, rights_revision)
);

insert into issued_document_parcel (code, parcel_id, revision)
select code, parcel_id, revision from issued_document where parcel_id is not null and revision is not null;

create trigger issued_document_parcel_is_kept before update or delete or truncate on issued_document_parcel
    for each statement execute function refuse_change();

alter table issued_document
    drop column parcel_id,
    drop column revision,
    add column certificate_id bigint,   -- what it is printed on
    add column dossier_code text;       -- whose paper it is

create index issued_document_certificate on issued_document (certificate_id) where certificate_id is not null;

-- Grows with every change of a parcel's uses, as `rights_revision` does with all that is registered on it.
create function uses_revision(of_parcel bigint) returns bigint language sql stable as $$
    select coalesce(sum(case when upper_inf(recorded) then 1 else 2 end), 0)::bigint from land_use_row where parcel_id = of_parcel
$$;

-- Whether all that a paper shows is still so; null for papers that show no parcel's state and no certificate's.
create function paper_is_current(of_code text) returns boolean language sql stable as $$
    select bool_and(stands) from (
        select bool_or(coalesce(v.revision = p.revision, false) and p.uses_revision = uses_revision(p.parcel_id)
                       and (p.rights_revision is null or p.rights_revision = rights_revision(p.parcel_id))) as stands
        from issued_document_parcel p
        left join parcel_version v on v.parcel_id = p.parcel_id and is_in_force(v.legal, v.recorded, today(), 'infinity')
        where p.code = of_code group by p.parcel_id
        union all
        select exists (select from certificate_version c where c.certificate_id = d.certificate_id and c.status = 'valid'
                           and is_in_force(c.legal, c.recorded, today(), 'infinity'))
        from issued_document d where d.code = of_code and d.certificate_id is not null
    ) as shown
$$;

-- The parcels that an operation changed, or whose rights and papers it did, each in the communes that it lay in before and after.
create table land_operation_parcel (
    parcel_id bigint not null,
    land_operation_id bigint not null references land_operation,
    commune_code text not null,
    primary key (parcel_id, land_operation_id, commune_code)
);
create index land_operation_parcel_commune on land_operation_parcel (commune_code, land_operation_id);

-- Where a parcel lay yesterday and lies today: a commune that it leaves has the change in its books too.
create function communes_of(of_parcel bigint) returns setof text language sql stable as $$
    select distinct s.commune_code from parcel_version v join sheet s on s.sheet_id = v.sheet_id
    where v.parcel_id = of_parcel and upper_inf(v.recorded) and (upper_inf(v.legal) or upper(v.legal) >= today())
$$;

-- The parcels of an operation: those whose records it wrote, those that it names, those of whom it gave other particulars, and those of
-- certificates that it wrote on.
create function parcels_of_operation(of_txid xid8, report jsonb) returns setof bigint language sql stable as $$
    select unnest(parcel_ids) from change where txid = of_txid
    union
    select (line -> 'parcel_id')::bigint from jsonb_path_query(report, '$.*[*] ? (@.parcel_id.type() == "number")') as line
    union
    select r.parcel_id
    from jsonb_path_query(report, '$.parties[*].party_id ? (@.type() == "number")') as party
    join land_right r on r.party_id = party::bigint
    join land_right_version v on v.parcel_id = r.parcel_id and v.right_id = r.right_id
        and is_in_force(v.legal, v.recorded, today(), 'infinity')
    union
    select p.parcel_id
    from jsonb_path_query(report, '$.certificates[*].serial') as told (text)
    join certificate_version c on c.serial_key = replace(told.text #>> '{}', ' ', '') and upper_inf(c.recorded)
    join certificate_parcel p on p.certificate_id = c.certificate_id
$$;

insert into land_operation_parcel (parcel_id, land_operation_id, commune_code)
select distinct p.parcel_id, o.land_operation_id, s.commune_code
from land_operation o
cross join lateral parcels_of_operation(o.txid, o.report) as p (parcel_id)
join parcel_version v on v.parcel_id = p.parcel_id
join sheet s on s.sheet_id = v.sheet_id;

create trigger land_operation_parcel_is_kept before update or delete or truncate on land_operation_parcel
    for each statement execute function refuse_change();
