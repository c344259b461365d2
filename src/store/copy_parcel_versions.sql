copy parcel_version (parcel_id, revision, legal, sheet_id, parcel_no, land_use, address, address_key, legal_area_m2,
                     computed_area_m2, legal_geometry, geographic, label_point, is_derived, content_digest, load_id, source_row)
from stdin (format binary)
