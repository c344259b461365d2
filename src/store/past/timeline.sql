-- Everything that the register ever knew of a parcel ($1), in the order in which it came to know it: versions of the parcel, its uses, rights,
-- certificates, mortgages, leases, restrictions and blocks, the steps from and to other parcels, and the operations. `facts` are of the
-- land, `details` of what is not for everybody: an operation that did nothing to the land has no facts.
with entry as (
    select 1 as place, 'parcel' as kind, null::bigint as ref, v.revision, v.legal, v.recorded, v.land_operation_id,
           jsonb_build_object('commune_code', v.commune_code, 'commune_name', v.commune_name, 'sheet_no', v.sheet_no, 'parcel_no', v.parcel_no)
               as facts,
           jsonb_build_object('land_use', v.land_use, 'address', v.address, 'legal_area_m2', v.legal_area_m2,
                              'computed_area_m2', v.computed_area_m2) as details
    from (select t.*, o.land_operation_id from parcel_in_time t
          join parcel_version o on o.parcel_id = t.parcel_id and o.revision = t.revision where t.parcel_id = $1) v
    union all
    select 2, 'land-use', null, u.revision, u.legal, u.recorded, null, '{}',
           jsonb_build_object('code', u.code, 'area_m2', u.area_m2, 'origin', u.origin, 'term', u.term)
    from land_use_row u where u.parcel_id = $1
    union all
    select 3, 'right', v.right_id, v.revision, v.legal, v.recorded, v.land_operation_id, '{}',
           jsonb_build_object('right_kind', v.kind, 'share', v.share_numerator || '/' || v.share_denominator, 'party_id', r.party_id,
                              'party_name', p.name, 'personal_no', p.personal_no, 'certificate_serial', c.serial)
    from land_right_version v
    join land_right r on r.right_id = v.right_id
    cross join lateral party_as_of(r.party_id, lower(v.legal), 'infinity') p
    left join lateral (
        select c.serial from certificate_version c where c.certificate_id = r.certificate_id order by upper_inf(c.recorded) desc, c.revision desc limit 1
    ) c on true
    where v.parcel_id = $1
    union all
    select 4, 'certificate', v.certificate_id, v.revision, v.legal, v.recorded, v.land_operation_id, '{}',
           jsonb_build_object('certificate_serial', v.serial, 'certificate_entry_no', v.entry_no, 'certificate_issued_on', v.issued_on,
                              'status', v.status, 'printed_sheet_no', cp.printed_sheet_no, 'printed_parcel_no', cp.printed_parcel_no)
    from certificate_parcel cp join certificate_version v on v.certificate_id = cp.certificate_id where cp.parcel_id = $1
    union all
    select 5, e.kind, e.encumbrance_id, e.revision, e.legal, e.recorded, e.land_operation_id, '{}',
           jsonb_build_object('contract_no', e.contract_no, 'contract_on', e.contract_on, 'rank', e.rank, 'party_id', e.party_id,
                              'party_name', p.name, 'personal_no', p.personal_no, 'amount_vnd', e.amount_vnd, 'content', e.content,
                              'part', e.part)
    from encumbrance e cross join lateral party_as_of(e.party_id, lower(e.legal), 'infinity') p
    where e.parcel_id = $1
    union all
    select 6, 'restriction', r.restriction_id, r.revision, r.legal, r.recorded, r.land_operation_id, '{}',
           jsonb_build_object('restriction_kind', r.kind, 'content', r.content, 'document', r.document, 'area_m2', r.area_m2)
    from restriction r where r.parcel_id = $1
    union all
    select 7, 'block', b.block_id, b.revision, b.legal, b.recorded, b.land_operation_id, '{}',
           jsonb_build_object('letter_no', b.letter_no, 'agency', b.agency, 'reason', b.reason, 'stops_issuing', b.stops_issuing,
                              'stops_transactions', b.stops_transactions, 'stops_changes', b.stops_changes)
    from block b where b.parcel_id = $1
), land (land_operation_id) as (
    select land_operation_id from entry where kind = 'parcel' and land_operation_id is not null
    union
    select land_operation_id from lineage where (child_parcel_id = $1 or parent_parcel_id = $1) and land_operation_id is not null
), operation as (
    select o.*, o.land_operation_id in (select land_operation_id from land) as is_of_land,
           array(select c.code from jsonb_array_elements_text(o.report -> 'codes') with ordinality as c (code, place)
                 where exists (select from change_type t where t.code = c.code
                     and t.kinds && array['split', 'merge', 'adjust', 'resurvey', 'register-first', 'retire', 'renumber-sheet',
                                          'merge-communes', 'change-use']) order by c.place) as land_codes
    from land_operation o
    where o.land_operation_id in (select land_operation_id from land union select land_operation_id from entry
                                  union select p.land_operation_id from land_operation_parcel p where p.parcel_id = $1)
), step as (
    select case when l.child_parcel_id = $1 then 'parent' else 'child' end as kind, l.land_operation_id, l.happened_on, l.area_m2,
           case when l.child_parcel_id = $1 then l.parent_parcel_id else l.child_parcel_id end as other,
           coalesce(o.made_at, (select min(lower(v.recorded)) from parcel_version v where v.parcel_id = l.child_parcel_id), '-infinity') as made_at
    from lineage l left join operation o on o.land_operation_id = l.land_operation_id
    where l.child_parcel_id = $1 or l.parent_parcel_id = $1
), line as (
    select place, kind, ref, revision, lower(legal) as legal_from, upper(legal) as legal_until, lower(recorded) as recorded_from,
           upper(recorded) as recorded_until, land_operation_id, facts, details
    from entry
    union all
    select 0, kind, other, null, happened_on, null, made_at, null, land_operation_id,
           (select jsonb_build_object('sheet_no', p.sheet_no, 'parcel_no', p.parcel_no, 'commune_code', p.commune_code)
            from parcel_in_time p where p.parcel_id = other order by upper_inf(p.recorded) desc, lower(p.legal) desc limit 1),
           jsonb_build_object('area_m2', area_m2)
    from step
    union all
    select -1, 'operation', land_operation_id, null, (made_at at time zone 'Asia/Ho_Chi_Minh')::date, null, made_at, null, land_operation_id,
           case when is_of_land then jsonb_build_object('codes', land_codes) else '{}' end,
           jsonb_build_object('officer', officer, 'dossier', dossier_code, 'rights_codes', nullif(case when is_of_land
               then (report -> 'codes') - land_codes else report -> 'codes' end, '[]'))
    from operation
)
select kind as "kind!", ref as id, revision, legal_from as "legal_from!", legal_until, recorded_from as "recorded_from!", recorded_until,
       land_operation_id as operation_id, facts as "facts!", details as "details!"
from line
order by recorded_from, legal_from, place, ref, revision
