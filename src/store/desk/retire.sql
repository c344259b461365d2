-- Ends parcels ($1) today in law, with their uses and rights, mortgages, leases and restrictions; blocks stay and act on
-- what becomes of them. All that was known of them stays known.
with closed_version as (
    select close_parcel(id, daterange(today(), null)) from unnest($1::bigint[]) as id
), closed_use as (
    update land_use_row set recorded = tstzrange(lower(recorded), closing_time(recorded))
    where parcel_id = any ($1) and upper_inf(recorded) and is_not_over(legal, today())
    returning *
), past_use as (
    insert into land_use_row (parcel_id, code, revision, ordinal, legal, area_m2, origin, term)
    select c.parcel_id, c.code, (select max(u.revision) + 1 from land_use_row u where u.parcel_id = c.parcel_id and u.code = c.code),
           c.ordinal, daterange(lower(c.legal), today()), c.area_m2, c.origin, c.term
    from closed_use c where lower(c.legal) < today()
), closed_right as (
    update land_right_version set recorded = tstzrange(lower(recorded), closing_time(recorded))
    where parcel_id = any ($1) and upper_inf(recorded) and is_not_over(legal, today())
    returning *
), past_right as (
    insert into land_right_version (parcel_id, right_id, revision, legal, kind, share_numerator, share_denominator, content_digest,
                                    load_id, source_row)
    select c.parcel_id, c.right_id,
           (select max(v.revision) + 1 from land_right_version v where v.parcel_id = c.parcel_id and v.right_id = c.right_id),
           daterange(lower(c.legal), today()), c.kind, c.share_numerator, c.share_denominator, c.content_digest, c.load_id, c.source_row
    from closed_right c where lower(c.legal) < today()
), closed_encumbrance as (
    update encumbrance set recorded = tstzrange(lower(recorded), closing_time(recorded))
    where parcel_id = any ($1) and upper_inf(recorded) and is_not_over(legal, today())
    returning *
), past_encumbrance as (
    insert into encumbrance (parcel_id, encumbrance_id, revision, legal, kind, party_id, rank, sub_kind, contract_no, contract_on,
                             registered_at, amount_vnd, content, part, part_geometry)
    select c.parcel_id, c.encumbrance_id, c.revision + 1, daterange(lower(c.legal), today()), c.kind, c.party_id, c.rank, c.sub_kind,
           c.contract_no, c.contract_on, c.registered_at, c.amount_vnd, c.content, c.part, c.part_geometry
    from closed_encumbrance c where lower(c.legal) < today()
), closed_restriction as (
    update restriction set recorded = tstzrange(lower(recorded), closing_time(recorded))
    where parcel_id = any ($1) and upper_inf(recorded) and is_not_over(legal, today())
    returning *
), past_restriction as (
    insert into restriction (parcel_id, restriction_id, revision, legal, kind, content, document, area_m2, part, part_geometry)
    select c.parcel_id, c.restriction_id, c.revision + 1, daterange(lower(c.legal), today()), c.kind, c.content, c.document, c.area_m2,
           c.part, c.part_geometry
    from closed_restriction c where lower(c.legal) < today()
)
select count(*) as "count!" from closed_version
